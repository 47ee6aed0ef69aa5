"""How far a run directory was logged is found without reading all of it."""

import pathlib

import pytest

from tb_featuremaps.summary import events
from tb_featuremaps.summary.event_writer import open_writer
from tb_featuremaps.summary.logged_steps import newest_step


@pytest.mark.parametrize("steps", [[1, 2, 3], [1, 500, 200], [10**12]])
def test_the_newest_step_of_several_files(tmp_path: pathlib.Path, steps: list[int]) -> None:
    for step in steps:
        writer = open_writer(str(tmp_path))
        event = events.event(step, [events.scalar_value("loss/total", 0.5)])
        writer.submit(lambda event=event: event)
        writer.close()
    assert newest_step(str(tmp_path)) == max(steps)


def test_a_session_that_wrote_nothing_does_not_count(tmp_path: pathlib.Path) -> None:
    for step in (7, None):
        writer = open_writer(str(tmp_path))
        writer.start_session(7)
        if step is not None:
            event = events.event(step, [events.scalar_value("loss/total", 0.5)])
            writer.submit(lambda event=event: event)
        writer.close()
    assert newest_step(str(tmp_path)) == 7


def test_a_file_that_is_cut_off_is_read_up_to_there(tmp_path: pathlib.Path) -> None:
    writer = open_writer(str(tmp_path))
    for step in (1, 2):
        event = events.event(step, [events.scalar_value("loss/total", 0.5)])
        writer.submit(lambda event=event: event)
    writer.close()
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    assert newest_step(str(tmp_path)) in (1, 2)


def test_no_directory_and_no_files_have_none(tmp_path: pathlib.Path) -> None:
    assert newest_step(str(tmp_path)) is None
    assert newest_step(str(tmp_path / "missing")) is None
