"""Keras layers to arrays: which layers, the compiled activation tap, the loss accumulators."""
