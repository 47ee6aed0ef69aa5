"""Keras callbacks: they wire capture to summary."""

from tb_featuremaps.keras_version import require_keras

require_keras()
