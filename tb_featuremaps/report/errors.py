"""Why there is no report."""


class TooLargeError(ValueError):
    """What is wanted does not fit into the size; the message says what to choose."""


class NoTabError(RuntimeError):
    """The tab's script is not there; the message says what to do."""
