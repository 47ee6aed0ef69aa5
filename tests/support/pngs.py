"""Pictures of atlases in one piece."""

from typing import Any

from tb_featuremaps.format.png import atlas_parts


def encode_atlas(*arguments: Any, **named: Any) -> bytes:
    """Returns the PNG of one atlas; the arguments are those of `atlas_parts`."""
    return b"".join(atlas_parts(*arguments, **named))
