"""What an error says, for the warnings of the callbacks."""


def cause(error: BaseException) -> str:
    """The kind of an error and what it says, without a stop, since a sentence goes on behind it."""
    said = str(error).rstrip().rstrip(".")
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
