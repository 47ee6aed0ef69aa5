"""Which runs, layers, steps and probes of a log are wanted."""

import dataclasses
import fnmatch
import re
from collections.abc import Iterable, Sequence

from tb_featuremaps.reader import LoggedRuns, NotLoggedError

_RANGE = re.compile(r"(\d*):(\d*)")
# How many names an error message lists.
_SHOWN = 50


@dataclasses.dataclass(frozen=True)
class Steps:
    """A choice of steps.

    Args:
        text: "newest", "all", a range of which both ends count ("100:500", "100:", ":500"), or
            steps with commas ("0,100").

    Raises:
        ValueError: it is none of these.
    """

    text: str

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise ValueError(f"Expected steps as a text such as '0,100'. Received: {self.text!r}.")
        listed = all(part.strip().isdecimal() for part in self.text.split(","))
        if self.text not in ("newest", "all") and not listed and not _RANGE.fullmatch(self.text):
            raise ValueError(
                "Expected steps as newest, all, a range such as 100:500, or a list such as "
                f"0,100. Received: {self.text!r}."
            )

    def of(self, logged: Sequence[int]) -> list[int]:
        """Those of the steps that were logged, rising, that are wanted."""
        if self.text == "newest":
            return list(logged[-1:])
        if self.text == "all":
            return list(logged)
        found = _RANGE.fullmatch(self.text)
        if found is None:
            wanted = set(self.listed())
            return [step for step in logged if step in wanted]
        first, last = found.groups()
        return [
            step for step in logged if step >= int(first or 0) and (not last or step <= int(last))
        ]

    def listed(self) -> list[int]:
        """The steps that are named one by one; none if they are chosen otherwise."""
        if self.text in ("newest", "all") or _RANGE.fullmatch(self.text):
            return []
        return [int(part) for part in self.text.split(",")]


NEWEST, ALL = Steps("newest"), Steps("all")


@dataclasses.dataclass(frozen=True)
class Selection:
    """A part of a log directory.

    Attributes:
        runs, layers: names or globs.
        steps: of the captures; None for what suits a form best.
        probes: their numbers; None for all.
    """

    runs: Sequence[str]
    layers: Sequence[str]
    steps: Steps | None = None
    probes: Sequence[int] | None = None

    def runs_of(self, logs: LoggedRuns) -> list[str]:
        """The runs that are wanted.

        Raises:
            NotLoggedError: a name or glob is of none.
        """
        return _matching(self.runs, logs.runs(), "run")

    def layers_of(self, logs: LoggedRuns) -> list[tuple[str, str]]:
        """Each wanted run with each wanted layer that has captures.

        Raises:
            NotLoggedError: a name or glob is of no layer of any wanted run.
        """
        found = [
            (run, layer)
            for run in self.runs_of(logs)
            for layer in logs.layers(run)
            if logs.steps(run, layer)
        ]
        names = dict.fromkeys(layer for _, layer in found)
        for run in self.runs_of(logs):  # these have no maps perhaps
            names |= dict.fromkeys([*logs.gradients(run).channels, *logs.attributions(run)])
        if not names and list(self.layers) == ["*"]:
            return []
        wanted = _matching(self.layers, list(names), "layer")
        return [(run, layer) for run, layer in found if layer in wanted]

    def takes(self, layer: str) -> bool:
        """Whether a name or glob is of this layer."""
        return any(_is_of(pattern, layer) for pattern in self.layers)

    def check_steps(self, logged: Iterable[int]) -> None:
        """Passes if one of the logged steps is wanted, and all that are named are among them.

        Raises:
            NotLoggedError: it is not so.
        """
        if self.steps is None:
            return
        steps = sorted(set(logged))
        missing = sorted(set(self.steps.listed()).difference(steps))
        if missing or not self.steps.of(steps):
            raise NotLoggedError(
                f"Expected a step that was logged, one of {shown(steps)}. "
                f"Received: {', '.join(map(str, missing)) or self.steps.text}."
            )

    def probes_of(self, count: int) -> list[int]:
        """The wanted ones of so many probes.

        Raises:
            NotLoggedError: there is no such probe.
        """
        if self.probes is None:
            return list(range(count))
        missing = [probe for probe in self.probes if not 0 <= probe < count]
        if missing:
            raise NotLoggedError(
                f"Expected a probe that was logged, one of {shown(range(count))}. "
                f"Received: {missing[0]}."
            )
        return list(self.probes)


def _matching(patterns: Sequence[str], names: Sequence[str], kind: str) -> list[str]:
    chosen = set()
    for pattern in patterns:
        found = [name for name in names if _is_of(pattern, name)]
        if not found:
            raise NotLoggedError(
                f"Expected a {kind} that was logged, one of {shown(names)}. Received: {pattern!r}."
            )
        chosen.update(found)
    return [name for name in names if name in chosen]


def _is_of(pattern: str, name: str) -> bool:
    return name == pattern or fnmatch.fnmatchcase(name, pattern)


def shown(names: Sequence[object]) -> str:
    """A list of names for a message, which is bounded."""
    more = len(names) - _SHOWN
    return f"{list(names[:_SHOWN])}" + (f" and {more} more" if more > 0 else "")
