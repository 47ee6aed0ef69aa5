"""The commands of the documentation are ones that the programs and the Makefile understand."""

import argparse
import importlib
import pathlib
import re
import shlex

import pytest
from support.markdown import code_blocks, name_of, pages

_COMMAND = re.compile(r"(?P<before>(\w+=\S+ )*)(tb-featuremaps|python -m|make) ")
_MAKEFILE = (pathlib.Path(__file__).parents[2] / "Makefile").read_text()


def _commands() -> list[tuple[str, list[str]]]:
    found = []
    for page in pages():
        for block in code_blocks(page):
            if block.language:
                continue
            for line in block.code.replace("\\\n", " ").splitlines():
                if command := _COMMAND.match(line):
                    words = shlex.split(line[command.end("before") :], comments=True)
                    found.append((f"{name_of(page)}: {line}", words))
    return found


_COMMANDS = _commands()


class _Understood(Exception):
    """Ends a command before it does anything."""


def _of(*names: str) -> list[tuple[str, list[str]]]:
    return [(line, words) for line, words in _COMMANDS if words[: len(names)] == list(names)]


def _expect_understood(module: str, arguments: list[str], patch: pytest.MonkeyPatch) -> None:
    """Calls `main`, which parses its arguments and is stopped then."""
    parse = argparse.ArgumentParser.parse_args

    def parsed(parser: argparse.ArgumentParser, *given: object, **named: object) -> object:
        parse(parser, *given, **named)
        raise _Understood

    patch.setattr(argparse.ArgumentParser, "parse_args", parsed)
    with pytest.raises(_Understood):
        importlib.import_module(module).main(arguments)


@pytest.mark.parametrize(("line", "words"), _of("tb-featuremaps"))
def test_our_command_is_understood(
    line: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if words[1] != "COMMAND":
        _expect_understood("tb_featuremaps.cli", words[1:], monkeypatch)


@pytest.mark.parametrize(("line", "words"), _of("python", "-m"))
def test_a_module_of_ours_is_understood(
    line: str, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if words[2].startswith("training."):
        _expect_understood(words[2], words[3:], monkeypatch)


@pytest.mark.parametrize(("line", "words"), _of("make"))
def test_a_target_is_there(line: str, words: list[str]) -> None:
    targets = [word for word in words[1:] if "=" not in word]
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:.*##", _MAKEFILE, re.MULTILINE), target


def test_there_are_commands() -> None:
    assert len(_of("tb-featuremaps")) >= 4
    assert len(_of("python", "-m")) >= 6
    assert _of("make")
