import numpy as np
import pytest

from tb_featuremaps.format.true_classes import true_classes
from tb_featuremaps.plugin.ranking import Ranking


def _ranked(values: list[list[float]], truth: list[int]) -> dict[str, np.ndarray]:
    ranking = Ranking(1, np.array(truth, np.int32))
    ranking.add(0, np.array(values))
    return {
        name: array if name == "true_class" else array[0]
        for name, array in ranking.arrays().items()
    }


def test_the_five_largest_in_falling_order_and_the_rank_of_the_true_one() -> None:
    values = np.random.default_rng(0).permutation(100).astype(np.float32)[None]
    truth = int(np.flatnonzero(values[0] == 93)[0])
    found = _ranked(values.tolist(), [truth])
    np.testing.assert_array_equal(found["top_values"][0], [99, 98, 97, 96, 95])
    np.testing.assert_array_equal(values[0, found["top_classes"][0]], [99, 98, 97, 96, 95])
    assert (found["true_values"][0], found["true_ranks"][0]) == (93, 7)


def test_fewer_classes_leave_room() -> None:
    found = _ranked([[0.2, 0.8]], [0])
    np.testing.assert_array_equal(found["top_classes"][0], [1, 0, -1, -1, -1])
    assert np.isnan(found["top_values"][0, 2:]).all()
    assert found["true_ranks"][0] == 2


def test_equal_values_share_a_rank() -> None:
    found = _ranked([[0.25] * 4, [0.25] * 4], [3, -1])
    np.testing.assert_array_equal(found["top_classes"][0], [0, 1, 2, 3, -1])
    np.testing.assert_array_equal(found["true_ranks"], [1, 0])
    assert np.isnan(found["true_values"][1])


def test_what_is_not_finite_is_never_right() -> None:
    found = _ranked([[np.nan, 3.0, np.inf], [np.nan] * 3, [-np.inf, 0, 1]], [1, 0, 2])
    np.testing.assert_array_equal(found["nonfinite"], [2, 3, 1])
    np.testing.assert_array_equal(found["true_ranks"], [0, 0, 0])
    np.testing.assert_array_equal(found["top_classes"][0], [2, 1, -1, -1, -1])
    np.testing.assert_array_equal(found["top_classes"][1], [-1] * 5)
    np.testing.assert_array_equal(found["top_classes"][2, :3], [2, 1, 0])


@pytest.mark.parametrize(
    ("labels", "names", "classes", "expected"),
    [
        (["b", "a"], ["a", "b"], 2, [1, 0]),
        (["b", "x"], ["a", "b"], 2, [1, -1]),
        (["1", "7"], [], 3, [1, -1]),
        ([], ["a", "b"], 2, [-1, -1]),
        (["a"], ["a", "b"], 2, [-1, -1]),  # labels of another number of probes
        (["b", "a"], ["a", "b"], 1, [-1, 0]),  # one sigmoid for two classes
        (["a", "b"], ["a", "b", "a"], 3, [-1, 1]),  # two classes of one name
    ],
)
def test_the_true_class_is_known_only_where_the_log_says_it(
    labels: list[str], names: list[str], classes: int, expected: list[int]
) -> None:
    np.testing.assert_array_equal(true_classes(labels, names, 2, classes), expected)
