"""Links of the pages that are no part of the site, which checks its own when it is built."""

import pathlib

import pytest
from support.markdown import anchors, links, name_of, pages


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_links_lead_somewhere(page: pathlib.Path) -> None:
    for link in links(page):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_pages_of_the_site_do_not_lead_out_of_it() -> None:
    for page in pages():
        if name_of(page).startswith("docs/"):
            depth = len(page.parts) - page.parts.index("docs") - 2
            assert not [link for link in links(page) if link.count("../") > depth], page
