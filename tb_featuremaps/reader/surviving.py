"""Which values of a series still hold, where training was resumed and logged steps again."""

import numpy as np
import numpy.typing as npt


def surviving(steps: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether nothing later in the log has the same step or an earlier one.

    Args:
        steps: `[values]`, in the order in which they were logged.
    """
    if not len(steps):
        return np.zeros(0, np.bool_)
    lowest_after = np.minimum.accumulate(steps[::-1])[::-1]
    holds = np.ones(len(steps), np.bool_)
    holds[:-1] = steps[:-1] < lowest_after[1:]
    return holds
