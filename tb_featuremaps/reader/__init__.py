"""Logged runs as numpy arrays.

logs = read_logdir("logs")
activation = logs.activation("run1/train", "inception_3a", step=400, probe=0)
penalty = logs.losses("run1/train")["loss/penalty"].values
shares = logs.gradients("run1/train").activations.shares(400)

It reads what is asked for and leaves the rest in the files. Local directories need no TensorFlow;
what is read of others ("gs://…", "s3://…") is what TensorBoard reads: all schemes of TensorFlow
where that is installed, else those of fsspec.
"""

from tb_featuremaps.reader.logged_arrays import DamagedSeriesError, LoggedArrays, NotLoggedError
from tb_featuremaps.reader.logged_gradients import (
    ChannelGradients,
    LayerUpdates,
    LoggedAttributions,
    LoggedGradients,
    TermGradients,
)
from tb_featuremaps.reader.logged_run import LoggedLayer, LoggedOutput, LossCurve
from tb_featuremaps.reader.logged_runs import LoggedRuns, read_logdir

__all__ = [
    "ChannelGradients",
    "DamagedSeriesError",
    "LayerUpdates",
    "LoggedArrays",
    "LoggedAttributions",
    "LoggedGradients",
    "LoggedLayer",
    "LoggedOutput",
    "LoggedRuns",
    "LossCurve",
    "NotLoggedError",
    "TermGradients",
    "read_logdir",
]
