"""What a run's log lacks: marks that the writer left where events were lost."""

from tb_featuremaps.plugin.logged_data import LoggedData
from tb_featuremaps.plugin.problems import DamagedError, NotFoundError
from tb_featuremaps.plugin.series import SeriesList
from tb_featuremaps.plugin.tensors import read_arrays

# Events lost, and the steps between which they lie.
_COLUMNS = 3


def gaps_of(
    data: LoggedData, listed: SeriesList, run: str
) -> tuple[list[dict[str, int]], list[str]]:
    """The gaps of one run, and a message for each mark that can't be read."""
    gaps: list[dict[str, int]] = []
    messages: list[str] = []
    for series in listed.of(run, "gaps"):
        try:
            for marks in read_arrays(data, run, series.tag, (_COLUMNS,)).values:
                lost, from_step, to_step = (int(number) for number in marks)
                if lost > 0:  # 0 marks that there was none
                    gaps.append({"from_step": from_step, "to_step": to_step, "lost": lost})
        except (DamagedError, NotFoundError) as error:
            messages.append(str(error))
    return gaps, messages
