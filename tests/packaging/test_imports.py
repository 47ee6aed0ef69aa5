"""What may import what."""

import ast
import pathlib
import subprocess
import sys
import textwrap

import pytest

import tb_featuremaps

_PACKAGE = pathlib.Path(tb_featuremaps.__file__).parent
_BELOW = {
    "format": set[str](),
    "capture": {"format"},
    "summary": {"format"},
    "callbacks": {"format", "capture", "summary", "keras_version"},
    "run_writer": {"format", "capture", "summary"},
    "plugin": {"format"},
    "reader": {"format"},
    "keras_version": set(),
    "command_line": set(),
    "export": {"command_line", "format", "reader"},
    "listing": {"reader"},
    "report": {"export", "format", "plugin", "reader"},
    "cli": {"command_line", "export", "format", "listing", "reader", "report"},
}
_VIEWER = ("format", "plugin", "reader", "export", "report", "cli")
_WITHOUT_KERAS = (*_VIEWER, "summary", "run_writer")


def _modules() -> list[pathlib.Path]:
    return [p for p in _PACKAGE.rglob("*.py") if p.parent != _PACKAGE or p.stem in _BELOW]


def _imported(path: pathlib.Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(_PACKAGE)))
def test_imports_run_downwards_only(path: pathlib.Path) -> None:
    own = path.relative_to(_PACKAGE).with_suffix("").parts[0]
    ours = {name.split(".")[1] for name in _imported(path) if name.startswith("tb_featuremaps.")}
    assert ours <= {own, *_BELOW[own]}


@pytest.mark.parametrize("package", _WITHOUT_KERAS)
def test_viewer_and_run_writer_need_neither_tensorflow_nor_keras(package: str) -> None:
    script = textwrap.dedent(f"""
        import importlib, pkgutil, sys
        for blocked in ("tensorflow", "keras"):
            sys.modules[blocked] = None
        import tb_featuremaps
        module = importlib.import_module("tb_featuremaps.{package}")
        for found in pkgutil.walk_packages(getattr(module, "__path__", []), module.__name__ + "."):
            importlib.import_module(found.name)
        print("fine")
    """)
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ended.stdout == "fine\n", ended.stderr


def test_importing_the_package_does_not_import_tensorflow() -> None:
    script = (
        "import sys, tb_featuremaps; print('tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "False False\n"


def test_the_public_names_are_these() -> None:
    callbacks = ["FeatureMaps", "GradientTerms", "LossTerms", "Schedule"]
    own_loops = ["MapCapture", "RunWriter", "capture_maps"]
    assert sorted(tb_featuremaps.__all__) == sorted([*callbacks, *own_loops, "show"])
    assert all(getattr(tb_featuremaps, name).__doc__ for name in tb_featuremaps.__all__)
    with pytest.raises(AttributeError, match="FeatureMap"):
        tb_featuremaps.FeatureMap  # noqa: B018


@pytest.mark.parametrize(("found", "said"), [(None, "no Keras"), ("2.15.0", "Keras 2.15.0")])
def test_a_keras_that_is_missing_or_too_old_is_said(found: str | None, said: str) -> None:
    """The interpreter finds no Keras, or the metadata of an old one."""
    script = textwrap.dedent(f"""
        import importlib.metadata, sys
        sys.modules["keras"] = None
        find = importlib.metadata.version
        def version(name):
            if name != "keras":
                return find(name)
            if {found!r} is None:
                raise importlib.metadata.PackageNotFoundError(name)
            return {found!r}
        importlib.metadata.version = version
        import tb_featuremaps
        try:
            tb_featuremaps.FeatureMaps
        except ImportError as error:
            print(error)
    """)
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "Expected Keras 3.10 or newer" in ended.stdout
    assert f"Received: {said}." in ended.stdout and "tb-featuremaps[keras]" in ended.stdout
