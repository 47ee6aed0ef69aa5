"""Says clearly that Keras is missing or too old, before some import fails over it."""

import importlib.metadata
import re

OLDEST = (3, 10)


def require_keras() -> None:
    """Returns if Keras is there and new enough.

    Raises:
        ImportError: it is not; the message says what to install.
    """
    version = _version()
    if version is not None and _numbers(version) >= OLDEST:
        return
    found = "no Keras" if version is None else f"Keras {version}"
    raise ImportError(
        f"Expected Keras {'.'.join(map(str, OLDEST))} or newer, which the callbacks and `capture` "
        f"need. Received: {found}. Run `pip install 'tb-featuremaps[keras]'`; to log from a loop "
        "without Keras, use `tb_featuremaps.RunWriter`."
    )


def _version() -> str | None:
    try:
        return importlib.metadata.version("keras")
    except importlib.metadata.PackageNotFoundError:
        pass
    try:
        import keras  # as of the package keras-nightly
    except ImportError:
        return None
    return str(keras.__version__)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
