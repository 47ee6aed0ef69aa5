"""What `show` says where there is no notebook; tests/examples runs it in one."""

import pathlib
import sys
from typing import Any

import pytest
from support.synthetic_runs import write_run

import tb_featuremaps


def test_without_ipython_it_says_what_to_do(tmp_path: pathlib.Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "IPython.display", None)
        with pytest.raises(ImportError, match=r"Expected IPython.*tb-featuremaps report"):
            tb_featuremaps.show(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"height": 0}, "`height`.*0"),
        ({"height": "720"}, "`height`.*'720'"),
        ({"runs": 3}, "`runs`.*3"),
        ({"layers": []}, r"`layers`.*\[\]"),
        ({"steps": 3}, "steps.*3"),
        ({"max_size": 20}, "size such as 50MB.*20"),
    ],
)
def test_wrong_arguments_are_clear_errors(
    tmp_path: pathlib.Path, arguments: dict[str, Any], message: str
) -> None:
    write_run(tmp_path, {"conv1": (1, 1, 1)})
    with pytest.raises(ValueError, match=message):
        tb_featuremaps.show(tmp_path, **arguments)
