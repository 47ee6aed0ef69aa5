"""What is answered instead of data; the routes turn each into one line of JSON."""


class NotFoundError(LookupError):
    """There is no such run, tag, step or key."""


class DamagedError(ValueError):
    """What is logged there is damaged, or too large to show."""


class UnavailableError(RuntimeError):
    """TensorBoard's data server does not answer."""
