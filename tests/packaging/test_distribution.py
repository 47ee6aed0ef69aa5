"""The wheel, the lock file and the generated code."""

import email
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile

import pytest

import tb_featuremaps

_ROOT = pathlib.Path(__file__).parents[2]
_PATHS = (
    "setup.py",
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
    "tools",
    "tb_featuremaps",
    "training",
)


def _without_node(tmp_path: pathlib.Path) -> dict[str, str]:
    """An environment in which neither node nor npm is found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("node", "npm"):
        script = folder / name
        script.write_text("#!/bin/sh\nexit 1\n")
        script.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The wheel, built from a copy without the tab's sources: it must need no Node."""
    folder = tmp_path_factory.mktemp("build")
    for name in _PATHS:
        source = _ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--skip-dependency-check",
    ]
    ended = subprocess.run(
        command,
        cwd=folder,
        env=_without_node(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return next((folder / "dist").glob("*.whl"))


def test_the_wheel_holds_the_tab_and_not_its_sources(wheel: pathlib.Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "tb_featuremaps/plugin/static/index.js" in names
    assert "tb_featuremaps/format/featuremaps.proto" in names
    assert "tb_featuremaps/py.typed" in names
    (licence,) = [name for name in names if name.endswith("/licenses/LICENSE")]
    assert {name.split("/")[0] for name in names} == {"tb_featuremaps", licence.split("/")[0]}


def test_the_wheel_installs_without_node(wheel: pathlib.Path, tmp_path: pathlib.Path) -> None:
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*command, str(target), str(wheel)], env=_without_node(tmp_path), check=True)
    assert (target / "tb_featuremaps" / "plugin" / "static" / "index.js").stat().st_size > 10_000


def test_the_metadata_says_what_it_is(wheel: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Version"] == tb_featuremaps.__version__
    assert set(metadata.get_all("Provides-Extra") or []) >= {"keras", "training"}
    assert "Typing :: Typed" in (metadata.get_all("Classifier") or [])
    assert not metadata.get_all("Project-URL")  # none is known


def test_the_citation_and_the_changes_name_this_version() -> None:
    version = tb_featuremaps.__version__
    assert f"\nversion: {version}\n" in (_ROOT / "CITATION.cff").read_text()
    assert f"\n## {version}" in (_ROOT / "CHANGELOG.md").read_text()


def test_the_entry_points_resolve() -> None:
    plugins = importlib.metadata.entry_points(group="tensorboard_plugins")
    (ours,) = [point for point in plugins if point.name == "featuremaps"]
    assert ours.load().__name__ == "FeatureMapsLoader"
    scripts = importlib.metadata.entry_points(group="console_scripts")
    assert callable(next(point for point in scripts if point.name == "tb-featuremaps").load())


def test_the_lock_file_holds_no_addresses() -> None:
    lock = json.loads((_ROOT / "plugin_frontend" / "package-lock.json").read_text())
    assert lock["packages"]
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_generating_the_protobuf_code_changes_nothing(tmp_path: pathlib.Path) -> None:
    proto = "tb_featuremaps/format/featuremaps.proto"
    outputs = [f"--python_out={tmp_path}", f"--pyi_out={tmp_path}"]
    compiler = pathlib.Path(sysconfig.get_path("scripts"), "protoc")
    subprocess.run([compiler, "-I.", *outputs, proto], cwd=_ROOT, check=True)
    for name in ("featuremaps_pb2.py", "featuremaps_pb2.pyi"):
        made = (tmp_path / "tb_featuremaps" / "format" / name).read_text()
        assert made == (_ROOT / "tb_featuremaps" / "format" / name).read_text()


def test_the_protobuf_code_is_of_the_lowest_protobuf_that_is_supported() -> None:
    generated = (_ROOT / "tb_featuremaps" / "format" / "featuremaps_pb2.py").read_text()
    (made_by,) = re.findall(r"# Protobuf Python Version: (\d+\.\d+)\.", generated)
    (lowest,) = re.findall(r'"protobuf>=([\d.]+),', (_ROOT / "pyproject.toml").read_text())
    assert lowest == made_by
