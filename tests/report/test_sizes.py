"""Sizes as people write them."""

import pytest

from tb_featuremaps.report.sizes import as_text, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("50MB", 50_000_000), ("0.5 gb", 500_000_000), ("800k", 800_000), ("12", 12)],
)
def test_a_size_is_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "-5MB", "5TB", "1e9", "fifty"])
def test_nonsense_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="Expected a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (50_000_000, "50 MB"),
        (1_234_567, "1.3 MB"),
        (999, "999 bytes"),
        (1001, "2 kB"),
        (10**9, "1 GB"),
    ],
)
def test_a_size_is_written(size: int, text: str) -> None:
    assert as_text(size) == text


def test_more_than_browsers_open_is_refused() -> None:
    assert parse_size("1GB") == 10**9
    with pytest.raises(ValueError, match=r"at most 1 GB.*Received: '1\.1GB'"):
        parse_size("1.1GB")
