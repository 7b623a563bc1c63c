"""Does a page answer again, with all that its link says, after its server was started anew?"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.server import serve
from tests.browser.visit import Overheard, Visitors, settled, visit

CONNECTED = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"


@pytest.mark.parametrize("path", ["/"])
def test_a_page_answers_again_after_its_server_was_started_anew(
    visitors: Visitors, overheard: Overheard, tmp_path: Path, path: str
) -> None:
    with serve(tmp_path) as first:
        port = urlsplit(first.url).port
        with visit(visitors, first.url, f"{path}?lens=informal&informal.new=0.2", overheard=overheard) as page:
            first.process.terminate()
            first.process.wait(10)
            page.wait_for_function(f"!({CONNECTED})")
            with serve(tmp_path, port=port):
                page.wait_for_function(CONNECTED, timeout=30_000)
                page.wait_for_timeout(1_000)
                settled(page, 60)
                before = page.url
                if path == "/":
                    page.locator(".st-key-lens_control [role=radio]").first.click()
                    page.wait_for_url(lambda url: "lens=formal" in url)
                else:
                    page.locator("input[type=range], [role=slider]").first.press("ArrowRight")
                    page.wait_for_url(lambda url: url != before)
                assert "informal.new=0.2" in page.url
    overheard.said.clear()  # a browser says that it has lost its server
