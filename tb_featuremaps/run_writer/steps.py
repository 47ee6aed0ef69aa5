"""The steps of a run, which never run backwards in a series."""

from collections.abc import Iterable


class Steps:
    """Knows the last step of each series."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._has_begun = False

    def take(self, step: int, series: Iterable[str]) -> None:
        """Takes note of a step.

        Raises:
            ValueError: one of the series is beyond it already; then none is taken note of.
        """
        names = list(series)
        later = {name: self._last[name] for name in names if self._last.get(name, 0) > step}
        if later:
            raise ValueError(
                "Expected steps that don't run backwards, since a step takes the place of those "
                f"behind it. Received: step {step} after {later}."
            )
        self._last |= dict.fromkeys(names, step)

    def is_first(self) -> bool:
        """Whether this is asked for the first time."""
        is_first, self._has_begun = not self._has_begun, True
        return is_first
