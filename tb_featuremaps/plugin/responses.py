"""Arguments of requests, and answers: data, or one line of JSON that says what was wrong."""

import json
from collections.abc import Callable
from typing import Any

import werkzeug
from tensorboard import errors
from tensorboard.backend import http_util
from werkzeug import wrappers

from tb_featuremaps.plugin.problems import DamagedError, NotFoundError, UnavailableError

Answer = Callable[[wrappers.Request], wrappers.Response]
_JSON = "application/json"
_A_YEAR = 365 * 24 * 3600
_CODES = {NotFoundError: 404, DamagedError: 422, UnavailableError: 503}


def route(answer: Answer) -> Any:
    """A WSGI application that answers, or says in one line of JSON what was wrong."""

    @wrappers.Request.application
    def application(request: wrappers.Request) -> wrappers.Response:
        if request.method not in ("GET", "HEAD"):
            return _problem(request, 405, f"expected GET. Received: {request.method}.")
        try:
            return answer(request)
        except werkzeug.exceptions.BadRequest as error:
            return _problem(request, 400, error.description or "bad request.")
        except (NotFoundError, DamagedError, UnavailableError) as error:
            return _problem(request, _CODES[type(error)], str(error))
        except errors.PublicError as error:
            return _problem(request, error.http_code, str(error))

    return application


def argument(request: wrappers.Request, name: str) -> str:
    """An argument that has to be there.

    Raises:
        BadRequest: it is missing.
    """
    value = request.args.get(name)
    if not value:
        raise werkzeug.exceptions.BadRequest(f"expected a query argument {name!r}; it is missing.")
    return value


def whole_number(request: wrappers.Request, name: str) -> int:
    """An argument that has to be a whole number.

    Raises:
        BadRequest: it is none.
    """
    value = argument(request, name)
    try:
        return int(value)
    except ValueError:
        raise werkzeug.exceptions.BadRequest(
            f"expected a whole number as {name!r}. Received: {value[:40]!r}."
        ) from None


def json_of(request: wrappers.Request, content: bytes | dict[str, Any]) -> wrappers.Response:
    """An answer of JSON; a dict may hold no NaN."""
    # Not by `Respond`, which copies every value of a dict before it writes it.
    text = content if isinstance(content, bytes) else json.dumps(content, allow_nan=False).encode()
    return http_util.Respond(request, text, _JSON)


def unchanging(request: wrappers.Request, content: bytes, mime_type: str) -> wrappers.Response:
    """An answer that the browser need never ask for again."""
    response = http_util.Respond(request, content, mime_type, expires=_A_YEAR)
    response.headers["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
    return response


def _problem(request: wrappers.Request, code: int, message: str) -> wrappers.Response:
    line = " ".join(message.split())
    return http_util.Respond(request, {"error": line}, _JSON, code=code)
