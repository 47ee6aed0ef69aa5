"""Experiments that the documentation reports: each says its command, time and findings."""
