"""Every Python block of the documentation and of the public docstrings runs."""

import json
import pathlib
from typing import Any

import keras
import pytest
from support.documented_names import documented_names, write_run
from support.markdown import CodeBlock, blocks_of_docstring, code_blocks, name_of, pages

import tb_featuremaps


def _python(blocks: list[CodeBlock]) -> list[CodeBlock]:
    return [block for block in blocks if block.language == "python"]


_PAGES = {name_of(page): found for page in pages() if (found := _python(code_blocks(page)))}
_DOCSTRINGS = {
    name: found
    for name in tb_featuremaps.__all__
    if (found := _python(blocks_of_docstring(name, getattr(tb_featuremaps, name).__doc__)))
}


def _run(blocks: list[CodeBlock], names: dict[str, Any], folder: pathlib.Path) -> None:
    """Runs blocks one after another, each in a folder of its own, as a reader might."""
    for block in blocks:
        where = f"{block.page}:{block.line}"
        # Python counts lines within the block; these stand before it.
        code = compile("\n" * block.line + block.code, where, "exec")
        if not block.runs:
            continue
        here = folder / str(block.line)
        here.mkdir()
        if "read_logdir" in block.code:
            write_run(here / "logs" / "run1")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(here)
            exec(code, names)


@pytest.mark.parametrize("page", _PAGES)
def test_the_code_of_a_page_runs(page: str, tmp_path: pathlib.Path) -> None:
    _run(_PAGES[page], documented_names(), tmp_path)


@pytest.mark.parametrize("name", _DOCSTRINGS)
def test_the_example_of_a_docstring_runs(name: str, tmp_path: pathlib.Path) -> None:
    names = {**documented_names(), **vars(tb_featuremaps)}
    names |= {public: getattr(tb_featuremaps, public) for public in tb_featuremaps.__all__}
    _run(_DOCSTRINGS[name], names, tmp_path)


def test_there_are_pages_with_code() -> None:
    assert {"README.md", "docs/index.md", "docs/guides/own_loops.md"} <= _PAGES.keys()
    assert {"FeatureMaps", "RunWriter", "MapCapture"} <= _DOCSTRINGS.keys()
    assert keras.config.image_data_format() == "channels_last"


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_json_of_a_page_is_json(page: pathlib.Path) -> None:
    for block in code_blocks(page):
        if block.language == "json":
            json.loads(block.code)
