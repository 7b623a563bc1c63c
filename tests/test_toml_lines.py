"""Is each key of a TOML text found on its line, and is a slip of the pen understood?"""

from __future__ import annotations

import pytest

from coverage.base import toml_lines

SCENARIO = """\
# a remark: key = 1
name = "Push"
note = \"\"\"
new = 0.5
[levers]
\"\"\"
"author" = 'D # no remark' # a remark

[levers.informal]
new = 0.2
branch."Bandar Lampung".lapse = -0.1

[[programme]]
name = "Desa"
[[programme]]
name = "Kota"
[programme.terms]
share = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), "2"),
        (("note",), "3"),
        (("author",), "7"),
        (("levers", "informal"), "9"),
        (("levers", "informal", "new"), "10"),
        (("levers", "informal", "branch", "Bandar Lampung", "lapse"), "11"),
        (("programme", 0, "name"), "14"),
        (("programme", 1), "15"),
        (("programme", 1, "name"), "16"),
        (("programme", 1, "terms", "share"), "18"),
    ],
)
def test_a_key_is_found_on_its_line(path: tuple[str | int, ...], line: str) -> None:
    assert toml_lines.line_of(SCENARIO, *path) == line
    assert toml_lines.line_finder(SCENARIO)(*path) == line


def test_what_stands_inside_a_text_of_several_lines_is_no_key() -> None:
    assert ("new",) not in toml_lines.of_keys(SCENARIO)
    assert ("levers",) not in toml_lines.of_keys(SCENARIO)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("programme", 1, "workers"), "15"),
        (("levers", "informal", "lapse"), "9"),
        (("until",), "1"),
        ((), "1"),
    ],
)
def test_a_key_that_is_missing_is_sought_where_it_would_stand(path: tuple[str | int, ...], line: str) -> None:
    assert toml_lines.line_of(SCENARIO, *path) == line


def test_a_text_without_keys_has_no_lines_of_keys() -> None:
    assert toml_lines.of_keys("") == {}
    assert toml_lines.of_keys("# nothing\n\n") == {}


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("[levers.informal", "[levers.informal]"),
        ("[[ programme ]", "[[programme]]"),
        ("new: 0.2", "new = 0.2"),
        ("name = “Push”", '"Push"'),
        ("until = 2026-12", '"2026-12"'),
        ("until = 12/2026", '"2026-12"'),
        ("until = 31/8/2026", '"2026-08"'),
        ("new = .2", "0.2"),
        ("new = -.2", "-0.2"),
        ("new = 2.", "2.0"),
        ("new = 0,25", "0.25"),
        ("new = 25%", "0.25"),
        ("new = 2,5 %", "0.025"),
        ("workers = 10.000", "10000"),
        ("workers = 1.250.000", "1250000"),
        ('name = "Push', '"Push"'),
        ("name = Push", '"Push"'),
        ("=", 'key = "text" | key = 0.25 | key = "2023-12"'),
    ],
)
def test_a_slip_of_the_pen_is_understood(line: str, meant: str) -> None:
    assert toml_lines.advice(line) == meant
