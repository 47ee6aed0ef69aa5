from typing import Any

import keras
import numpy as np
import pytest
from support.small_models import IMAGES, two_headed_model

from tb_featuremaps.capture.description import describe
from tb_featuremaps.capture.tap import TapOptions


def test_a_table_of_what_will_be_captured() -> None:
    described = describe(
        two_headed_model(), IMAGES[:3], ["conv1", "aux1"], captures=10, images_tab=True
    )
    header, _, conv, dense, totals = str(described).splitlines()
    assert header.split() == ["layer", "class", "shape", "channels", "tile", "kB", "a", "capture"]
    # Three by three tiles of 14×14 for eight channels, each row with its filter, and eight numbers
    # for each channel.
    size = 3 * (42 * (1 + 42) + 8 * 8 * 4)
    assert conv.split() == ["conv1", "Conv2D", "14×14×8", "8", "14×14", f"{size / 1000:.1f}"]
    assert dense.split()[:5] == ["aux1", "Dense", "3", "3", "1×1"]
    heads = 2 * 3 * 3 * 4
    assert described.bytes_per_capture == size + 3 * (2 * (1 + 2) + 3 * 8 * 4) + heads
    assert described.bytes_per_fit == 10 * described.bytes_per_capture
    assert described.images_tab_bytes == (described.bytes_per_capture - heads) / 3
    assert totals.startswith("2 layers, 3 probes: at most 6.6 kB in a capture, 65.6 kB")
    assert "in a fit of 10 captures" in totals
    assert described.notes == []
    assert described.skipped_note is None


def test_options_count() -> None:
    described = describe(
        two_headed_model(),
        IMAGES[:1],
        "conv1",
        TapOptions(max_channels=4, max_tile=7, outputs=False),
    )
    assert described.bytes_per_capture == 14 * (1 + 14) + 4 * 8 * 4
    assert described.bytes_per_fit is None
    assert any("averaged" in note and "conv1 (2×2)" in note for note in described.notes)


def test_what_can_not_be_captured_is_named_with_its_reason() -> None:
    if keras.backend.backend() == "torch":
        pytest.skip("PyTorch unrolls the loop, so that a cell is captured at each turn")
    inputs = keras.Input((6, 4))
    x = keras.layers.RNN(keras.layers.LSTMCell(5, name="cell"), name="rnn")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2, name="end")(x))
    described = describe(model, np.ones((2, 6, 4)), "*")
    assert [layer.name for layer in described.layers] == ["rnn", "end"]
    line = next(line for line in str(described).splitlines() if line.startswith("rnn/cell"))
    assert "not captured: it runs inside a loop" in line
    assert described.skipped_note is not None
    assert described.skipped_note.startswith("Can't be captured: rnn/cell: it runs inside a loop")


def test_it_says_how_many_layers_auto_left_out() -> None:
    model = keras.Sequential([keras.Input((4, 4, 1)), *map(_conv, range(20))])
    described = describe(model, np.ones((1, 4, 4, 1)))
    assert described.thinned_note == (
        '"auto" takes 11 of the 20 layers that it found (at most 16); name layers to choose others.'
    )
    assert described.thinned_note in str(described)


def test_it_warns_of_large_captures_but_not_of_many_small_layers() -> None:
    model = keras.Sequential([keras.Input((1,)), *(keras.layers.ReLU() for _ in range(101))])
    assert describe(model, np.ones((1, 1)), "*").notes == []
    wide = keras.Sequential([keras.Input((2048, 2048, 1)), keras.layers.Conv2D(16, 1, name="conv")])
    (note,) = describe(wide, np.zeros((5, 2048, 2048, 1), np.uint8), "conv").notes
    assert "up to 335.6 MB before compression" in note
    assert "max_tile" in note


def test_the_model_stays_as_it_was() -> None:
    class Model(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2, name="dense")

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

    model = Model()
    described = describe(model, np.ones((2, 3)), "dense")
    assert "built on the first probe" in described.notes[-1]
    weights = model.get_weights()
    again = describe(model, np.ones((2, 3)), "dense")
    assert again.notes == []
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def _conv(index: int) -> keras.layers.Layer:
    return keras.layers.Conv2D(1, 1, name=f"conv{index}")
