"""Rows of the image backbones of KerasHub, built small; skipped where it isn't installed."""

import functools
from collections.abc import Callable
from typing import Any

import keras
from conformance.application_models import spread
from conformance.data import CLASSES, of_shape
from conformance.rows import Row
from keras import layers

# Class and arguments.
BACKBONES: dict[str, dict[str, Any]] = {
    "VGGBackbone": {"stackwise_num_repeats": [1, 2], "stackwise_num_filters": [4, 6]},
    "ResNetBackbone": {
        "input_conv_filters": [64],
        "input_conv_kernel_sizes": [3],
        "stackwise_num_filters": [64, 64],
        "stackwise_num_blocks": [1, 1],
        "stackwise_num_strides": [1, 2],
        "block_type": "basic_block",
    },
    "DenseNetBackbone": {"stackwise_num_repeats": [2, 2], "growth_rate": 4},
    "XceptionBackbone": {
        "stackwise_conv_filters": [[4, 6], [6, 6]],
        "stackwise_pooling": [True, False],
    },
    "CSPNetBackbone": {
        "stem_filters": 4,
        "stem_kernel_size": 3,
        "stem_strides": 1,
        "stackwise_depth": [1, 2],
        "stackwise_strides": [1, 2],
        "stackwise_num_filters": [4, 8],
        "block_type": "dark_block",
        "stage_type": "dark",
    },
    "ViTBackbone": {
        "patch_size": 8,
        "num_layers": 2,
        "num_heads": 2,
        "hidden_dim": 12,
        "mlp_dim": 16,
    },
    "DeiTBackbone": {
        "patch_size": 8,
        "num_layers": 2,
        "num_heads": 2,
        "hidden_dim": 12,
        "intermediate_dim": 16,
    },
    "SwinTransformerBackbone": {
        "embed_dim": 8,
        "depths": [2, 2],
        "num_heads": [2, 2],
        "window_size": 4,
        "drop_path": 0.0,
    },
    "MiTBackbone": {
        "layerwise_depths": [1, 1],
        "num_layers": 2,
        "layerwise_num_heads": [1, 2],
        "layerwise_sr_ratios": [2, 1],
        "max_drop_path_rate": 0.1,
        "layerwise_patch_sizes": [7, 3],
        "layerwise_strides": [4, 2],
        "hidden_dims": [8, 16],
    },
    "DINOV2Backbone": {
        "patch_size": 8,
        "num_layers": 2,
        "hidden_dim": 16,
        "num_heads": 2,
        "intermediate_dim": 32,
        "position_embedding_shape": (32, 32, 3),
    },
}
_SHAPE = (32, 32, 3)


def _classifier(name: str) -> keras.Model:
    import keras_hub

    backbone = getattr(keras_hub.models, name)(
        image_shape=_SHAPE, name="backbone", **BACKBONES[name]
    )
    inputs = keras.Input(_SHAPE)
    x = backbone(inputs)
    pool = layers.GlobalAveragePooling2D if len(x.shape) == 4 else layers.GlobalAveragePooling1D
    scores = layers.Dense(CLASSES, "softmax", name="scores")(pool(name="mean")(x))
    model = keras.Model(inputs, scores)
    model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def _spread_layers(model: keras.Model) -> list[str]:
    names = [
        layer.name
        for layer in model.get_layer("backbone").layers
        if not isinstance(layer, layers.InputLayer) and _has_maps(layer.output)
    ]
    return [f"backbone/{name}" for name in spread(names)]


def _has_maps(output: Any) -> bool:
    return isinstance(output, keras.KerasTensor) and len(output.shape) in (3, 4)


def _made(name: str) -> Callable[[], keras.Model]:
    return functools.partial(_classifier, name)


ROWS = [
    Row(
        f"KerasHub {name}",
        _made(name),
        of_shape(*_SHAPE, count=2, size=2),
        _spread_layers,
        penalty=None,
        tolerance=1e-3,
        requires="keras_hub",
    )
    for name in BACKBONES
]
