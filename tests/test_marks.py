"""Does a test get the marks of what it needs, from its source alone, and are the slow ones left out?"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import marks

MODULE = """
import pytest
from streamlit.testing.v1 import AppTest
from coverage.reports import deck
from hypothesis import given
from tests.test_other import page_of_others, sum_of_others
FILE = deck.make
def opened(page): return AppTest.from_file(page)
def test_a_page_opens(): assert opened("x")
def test_a_page_opens_too(page_of_data): ...
def page_of_data(): return opened("data")
def test_a_page_opens_from_elsewhere(): assert page_of_others()
def test_slides_are_made(): assert FILE()
def test_a_sum_adds_up(): assert 1 + 1 == sum_of_others
@given(...)
def test_any_sum_adds_up(a, b): assert a + b == b + a
@pytest.mark.files
def test_a_long_sum_adds_up(): ...
"""
OTHER = "from streamlit.testing import v1\nsum_of_others = 2\ndef page_of_others(): return v1.AppTest()\n"
LOOP = "not files and not app and not browser"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "test_other.py").write_text(OTHER, "utf-8")
    path = tmp_path / "test_module.py"
    path.write_text(MODULE, "utf-8")
    return path


def test_what_a_test_needs_is_found_through_what_it_uses(module: Path):
    needs = marks.needs_of(module)

    assert needs["test_a_page_opens"] == {"app"}
    assert needs["test_a_page_opens_too"] == {"app"}
    assert needs["test_a_page_opens_from_elsewhere"] == {"app"}
    assert needs["test_slides_are_made"] == {"files"}
    assert needs["test_any_sum_adds_up"] == {"files"}
    assert needs["test_a_long_sum_adds_up"] == {"files"}
    assert needs["test_a_sum_adds_up"] == set()


@pytest.mark.parametrize(
    ("expression", "out"),
    [
        (LOOP, {"files", "app", "browser"}),
        ("not browser", {"browser"}),
        ("", set()),
        ("files", set()),
        ("not files or app", set()),
        ("slow and not browser", set()),
    ],
)
def test_only_an_expression_that_leaves_out_and_no_more_leaves_modules_out(expression: str, out: set[str]):
    assert marks.left_out(expression) == out


def test_a_module_of_which_no_test_is_left_is_not_imported(module: Path):
    pages = module.with_name("test_pages.py")
    pages.write_text(MODULE.partition("def test_slides")[0], "utf-8")

    assert marks.nothing_left(pages, frozenset({"files", "app"}))
    assert not marks.nothing_left(pages, frozenset({"files"}))
    assert not marks.nothing_left(pages, frozenset())
    assert not marks.nothing_left(module, frozenset({"files", "app"}))
    assert not marks.nothing_left(pages.with_name("conftest.py"), frozenset({"files", "app"}))
    assert marks.nothing_left(marks.BROWSER / "test_links.py", frozenset({"browser"}))
    assert not marks.nothing_left(marks.BROWSER, frozenset({"files"}))


def test_slow_tests_are_left_out_of_the_edit_loop_too_and_run_when_they_are_named():
    def item(*names: str) -> SimpleNamespace:
        return SimpleNamespace(get_closest_marker=lambda name: name in names or None)

    quick, slow = item("files"), item("files", "slow")

    assert marks.slow([quick, slow], "") == [slow]
    assert marks.slow([quick, slow], LOOP) == [slow]
    assert marks.slow([quick, slow], "slow") == []
    assert marks.slow([quick, slow], "slow and not browser") == []


def test_where_processes_share_the_tests_the_browser_begins_and_what_is_quick_fills_the_end(module: Path):
    def item(path: Path, *names: str) -> SimpleNamespace:
        return SimpleNamespace(path=path, iter_markers=lambda: [SimpleNamespace(name=name) for name in names])

    small = module.with_name("test_small.py")
    small.write_text("", "utf-8")
    quick, browser = item(module), item(marks.BROWSER / "test_links.py", "browser", "files")
    items = [quick, item(small, "app"), item(module, "files"), browser]

    assert sorted(items, key=marks.turn) == [browser, items[2], items[1], quick]


@pytest.mark.parametrize(
    ("test", "group"),
    [
        ("tests/test_every_lever.py::test_slides_name_a_lever[new]", "tests/test_every_lever.py"),
        ("tests/test_every_lever.py::test_a_lever_stands_on_the_screen[a::b]", "tests/test_every_lever.py"),
        ("tests/browser/test_links.py::test_any[1]", "tests/browser/test_links.py"),
        ("tests/test_months.py::test_any[2023-01]", "tests/test_months.py::test_any[2023-01]"),
    ],
)
def test_what_makes_files_or_needs_a_browser_keeps_to_one_process_by_module(test: str, group: str):
    assert marks.group(test) == group


def test_one_process_takes_the_browser_the_other_makes_files_and_then_helps_from_the_end():
    waiting = {
        "tests/browser/test_a.py": {},
        "tests/browser/test_b.py": {},
        "tests/test_deck.py": {},
        "tests/test_months.py::test_any": {},
    }

    def taken(*processes: int) -> list[str]:
        left, names = dict(waiting), []
        for process in processes:
            names.append(marks.chosen(left, process))
            del left[names[-1]]
        return [name.removeprefix("tests/") for name in names]

    a, b, deck, quick = ("browser/test_a.py", "browser/test_b.py", "test_deck.py", "test_months.py::test_any")
    assert taken(0, 0, 0, 0) == [a, b, deck, quick]
    assert taken(1, 1, 1, 1) == [deck, b, a, quick]
    assert taken(0, 1, 0, 1) == [a, deck, b, quick]
    assert taken(1, 1, 0, 0) == [deck, b, a, quick]
