"""Writes runs from any training loop: numpy arrays in, no Keras."""

from tb_featuremaps.run_writer.run_writer import RunWriter

__all__ = ["RunWriter"]
