from tb_featuremaps.callbacks.schedule import Backoff


def _tried(backoff: Backoff, due: int) -> list[int]:
    return [index for index in range(due) if backoff.allows()]


def test_without_refusals_every_capture_is_tried() -> None:
    assert _tried(Backoff(), 3) == [0, 1, 2]


def test_each_refusal_doubles_the_distance() -> None:
    backoff = Backoff()
    backoff.refused()
    assert _tried(backoff, 4) == [1, 3]
    backoff.refused()
    assert _tried(backoff, 8) == [3, 7]


def test_accepted_captures_bring_the_rate_back() -> None:
    backoff = Backoff()
    backoff.refused()
    for _ in range(4):
        backoff.took()
    assert _tried(backoff, 2) == [0, 1]
