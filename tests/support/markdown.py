"""The code blocks and links of Markdown pages."""

import dataclasses
import pathlib
import re
from collections.abc import Iterator

_ROOT = pathlib.Path(__file__).parents[2]
_BLOCK = re.compile(
    r"^(?P<note><!--.*-->\n)?(?P<indent> *)```(?P<language>\w*)\n(?P<code>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"(?<!`)\[[^\]]*\]\((?P<to>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class CodeBlock:
    """A fenced block.

    Attributes:
        page: the page's path below the repository's root.
        line: of its fence, counted from 1.
        language: after the fence; empty if there is none.
        code: without the fences and their indentation.
        runs: false where a comment before it begins with "not run".
    """

    page: str
    line: int
    language: str
    code: str
    runs: bool


def pages() -> list[pathlib.Path]:
    """All that a user reads: the README and its neighbours, and the site's pages."""
    return [*sorted(_ROOT.glob("*.md")), *sorted(_ROOT.glob("docs/**/*.md"))]


def name_of(page: pathlib.Path) -> str:
    """The path below the repository's root."""
    return page.relative_to(_ROOT).as_posix()


def code_blocks(page: pathlib.Path) -> list[CodeBlock]:
    """The fenced blocks of a page, in their order."""
    return list(_blocks(name_of(page), page.read_text()))


def blocks_of_docstring(name: str, docstring: str) -> list[CodeBlock]:
    """The fenced blocks of a docstring."""
    return list(_blocks(name, docstring))


def links(page: pathlib.Path) -> list[str]:
    """Where a page's links and pictures lead to."""
    return [found["to"] for found in _LINK.finditer(_without_code(page.read_text()))]


def anchors(page: pathlib.Path) -> set[str]:
    """The anchors of a page's headings, as the site and code hosts make them."""
    headings = _HEADING.findall(_without_code(page.read_text()))
    plain = [re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings]
    return {re.sub(r"\s+", "-", heading) for heading in plain}


def _blocks(page: str, text: str) -> Iterator[CodeBlock]:
    for found in _BLOCK.finditer(text):
        indent = len(found["indent"])
        yield CodeBlock(
            page,
            text.count("\n", 0, found.start("indent")) + 1,
            found["language"],
            "".join(line[indent:] or "\n" for line in found["code"].splitlines(keepends=True)),
            not (found["note"] or "").startswith("<!-- not run"),
        )


def _without_code(text: str) -> str:
    return _BLOCK.sub("", text)
