"""The loss of a head."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tb_featuremaps")
class SmoothedCrossentropy(keras.losses.Loss):
    """Cross-entropy of class indices against targets of 1 − ε + ε/k, and ε/k for the others.

    Szegedy et al. 2015, "Rethinking the Inception Architecture", section 7.

    Args:
        label_smoothing: ε; 0 is the ordinary cross-entropy.
    """

    def __init__(
        self, label_smoothing: float = 0.0, name: str = "smoothed_crossentropy", **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Losses `[batch]` of class indices `[batch]` or `[batch, 1]` and softmax `[batch, k]`."""
        indices = ops.reshape(y_true, (-1,))
        targets = ops.one_hot(indices, y_pred.shape[-1], dtype=y_pred.dtype)
        return keras.losses.categorical_crossentropy(
            targets, y_pred, label_smoothing=self.label_smoothing
        )

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


def crossentropy(label_smoothing: float) -> keras.losses.Loss:
    """The loss of class indices; without smoothing Keras's own, so that a model loads anywhere."""
    if label_smoothing:
        return SmoothedCrossentropy(label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy()
