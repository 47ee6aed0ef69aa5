"""Arrays to event files."""
