"""A reference for the Inception family, each model watched with the callbacks."""
