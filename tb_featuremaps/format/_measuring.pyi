import numpy as np
import numpy.typing as npt

def measure(
    maps: npt.NDArray[np.float32],
    shape: tuple[int, ...],
    columns: int,
    pictures: npt.NDArray[np.uint8],
    lo: npt.NDArray[np.float32],
    hi: npt.NDArray[np.float32],
    statistics: npt.NDArray[np.float32],
    /,
) -> bool: ...
