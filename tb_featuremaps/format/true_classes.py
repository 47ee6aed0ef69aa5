"""Which class a probe's label is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

UNKNOWN_CLASS = -1


def true_classes(
    labels: Sequence[str], class_names: Sequence[str], probes: int, classes: int
) -> npt.NDArray[np.int32]:
    """The class of each probe's label, int32 `[probes]`; −1 where the log doesn't say.

    Args:
        labels: one per probe, or none.
        class_names: one per class, or none: then a label is the number of its class.
        probes, classes: how many there are.
    """
    found = np.full(probes, UNKNOWN_CLASS, np.int32)
    if len(labels) != probes:
        return found
    names = list(class_names) or [str(index) for index in range(classes)]
    places: dict[str, int] = {}
    for index, name in enumerate(names):
        # A name that two classes share tells neither of them.
        places[name] = UNKNOWN_CLASS if name in places else index
    for probe, label in enumerate(labels):
        index = places.get(label, UNKNOWN_CLASS)
        found[probe] = index if index < classes else UNKNOWN_CLASS
    return found
