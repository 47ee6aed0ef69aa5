"""Answers with one picture, after a look at what it claims to be."""

from tensorboard import errors

from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.png_check import check_picture
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError, UnavailableError

# Between TensorBoard's own key and the wall time that tells a rewritten run's pictures apart.
_SEPARATOR = "~"
# What the data server of TensorBoard 2.19 to 2.21 says of a key that holds an escaped character.
_UNREADABLE_KEY = "expected a borrowed string"
_NAME_TOO_ODD = (
    "TensorBoard's data server can't read pictures of a run whose directory's name holds quotes or "
    "backslashes. Rename the directory, or start TensorBoard with --load_fast=false."
)


def picture_key(blob_key: str, wall_time: float) -> str:
    """The key of a picture that is never rewritten, so that a browser may keep it."""
    return f"{blob_key}{_SEPARATOR}{wall_time.hex()}"


def picture(data: LoggedData, key: str) -> bytes:
    """The PNG of a key that was made by `picture_key`.

    Raises:
        NotFoundError: the key names no blob.
        DamagedError: the blob is no picture that can be shown.
    """
    content = _blob(data, key.split(_SEPARATOR)[0])
    check_picture(content)
    return content


def _blob(data: LoggedData, key: str) -> bytes:
    try:
        content = data.blob(key)
    except (UnavailableError, DamagedError):
        raise
    except errors.InvalidArgumentError as error:
        if _UNREADABLE_KEY not in str(error):
            raise
        raise errors.InvalidArgumentError(_NAME_TOO_ODD) from error
    # A key is the client's, and TensorBoard takes it apart without a check of its own.
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise NotFoundError("no picture has this key.") from error
    if not isinstance(content, bytes):
        raise NotFoundError("the key does not name a picture.")
    return content
