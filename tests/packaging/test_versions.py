"""What is declared, what is tested and what is said of versions is the same."""

import pathlib
import re

import pytest

_ROOT = pathlib.Path(__file__).parents[2]
_VERSIONS = _ROOT / "tests" / "versions"


def _pins(name: str) -> dict[str, str]:
    text = (_VERSIONS / f"{name}.txt").read_text()
    return dict(re.findall(r"^([\w-]+)==(\S+)$", text, re.MULTILINE))


def _plain(version: str) -> tuple[int, ...]:
    """Numbers without trailing zeros, so that 3.10 is 3.10.0."""
    return tuple(int(number) for number in re.sub(r"(\.0)+$", "", version).split("."))


def test_the_lowest_versions_are_those_that_are_declared() -> None:
    declared = dict(re.findall(r'"([\w-]+)>=([\d.]+)', (_ROOT / "pyproject.toml").read_text()))
    pins = _pins("lowest")
    assert {"keras", "tensorflow", "tensorboard", "protobuf", "numpy"} <= pins.keys()
    for package, version in pins.items():
        assert _plain(version) == _plain(declared[package]), package


@pytest.mark.parametrize("name", ["lowest", "newest", "jax", "torch"])
def test_the_table_names_what_is_tested(name: str) -> None:
    readme = (_ROOT / "README.md").read_text()
    label = {"jax": "JAX", "torch": "PyTorch"}.get(name, name)
    (row,) = re.findall(rf"^\| {label} \|.*$", readme, re.MULTILINE)
    shown = {"keras", "tensorflow", "tensorboard", "protobuf", "jax", "torch"}
    for package, version in _pins(name).items():
        assert package not in shown or version in row, package


def test_no_file_of_versions_holds_an_address() -> None:
    for path in _VERSIONS.iterdir():
        assert not re.search(r"://|index|find-links", path.read_text()), path.name
