"""Logged runs as numpy arrays.

logs = read_logdir("logs")
activation = logs.activation("run1/train", "inception_3a", step=400, probe=0)
penalty = logs.losses("run1/train")["loss/penalty"].values

It reads what is asked for and leaves the rest in the files. Local directories need no TensorFlow;
what is read of others ("gs://…", "s3://…") is what TensorBoard reads: all schemes of TensorFlow
where that is installed, else those of fsspec.
"""

from tb_featuremaps.reader.logged_run import (
    DamagedSeriesError,
    LoggedArrays,
    LoggedLayer,
    LoggedOutput,
    LossCurve,
    NotLoggedError,
)
from tb_featuremaps.reader.logged_runs import LoggedRuns, read_logdir

__all__ = [
    "DamagedSeriesError",
    "LoggedArrays",
    "LoggedLayer",
    "LoggedOutput",
    "LoggedRuns",
    "LossCurve",
    "NotLoggedError",
    "read_logdir",
]
