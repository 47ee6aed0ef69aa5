"""The Inception family: as the papers and the released networks have it, and on small inputs."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from training.models.heads import inference_model
from training.models.inception_resnet import inception_resnet_v2
from training.models.inception_v2 import inception_v2
from training.models.inception_v3 import inception_v3
from training.models.inception_v4 import inception_v4
from training.models.registry import MODELS

_SMALL: dict[str, Any] = {"width": 0.125}


def _variables(model: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(variable.shape) for variable in model.weights]


def _normalised_channels(model: keras.Model) -> int:
    norms = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    return sum(norm.beta.shape[0] for norm in norms)


# Of V2 and V4 Keras has none: the counts are those of the PyTorch ports of the released weights
# (`bninception` of pretrained-models, `inception_v4` of timm), whose normalisations count a scale
# and an offset a channel; V2's convolutions have a bias too.
@pytest.mark.parametrize(
    ("build", "per_channel", "count"),
    [(inception_v2, 3, 11_295_240), (inception_v4, 2, 42_679_816)],
    ids=["V2", "V4"],
)
def test_parameters_are_those_of_the_released_networks(
    build: Callable[[], keras.Model], per_channel: int, count: int
) -> None:
    model = inference_model(build())
    ours = 3  # offset, moving mean, moving variance
    assert model.count_params() + (per_channel - ours) * _normalised_channels(model) == count


@pytest.mark.parametrize(
    ("build", "reference", "count"),
    [
        (inception_v3, keras.applications.InceptionV3, 23_851_784),
        (inception_resnet_v2, keras.applications.InceptionResNetV2, 55_873_736),
    ],
    ids=["V3", "ResNet"],
)
def test_weights_of_keras_applications_fit_one_to_one(
    build: Callable[[], keras.Model], reference: Callable[..., keras.Model], count: int
) -> None:
    model, other = inference_model(build()), reference(weights=None)
    assert model.count_params() == other.count_params() == count
    assert _variables(model) == _variables(other)
    random = np.random.default_rng(0)
    values = [
        random.uniform(0.5, 1, shape) if len(shape) == 1 else None for shape in _variables(model)
    ]
    for ours, theirs, value in zip(model.weights, other.weights, values, strict=True):
        theirs.assign(theirs if value is None else value)
        ours.assign(theirs)
    image = random.uniform(-1, 1, (1, 299, 299, 3)).astype(np.float32)
    found, expected = (np.asarray(built(image, training=False)) for built in (model, other))
    assert np.ptp(expected) > 1e-3
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("build", "layers"),
    [
        (inception_v2, {"inception_3a": 28, "inception_4a": 14, "inception_5b": 7}),
        (inception_v3, {"mixed0": 35, "mixed4": 17, "mixed9": 8, "aux_pool": 5}),
        (inception_v4, {"inception_a1": 35, "inception_b7": 17, "inception_c3": 8, "aux_pool": 5}),
        (inception_resnet_v2, {"mixed_5b": 35, "block17_20": 17, "block8_10": 8, "aux_pool": 5}),
    ],
    ids=["V2", "V3", "V4", "ResNet"],
)
def test_grids_are_those_of_the_papers(
    build: Callable[..., keras.Model], layers: dict[str, int]
) -> None:
    model = build(**_SMALL)
    for layer, size in layers.items():
        assert model.get_layer(layer).output.shape[1:3] == (size, size)


@pytest.mark.parametrize("size", [26, 42, 51, 84, 101, 168, 219, 362])
@pytest.mark.parametrize(
    ("build", "layer"), [(inception_v3, "mixed4"), (inception_v4, "inception_b1")]
)
def test_factorised_convolutions_stand_on_grids_of_12_to_20(
    build: Callable[..., keras.Model], layer: str, size: int
) -> None:
    model = build((size, size, 3), 10, **_SMALL)
    assert 12 <= model.get_layer(layer).output.shape[1] <= 20


def _early_kernels(model: keras.Model) -> set[tuple[int, int]]:
    return {
        layer.kernel_size
        for layer in model.layers
        if isinstance(layer, keras.layers.Conv2D) and layer.name.startswith("mixed0")
    }


def test_an_option_factorises_the_early_grid_too() -> None:
    usual = inception_v3((32, 32, 3), 10, **_SMALL)
    early = inception_v3((32, 32, 3), 10, factorize_early=True, **_SMALL)
    assert _early_kernels(usual) == {(1, 1), (3, 3), (5, 5)}
    assert _early_kernels(early) == {(1, 1), (1, 3), (3, 1), (1, 5), (5, 1)}
    assert early.get_layer("mixed0").output.shape == usual.get_layer("mixed0").output.shape
    assert early.count_params() < usual.count_params()


def test_residuals_are_scaled() -> None:
    images = np.random.default_rng(0).uniform(0, 1, (1, 32, 32, 3)).astype(np.float32)
    model = inception_resnet_v2((32, 32, 3), 10, **_SMALL)
    for kind, scale, index in (("block35", 0.17, 10), ("block17", 0.1, 20), ("block8", 0.2, 9)):
        name = f"{kind}_{index}"
        before, residual, after = keras.Model(
            model.input, [*model.get_layer(f"{name}_sum").input, model.get_layer(name).output]
        )(images)
        up = keras.Model(model.input, model.get_layer(f"{name}_up").output)(images)
        np.testing.assert_allclose(residual, scale * np.asarray(up), rtol=1e-5)
        np.testing.assert_allclose(after, np.maximum(before + residual, 0), rtol=1e-5)
    last = model.get_layer("block8_10")
    assert isinstance(last, keras.layers.Add)
    unscaled = inception_resnet_v2((32, 32, 3), 10, residual_scale=1.0, **_SMALL)
    assert {
        layer.scale for layer in unscaled.layers if isinstance(layer, keras.layers.Rescaling)
    } == {1.0}


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_model_names_its_heads_and_all_its_layers(name: str) -> None:
    trainable = MODELS[name]
    shape = (28, 28, 1) if name == "mnist_convnet" else (32, 32, 3)
    first, second = (trainable.build(shape, 10, width=0.125) for _ in range(2))
    assert sorted(first.output_names) == sorted(trainable.heads)
    assert trainable.heads[0] == "main"
    assert first.name == name
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]


@pytest.mark.parametrize("build", [inception_v3, inception_v4, inception_resnet_v2])
def test_inputs_that_are_too_small_are_refused(build: Callable[..., keras.Model]) -> None:
    with pytest.raises(ValueError, match="26 pixels"):
        build((24, 24, 3), 10)
