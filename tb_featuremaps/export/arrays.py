"""Maps as numpy arrays in one file for each layer."""

import pathlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tb_featuremaps.export.folder import Folder
from tb_featuremaps.export.progress import with_progress
from tb_featuremaps.export.tables import Report
from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.reader import LoggedRuns, NotLoggedError

Named = tuple[str, npt.NDArray[Any]]


def write_npz(
    logs: LoggedRuns,
    folder: Folder,
    run: str,
    layer: str,
    steps: Sequence[int],
    probes: Sequence[int],
    report: Report,
) -> None:
    """Writes the values, an array `[probes, height, width, channels]` for each step.

    `np.load(path)["400"]` gives that of step 400. `report` is told of steps that can't be read.
    """
    path = folder.new(run, layer, suffix=".npz", run=run, layer=layer, probes=list(probes))
    written: list[int] = []

    def arrays() -> Iterator[Named]:
        for step in with_progress(steps, len(steps), f"steps of {layer}"):
            try:
                values = np.stack([logs.activation(run, layer, step, probe) for probe in probes])
            except (AtlasError, NotLoggedError, ValueError) as error:
                report(f"{layer!r} of {run!r} at step {step} is left out: {error}")
                continue
            yield str(step), values
            written.append(step)

    write_arrays(path, arrays())
    folder.written[-1]["steps"] = written


def write_arrays(path: pathlib.Path, arrays: Iterable[Named]) -> None:
    """Writes arrays by name one after the other, so that only one is held."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, values in arrays:
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, values, allow_pickle=False)
