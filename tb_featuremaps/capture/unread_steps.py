"""Counts the steps that have begun since the device was read."""


class UnreadSteps:
    """How many steps have begun, and how many may before the device must be read.

    Args:
        capacity: how many are held between two reads.

    Attributes:
        begun: counted up at every batch, so without a lock, by the one thread that runs the steps.
        limit: what must be read before `begun` exceeds it; changes with the tap's lock held.
    """

    __slots__ = ("_capacity", "begun", "limit")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self.begun = 0
        self.limit = capacity

    @property
    def count(self) -> int:
        """How many have begun since the last read, or were running at it."""
        return self.begun - (self.limit - self._capacity)

    def read(self, steps: int) -> None:
        """So many were read."""
        self.limit += steps

    def read_all_but(self, steps: int) -> None:
        """All were read but for those of the call that is about to begin."""
        self.limit = self.begun - steps + self._capacity
