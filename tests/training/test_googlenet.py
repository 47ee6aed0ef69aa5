"""GoogLeNet as the paper has it."""

import keras
import numpy as np
import pytest

from training.models.blocks import LocalResponseNormalization
from training.models.googlenet import AUXILIARY_WEIGHT, HEADS, googlenet
from training.models.heads import inference_model, loss_weights


@pytest.fixture(scope="module")
def paper() -> keras.Model:
    return googlenet(normalization="local_response", weight_decay=1e-3)


@pytest.fixture(scope="module")
def small() -> keras.Model:
    return googlenet((32, 32, 3), 10, width=0.25)


def test_without_its_auxiliary_heads_it_has_the_paper_s_parameters(paper: keras.Model) -> None:
    assert inference_model(paper).count_params() == 6_998_552


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("conv1", (112, 112, 64)),
        ("pool1", (56, 56, 64)),
        ("conv2", (56, 56, 192)),
        ("inception_3a", (28, 28, 256)),
        ("inception_3b", (28, 28, 480)),
        ("inception_4a", (14, 14, 512)),
        ("inception_4d", (14, 14, 528)),
        ("inception_4e", (14, 14, 832)),
        ("inception_5b", (7, 7, 1024)),
        ("aux1_pool", (4, 4, 512)),
        ("aux2_pool", (4, 4, 528)),
    ],
)
def test_sizes_are_those_of_table_1(paper: keras.Model, layer: str, shape: tuple[int, ...]) -> None:
    assert paper.get_layer(layer).output.shape[1:] == shape


@pytest.mark.parametrize("size", [24, 32, 64, 96])
def test_small_inputs_leave_the_auxiliary_heads_a_grid(size: int) -> None:
    model = googlenet((size, size, 3), 10, width=0.25)
    assert sorted(model.output_names) == sorted(HEADS)
    assert min(model.get_layer("inception_4a").output.shape[1:3]) >= 6


def test_an_input_that_is_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="24 pixels"):
        googlenet((16, 16, 3))


def test_every_layer_has_a_name_that_does_not_depend_on_what_was_built(small: keras.Model) -> None:
    again = googlenet((32, 32, 3), 10, width=0.25)
    assert [layer.name for layer in small.layers] == [layer.name for layer in again.layers]


def test_the_inference_model_gives_the_main_prediction(small: keras.Model) -> None:
    images = np.random.default_rng(0).uniform(0, 1, (2, 32, 32, 3)).astype(np.float32)
    alone = inference_model(small)(images, training=False)
    np.testing.assert_allclose(alone, small(images, training=False)["main"], atol=1e-6)
    assert not [layer for layer in inference_model(small).layers if "aux" in layer.name]


def test_the_penalty_is_half_the_decay_times_the_squares(paper: keras.Model) -> None:
    kernels = [w for w in paper.trainable_weights if w.name == "kernel"]
    squares = sum(float(np.square(w.numpy(), dtype=np.float64).sum()) for w in kernels)
    assert float(sum(paper.losses)) == pytest.approx(1e-3 / 2 * squares, rel=1e-5)


def test_loss_weights() -> None:
    assert loss_weights(HEADS, AUXILIARY_WEIGHT) == {"main": 1.0, "aux1": 0.3, "aux2": 0.3}


def test_local_response_normalisation_is_that_of_the_paper() -> None:
    x = np.random.default_rng(0).normal(0, 20, (2, 3, 3, 7)).astype(np.float32)
    expected = np.empty_like(x)
    for channel in range(7):
        near = x[..., max(0, channel - 2) : channel + 3]
        divisor = (1 + 1e-4 / 5 * np.square(near).sum(-1)) ** 0.75
        expected[..., channel] = x[..., channel] / divisor
    np.testing.assert_allclose(LocalResponseNormalization()(x), expected, rtol=1e-5)


def test_local_response_normalisation_stands_large_values_in_float16() -> None:
    x = np.full((1, 2, 2, 7), 300, np.float32)
    half = LocalResponseNormalization(dtype="mixed_float16")(x.astype(np.float16))
    assert keras.backend.standardize_dtype(half.dtype) == "float16"
    np.testing.assert_allclose(half, LocalResponseNormalization()(x), rtol=1e-2)


def test_it_can_be_saved_and_loaded(tmp_path: object) -> None:
    model = googlenet((32, 32, 3), 3, width=0.25, normalization="local_response")
    model.save(f"{tmp_path}/model.keras")
    loaded = keras.models.load_model(f"{tmp_path}/model.keras")
    images = np.ones((1, 32, 32, 3), np.float32)
    np.testing.assert_array_equal(loaded(images)["aux2"], model(images)["aux2"])
