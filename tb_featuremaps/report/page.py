"""Writes the page: the tab's script, and answers in elements that nothing runs.

What was logged may hold anything, also what ends an element: bodies are base64, the list of them
is JSON without "<", and the page's own policy lets the browser run the one script and load nothing.
"""

import base64
import datetime
import hashlib
import html
import json
import re
import zlib
from typing import Any, BinaryIO

from tb_featuremaps.report.answers import Answer

_ID = "featuremaps-answers"
_HEAD = """<!doctype html>
<html lang="en" data-featuremaps-report>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
</head>
<body>
<p id="featuremaps-waiting">Loading the report … If this stays, the file is not whole, or JavaScript
is off.</p>
<script type="module">{script}</script>
"""
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
_TAIL = "</body>\n</html>\n"


def encoded_size(size: int) -> int:
    """How many bytes a body takes as base64, whether or not it can be deflated."""
    return (size + size // 1000 + 16) * 4 // 3 + 4


class PageWriter:
    """Writes one page, answer by answer.

    Args:
        file: where to.
        title: of the page.
        script: the tab's module.
        made: when the answers were taken.

    Attributes:
        size: of what was written, in bytes.
    """

    def __init__(self, file: BinaryIO, title: str, script: str, made: datetime.datetime) -> None:
        self._file = file
        self._made = made
        self._answers: list[dict[str, Any]] = []
        self.size = 0
        inline = _inline(script)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        policy = _POLICY.format(script=f"sha256-{digest}")
        self._write(_HEAD.format(policy=policy, title=html.escape(title), script=inline))

    def add(self, answer: Answer) -> None:
        """Adds what a route answered."""
        noted: dict[str, Any] = {"route": answer.route, "query": answer.query}
        self._answers.append(noted)
        if answer.error is not None:
            noted["error"] = answer.error
            return
        body = answer.body
        if not answer.is_compressed:
            noted["deflated"] = True
            body = zlib.compress(body, 9)
        place = len(self._answers) - 1
        text = base64.b64encode(body).decode()
        self._write(f'<script type="text/plain" id="{_ID}-{place}">{text}</script>\n')

    def close(self) -> None:
        """Writes the list of answers, and ends the page."""
        listed = {"made": self._made.isoformat(), "answers": self._answers}
        text = json.dumps(listed, separators=(",", ":")).replace("<", "\\u003c")
        self._write(f'<script type="application/json" id="{_ID}">{text}</script>\n{_TAIL}')

    def _write(self, text: str) -> None:
        content = text.encode(errors="replace")
        self._file.write(content)
        self.size += len(content)


def _inline(script: str) -> str:
    """The script without what would end its element, or change how its end is looked for."""
    ended = re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE)
    return ended.replace("<!--", "\\x3c!--").replace("\r\n", "\n")
