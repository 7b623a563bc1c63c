"""Does Compare answer in its first screen?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("locale", ["id-ID", "en-US"])
def test_which_scenario_goes_farthest_and_the_chart_stand_in_the_first_screen(
    open_page: Callable[..., Page], locale: str
) -> None:
    with open_page("/compare", locale=locale, width=1280, height=720) as page:
        headline = page.get_by_role("heading", level=1)
        expect(headline).to_contain_text({"id-ID": "Paling jauh Dorong informal", "en-US": "goes farthest"}[locale])
        assert len(headline.inner_text().split()) <= 16
        box = page.locator(".st-key-chart_compared_lines svg.marks, .st-key-chart_compared_lines canvas").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720
