"""Writes what was logged into files that other programs read."""
