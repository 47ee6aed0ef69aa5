"""What the writer warns of: what went wrong, why, and what to do."""

from tb_featuremaps.format.remote import is_remote
from tb_featuremaps.summary.room import MEGABYTE


def describe(error: BaseException) -> str:
    """What an error says, or its kind if it says nothing."""
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__


def _advice(directory: str) -> str:
    if is_remote(directory):
        return "Check that the store is there, and that you may write to it."
    return "Check that the directory is writable and the disk not full."


def cannot_write(directory: str, error: Exception, breakage: int) -> str:
    """Writing began to fail, for the `breakage`th time."""
    again = f" again (failure {breakage})" if breakage > 1 else ""
    return (
        f"tb_featuremaps can't write to {directory}{again}: {describe(error)}. Training goes on "
        "and writing is tried again until it ends; what finds no room to wait is lost, and the log "
        f"will say so. {_advice(directory)}"
    )


def gave_up(directory: str, events: int, error: Exception) -> str:
    """Writing failed until the end."""
    return (
        f"tb_featuremaps gave up {events:,} events that could not be written to {directory} by the "
        f"end: {describe(error)}. They are lost; make room or choose another log_dir before the "
        "next training."
    )


def gave_up_waiting(directory: str, events: int) -> str:
    """The disk did not take all by the end, without an error."""
    return (
        f"tb_featuremaps gave up {events:,} events that {directory} has not taken by the end: the "
        "disk stalls, or it is too slow. They are lost; set `every` higher, or choose a log_dir on "
        "another disk."
    )


def stalls(directory: str) -> str:
    """A wait during training ended without success."""
    return (
        f"tb_featuremaps waited in vain for {directory} to be written: the disk stalls. Training "
        "goes on; what waits is written when the disk takes it."
    )


def lags(directory: str, consequence: str) -> str:
    """More arises than is written."""
    return (
        f"Writing to {directory} is slower than training; tb_featuremaps {consequence}. Set "
        "`every` higher or capture fewer layers."
    )


def too_large(directory: str, what: str, size: int, limit: int) -> str:
    """Something could never find room."""
    advice = (
        "Give fewer or smaller probes."
        if what == "the probes"
        else "Set `max_tile`, or choose fewer layers, channels or probes."
    )
    return (
        f"tb_featuremaps leaves {what} of {size / MEGABYTE:,.0f} MB for {directory} out: at most "
        f"{limit / MEGABYTE:,.0f} MB may wait to be written. {advice}"
    )


def cannot_encode(directory: str, what: str, error: BaseException) -> str:
    """One job failed."""
    return (
        f"tb_featuremaps can't encode {what} for {directory}: {describe(error)}. It is left out; "
        "everything else is written."
    )


def no_thread(directory: str, error: Exception) -> str:
    """The system gives no thread."""
    return (
        f"tb_featuremaps can't start the thread that writes to {directory}: {error}. Training goes "
        "on and it is tried again; check the limits on threads of this process."
    )


def file_gone(directory: str, events: int, first: int | None, last: int | None) -> str:
    """The file that was written to is no longer there."""
    return (
        f"tb_featuremaps: the event file in {directory} was deleted or moved while training was "
        f"writing to it; {events:,} events (steps {first} to {last}) went with it. What follows "
        "goes to a new file; delete the logs of a run only when its training has ended."
    )


def another_process(directory: str, path: str) -> str:
    """Another process has an event file of the directory open."""
    return (
        f"tb_featuremaps: another process is writing into {directory} too (file {path}); "
        "TensorBoard will mix both trainings into one run. Give each training its own log_dir."
    )


def closed(directory: str) -> str:
    """A writer was used after it was closed."""
    return (
        f"tb_featuremaps: something was submitted for {directory} after its writer was closed, and "
        "is lost. Open the writer again with open_writer."
    )
