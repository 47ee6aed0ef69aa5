"""Arrays of a run over the steps, and the errors of what is not there."""

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
from tensorboard.util import tensor_util

from tb_featuremaps.format.records import RecordError
from tb_featuremaps.reader.run_log import Series

# How many names or steps an error message lists.
_SHOWN = 50


class NotLoggedError(LookupError):
    """There is no such run, layer, step or probe; the message lists those that there are."""


class DamagedSeriesError(ValueError):
    """A value of a series is not what it should be, or can't be read any more."""


@dataclasses.dataclass(frozen=True)
class LoggedArrays:
    """Arrays over the steps, each read when it is asked for.

    Attributes:
        name: of the series, for errors.
        steps: int64 `[items]`, rising.
        shape: what each array has to be; None stands for any size but 0.
    """

    name: str
    steps: npt.NDArray[np.int64]
    shape: tuple[int | None, ...]
    _series: Series

    def at(self, step: int) -> npt.NDArray[np.float32]:
        """The array of a step, float32.

        Raises:
            NotLoggedError: no such step.
            DamagedSeriesError: it is damaged, of another shape, or can't be read any more.
        """
        places = {step: index for index, step in enumerate(self.steps.tolist())}
        index = known(places, step, "step")
        try:
            tensor = self._series.read(index)
            values = tensor_util.make_ndarray(tensor)
        except (OSError, RecordError, ValueError, TypeError, MemoryError) as error:
            raise DamagedSeriesError(
                f"{self.name} at step {step} can't be read: {error}"
            ) from error
        fits = values.ndim == len(self.shape) and all(
            size > 0 and wanted in (None, size)
            for size, wanted in zip(values.shape, self.shape, strict=True)
        )
        if values.dtype.kind not in "fiu" or not fits:
            raise DamagedSeriesError(
                f"{self.name} at step {step}: expected numbers of shape {list(self.shape)}. "
                f"Received: {values.dtype} of shape {list(values.shape)}."
            )
        with np.errstate(over="ignore"):
            return values.astype(np.float32)


def known(found: dict[Any, Any], key: Any, kind: str) -> Any:
    """Returns what is found under a key.

    Raises:
        NotLoggedError: there is none; the message lists those that there are.
    """
    if key not in found:
        keys = list(found)
        shown = f"{keys[:_SHOWN]}" + (f" and {len(keys) - _SHOWN} more" * (len(keys) > _SHOWN))
        raise NotLoggedError(
            f"Expected a {kind} that was logged, one of {shown}. Received: {key!r}."
        )
    return found[key]
