"""`layers="auto"` on networks of every shape. The models are built and never run."""

import keras
import pytest
from support.architectures import (
    Subclassed,
    late_fusion,
    sequence,
    u_net,
    vision_transformer,
)
from support.small_models import IMAGES

from tb_featuremaps.capture.compiled import ensure_built
from tb_featuremaps.capture.selection import Selection, select_layers
from training.models.registry import MODELS

layers = keras.layers


def _auto(model: keras.Model) -> list[str]:
    return [named.name for named in select_layers(model, "auto").layers]


# What must be among the layers, what must not be, and the least number of sizes of maps.
_FAMILIES = {
    "VGG16": (32, {"block1_conv1", "block3_conv3", "block5_conv3"}, {"predictions"}, 5),
    "ResNet50": (32, {"conv1_relu", "conv2_block3_out", "conv5_block3_out"}, {"_add"}, 5),
    "ResNet50V2": (32, {"conv4_block1_out", "post_relu"}, {"_conv2"}, 5),
    "InceptionV3": (75, {"mixed0", "mixed7", "mixed10"}, {"mixed9_0", "predictions"}, 4),
    "Xception": (71, {"block1_conv1_act", "block14_sepconv2_act"}, {"residual"}, 5),
    "MobileNet": (32, {"conv1_relu", "conv_pw_13_relu"}, {"conv_preds"}, 5),
    "MobileNetV2": (32, {"Conv1_relu", "out_relu"}, {"predictions"}, 5),
    "MobileNetV3Small": (32, {"activation", "expanded_conv_4_add"}, {"squeeze_excite_conv"}, 5),
    "DenseNet121": (32, {"conv1_relu", "relu"}, {"_0_bn", "_1_conv"}, 5),
    "NASNetMobile": (32, {"normal_concat_0", "normal_concat_6"}, {"separable"}, 4),
    "EfficientNetB0": (32, {"stem_activation", "block4b_add"}, {"se_reduce"}, 5),
    "ConvNeXtTiny": (32, {"add", "add_17"}, {"_pointwise"}, 4),
}


@pytest.mark.parametrize("family", _FAMILIES)
def test_families_of_keras_applications(family: str) -> None:
    if family == "NASNetMobile" and keras.backend.backend() == "torch":
        pytest.skip("Keras has none for PyTorch")
    side, among, without, scales = _FAMILIES[family]
    keras.utils.clear_session(free_memory=False)
    build = getattr(keras.applications, family)
    model = build(weights=None, input_shape=(side, side, 3), classes=3)
    selection = select_layers(model, "auto")
    names = [named.name for named in selection.layers]
    assert 6 <= len(names) <= 16
    assert not [name for name in names for part in without if part in name]
    assert not {name for name in among if not any(name == n or name in n for n in names)}
    sizes = [tuple(named.layer.output.shape[1:3]) for named in selection.layers]
    assert len(set(sizes)) >= scales
    # In the order of the network: maps only get smaller.
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("normalised", [False, True])
@pytest.mark.parametrize("skip_first", [False, True])
def test_every_scale_of_a_u_net_down_and_up(normalised: bool, skip_first: bool) -> None:
    names = _auto(u_net(normalised, skip_first))
    end = "b_relu" if normalised else "b"
    scales = ["down0", "down1", "down2", "bottom", "up2", "up1", "up0"]
    ends = [f"{scale}{end}" for scale in scales]
    assert [name for name in names if name in ends] == ends[:-1]
    assert names[-1] == "mask"  # of the same scale as up0
    assert len(names) <= 16


def test_every_block_of_a_vision_transformer() -> None:
    blocks = [f"block{index}" for index in range(11)]
    # Of the last block, what the head sees.
    assert _auto(vision_transformer(12)) == ["patches", *blocks, "normalised"]


def test_all_towers_of_a_late_fusion() -> None:
    names = _auto(late_fusion())
    assert {"conv1", "conv2", "embedding", "lstm", "of_vector", "joined"} == set(names)


@pytest.mark.parametrize(
    ("model", "classes"),
    [
        (
            lambda: sequence(
                lambda: layers.Embedding(9, 4),
                lambda: layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
                lambda: layers.GRU(4),
                lambda: layers.Dense(3),
                shape=(7,),
            ),
            ["Embedding", "Bidirectional", "GRU", "Dense"],
        ),
        (
            lambda: sequence(
                lambda: layers.Conv1D(4, 3),
                layers.BatchNormalization,
                layers.ReLU,
                layers.MaxPooling1D,
                lambda: layers.Conv1D(4, 3, activation="relu"),
                layers.GlobalMaxPooling1D,
                lambda: layers.Dense(3),
                shape=(20, 3),
            ),
            ["ReLU", "Conv1D", "Dense"],
        ),
        (
            lambda: sequence(
                lambda: layers.Dense(8, activation="relu"),
                lambda: layers.Dense(8),
                layers.BatchNormalization,
                layers.LeakyReLU,
                lambda: layers.Dropout(0.5),
                lambda: layers.Dense(3),
                shape=(5,),
            ),
            ["Dense", "LeakyReLU", "Dense"],
        ),
        (lambda: sequence(layers.ReLU, layers.Flatten, shape=(4, 4, 1)), ["ReLU", "Flatten"]),
    ],
)
def test_where_there_are_no_maps(model: object, classes: list[str]) -> None:
    built = model()  # type: ignore[operator]
    assert [type(named.layer).__name__ for named in select_layers(built, "auto").layers] == classes


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (1, [f"block0/{part}" for part in ("conv1", "conv2", "shortcut")]),
        (7, [f"block{index}" for index in range(7)]),
    ],
)
def test_subclassed_models_by_the_layers_inside(blocks: int, expected: list[str]) -> None:
    model = Subclassed(blocks)
    ensure_built(model, IMAGES[:1])
    assert _auto(model) == expected


def test_a_model_without_layers_selects_nothing() -> None:
    class Empty(keras.Model):
        def call(self, inputs: object) -> object:
            return inputs

    assert select_layers(Empty(), "auto") == Selection([])


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_models_with_auxiliary_heads_show_nothing_of_these(name: str) -> None:
    trainable = MODELS[name]
    names = _auto(trainable.build((32, 32, 3), 10, width=trainable.width / 4))
    assert not [part for part in names if "aux" in part]
    if name == "googlenet":
        modules = ["3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]
        assert names[-9:] == [f"inception_{module}" for module in modules]


def test_it_says_from_how_many_it_took_them() -> None:
    convolutions = [lambda: layers.Conv2D(1, 1) for _ in range(40)]
    assert select_layers(sequence(*convolutions, shape=(4, 4, 1)), "auto").thinned_from == 40
    few = sequence(*convolutions[:16], shape=(4, 4, 1))
    assert select_layers(few, "auto").thinned_from is None
