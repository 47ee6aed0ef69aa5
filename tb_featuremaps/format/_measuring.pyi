from typing_extensions import Buffer

def measure(
    maps: Buffer,
    shape: tuple[int, int, int, int],
    columns: int,
    pictures: Buffer,
    lo: Buffer,
    hi: Buffer,
    statistics: Buffer,
    /,
) -> bool: ...
