"""What `show` says where there is no notebook; tests/examples runs it in one."""

import pathlib
import sys

import pytest

import tb_featuremaps


def test_without_ipython_it_says_what_to_do(tmp_path: pathlib.Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "IPython.display", None)
        with pytest.raises(ImportError, match=r"Expected IPython.*tb-featuremaps report"):
            tb_featuremaps.show(tmp_path)
