"""Which versions of the on-disk format this one reads: its own and every one before it."""

from tb_featuremaps.format.names import FORMAT_VERSION


def unreadable_version(version: int, newest: int = FORMAT_VERSION) -> str | None:
    """Says why data of a version can't be read, as the end of a sentence; None if it can.

    Args:
        version: as the data has it; 0 is how protobuf reads a field that is missing.
        newest: the newest version that this code reads.
    """
    if version < 1:
        return "names no format version: it is damaged, or was not written by tb_featuremaps."
    if version > newest:
        known = "version 1" if newest == 1 else f"versions 1 to {newest}"
        return (
            f"has format version {version}; this version of tb_featuremaps reads {known}. "
            "Update tb_featuremaps."
        )
    return None
