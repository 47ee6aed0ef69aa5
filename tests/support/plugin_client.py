"""Asks the plugin's routes as docs/routes.md describes them."""

import json
import struct
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, NamedTuple

import numpy as np
from support.tensorboard_server import TensorBoardServer


class Framed(NamedTuple):
    """A binary answer, and how many bytes it has."""

    header: dict[str, Any]
    arrays: dict[str, np.ndarray[Any, Any]]
    size: int


class Refused(NamedTuple):
    """An answer that says what was wrong."""

    code: int
    body: str

    @property
    def message(self) -> str:
        """The one line; fails if the body is none of JSON."""
        assert "\n" not in self.body
        return str(json.loads(self.body)["error"])


def ask(server: TensorBoardServer, route: str, **arguments: Any) -> bytes | Refused:
    """The body of an answer, or how it was refused."""
    query = urllib.parse.urlencode({k: v for k, v in arguments.items() if v is not None})
    return ask_path(server, f"{route}?{query}" if query else route)


def ask_path(server: TensorBoardServer, path: str) -> bytes | Refused:
    """The same of an address as it is."""
    try:
        with urllib.request.urlopen(
            f"{server.url}data/plugin/featuremaps/{path}", timeout=60
        ) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Refused(error.code, error.read().decode())


def ask_json(server: TensorBoardServer, route: str, **arguments: Any) -> Any:
    """An answer of JSON."""
    body = ask(server, route, **arguments)
    assert isinstance(body, bytes), body
    return json.loads(body)


def ask_numbers(server: TensorBoardServer, route: str, **arguments: Any) -> Framed:
    """A binary answer."""
    body = ask(server, route, **arguments)
    assert isinstance(body, bytes), body
    return unpack(body)


def unpack(body: bytes) -> Framed:
    """Takes a binary answer apart."""
    magic, length = struct.unpack_from("<4sI", body)
    assert magic == b"TBFM"
    header = json.loads(body[8 : 8 + length])
    arrays, place = {}, 8 + length
    for described in header["arrays"]:
        assert place % 8 == 0
        dtype, shape = np.dtype(described["dtype"]), described["shape"]
        size = dtype.itemsize * int(np.prod(shape))
        content = body[place : place + size]
        arrays[described["name"]] = np.frombuffer(content, dtype).reshape(shape)
        place += size + -size % 8
    assert place == len(body)
    return Framed(header, arrays, len(body))
