"""Does a test get the marks of what it needs, from its source alone?"""

from __future__ import annotations

from pathlib import Path

from tests import marks

MODULE = """
from streamlit.testing.v1 import AppTest
from coverage.reports import deck
FILE = deck.make
def opened(page): return AppTest.from_file(page)
def test_a_page_opens(): assert opened("x")
def test_a_page_opens_too(page_of_data): ...
def page_of_data(): return opened("data")
def test_slides_are_made(): assert FILE()
def test_a_sum_adds_up(): assert 1 + 1 == 2
"""


def test_what_a_test_needs_is_found_through_what_it_uses(tmp_path: Path):
    path = tmp_path / "test_module.py"
    path.write_text(MODULE, "utf-8")

    needs = marks.needs_of(path)

    assert needs["test_a_page_opens"] == {"app"}
    assert needs["test_a_page_opens_too"] == {"app"}
    assert needs["test_slides_are_made"] == {"files"}
    assert needs["test_a_sum_adds_up"] == set()
