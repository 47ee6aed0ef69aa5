"""Reads a report as docs/report.md describes it, with a parser of its own."""

import base64
import json
import pathlib
import zlib
from html.parser import HTMLParser
from typing import Any

import tb_featuremaps

_SCRIPT = pathlib.Path(tb_featuremaps.__file__).parent / "plugin" / "static" / "index.js"
# What a report takes without any data, about.
PAGE_BYTES = _SCRIPT.stat().st_size + 2000


def share_of(path: pathlib.Path, share: float) -> int:
    """The size of a report with so much of the data of the one in a file."""
    return PAGE_BYTES + int(share * (path.stat().st_size - PAGE_BYTES))


class ReportFile(HTMLParser):
    """What a report's file holds.

    Attributes:
        listed: the list of answers.
        scripts: the type and the text of each script element, by id.
        title: of the page.
    """

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__()
        self.scripts: dict[str, tuple[str, str]] = {}
        self.title = ""
        self._inside: tuple[str, str, str] | None = None
        self._text: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        self.listed: dict[str, Any] = json.loads(self.scripts["featuremaps-answers"][1])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "title"):
            given = dict(attrs)
            self._inside = (tag, str(given.get("id")), str(given.get("type")))
            self._text = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[0]:
            _, name, kind = self._inside
            text = "".join(self._text)
            self._inside = None
            if tag == "title":
                self.title = text
            else:
                assert name not in self.scripts
                self.scripts[name] = (kind, text)

    def answer(self, route: str, **query: str) -> bytes:
        """The body of an answer."""
        (place,) = (
            place
            for place, answer in enumerate(self.listed["answers"])
            if (answer["route"], answer["query"]) == (route, query)
        )
        kind, text = self.scripts[f"featuremaps-answers-{place}"]
        assert kind == "text/plain"
        body = base64.b64decode(text, validate=True)
        return zlib.decompress(body) if self.listed["answers"][place].get("deflated") else body

    def json(self, route: str, **query: str) -> Any:
        """The same of an answer of JSON."""
        return json.loads(self.answer(route, **query))

    def asked(self, route: str) -> list[dict[str, str]]:
        """What was asked of a route."""
        return [answer["query"] for answer in self.listed["answers"] if answer["route"] == route]
