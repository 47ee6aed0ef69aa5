"""Maps as numpy arrays in one file for each layer."""

import zipfile
from collections.abc import Sequence

import numpy as np

from tb_featuremaps.export.folder import Folder
from tb_featuremaps.export.tables import Report
from tb_featuremaps.format.png import AtlasError
from tb_featuremaps.reader import LoggedRuns, NotLoggedError


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

    `np.load(path)["400"]` gives that of step 400. The arrays are written one after the other, so
    that only one is held. `report` is told of steps that can't be read.
    """
    path = folder.new(run, layer, suffix=".npz", run=run, layer=layer, probes=list(probes))
    written: list[int] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for step in steps:
            try:
                values = np.stack([logs.activation(run, layer, step, probe) for probe in probes])
            except (AtlasError, NotLoggedError, ValueError) as error:
                report(f"{layer!r} of {run!r} at step {step} is left out: {error}")
                continue
            with archive.open(f"{step}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, values)
            written.append(step)
    folder.written[-1]["steps"] = written
