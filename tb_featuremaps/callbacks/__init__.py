"""Keras callbacks: they wire capture to summary."""
