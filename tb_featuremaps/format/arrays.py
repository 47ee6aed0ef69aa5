"""Types of arrays that are numpy's here and the device's in a compiled forward pass."""

from typing import Any, TypeAlias

# An array of whichever library `ArrayOps` stands for.
Array: TypeAlias = Any

# `numpy`, or `keras.ops`: their functions of the same names let one code compute the format on
# either side. Neither module has a type that says so.
ArrayOps: TypeAlias = Any
