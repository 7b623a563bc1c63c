"""What does a test need? Found in its source, so that nobody has to remember a mark.

`app`: a page without a browser; `files`: whole files made, read or recalculated, a command from end to end, or cases at
random by the hundred. What is left is the edit loop: `pytest -m "not files and not app and not browser"`. A test of
another kind that takes longer than a third of a second says `@pytest.mark.files` itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice, takewhile
from pathlib import Path

import pytest

NEEDS = {
    "app": {"AppTest"},
    "files": {
        *("cli", "subprocess", "deck", "workbook", "gallery", "formats", "openpyxl", "xlsxwriter", "pictures"),
        *("briefing_html", "briefing_pdf", "handout", "fpdf", "vl_convert", "Presentation", "ZipFile"),
        *("read_apart", "hostile"),  # in a process of its own
        "calls",  # counted step by step
        *("given", "random_tables", "random_months", "slow_law"),  # at random
    },
}
"""Names in the source of a test, or of what it uses in its module, that say what it needs."""
BROWSER = Path(__file__).parent / "browser"


def uses(node: ast.AST) -> Iterator[str]:
    """Yield every name that a definition mentions: its parameters (fixtures), attributes and own marks too."""
    waiting: list[ast.AST] = [node]
    while waiting:  # by hand: `ast.walk` takes three times as long, a second for all tests
        each = waiting.pop()
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.arg):
            yield each.arg
        elif isinstance(each, ast.Attribute):
            marked = isinstance(each.value, ast.Attribute) and each.value.attr == "mark"
            yield f"mark.{each.attr}" if marked else f".{each.attr}"
        for value in vars(each).values():
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting.extend(part for part in value if isinstance(part, ast.AST))


@lru_cache
def mentioned_in(path: Path) -> dict[str, set[str]]:
    """Return what each top-level definition of a module mentions, itself or through others (of other tests too)."""
    tree = ast.parse(path.read_text("utf-8"))
    mentioned: dict[str, set[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            mentioned[node.name] = set(uses(node))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    mentioned[target.id] = set(uses(node)) - {target.id}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            place = Path(*str(node.module).split(".")[1:]).with_suffix(".py")
            found = [folder / place for folder in path.parents if (folder / place).is_file()]
            others = mentioned_in(found[0]) if found else {}
            mentioned |= {alias.asname or alias.name: others.get(alias.name, set()) for alias in node.names}
    grown = True
    while grown:
        grown = False
        for name, names in mentioned.items():
            more = set().union(*(mentioned[used] for used in names if used in mentioned and used != name)) - names
            if more:
                mentioned[name] = names | more
                grown = True
    return mentioned


@lru_cache
def needs_of(path: Path) -> dict[str, frozenset[str]]:
    """Return what each top-level definition of a test module needs."""
    wanted = {mark: words | {f".{word}" for word in words} | {f"mark.{mark}"} for mark, words in NEEDS.items()}
    return {
        name: frozenset(mark for mark in wanted if names & wanted[mark]) for name, names in mentioned_in(path).items()
    }


def left_out(expression: str) -> frozenset[str]:
    """Return the marks that an expression for `-m` leaves out, if that is all it does: "not files and not app"."""
    plain = re.fullmatch(r"not \w+( and not \w+)*", expression.strip())
    return frozenset(re.findall(r"not (\w+)", expression)) if plain else frozenset()


def nothing_left(path: Path, out: frozenset[str]) -> bool:
    """Say whether a folder or module of tests has none but those left out: then it need not even be imported."""
    if BROWSER in (path, *path.parents):
        return "browser" in out
    if not out or not path.name.startswith("test_") or path.suffix != ".py":
        return False
    return all(needs & out for name, needs in needs_of(path).items() if name.startswith("test_"))


def slow(items: list[pytest.Item], expression: str) -> list[pytest.Item]:
    """Return the tests that are too slow for every day, unless an expression for `-m` names them."""
    return [] if re.search(r"\bslow\b", expression) else [item for item in items if item.get_closest_marker("slow")]


def group(test: str) -> str:
    """Return the tests among which a test keeps to one process, by the first words of all of them.

    What makes files keeps to its module, so that each file is made once, and so does what needs a browser; any other
    test goes where there is room. (xdist's own groups are not seen by a pytest of today.)
    """
    module, _, rest = test.partition("::")
    path = BROWSER.parents[1] / module
    return module if in_browser(module) or needs_of(path).get(rest.partition("[")[0]) else test


def chosen(waiting: Collection[str], process: int) -> str:
    """Return which of the groups that wait, in the order of `turn`, a process takes next.

    The first process takes the browser's modules and the second makes files: a browser and its server wait for each
    other, so two pairs beside each other wait together. Who has no more of its own helps the other from the end; what
    is quick fills the last gaps.
    """
    browser = list(takewhile(in_browser, waiting))
    beyond = next(islice(waiting, len(browser), None), "")
    if not browser or (process % 2 and beyond and "::" not in beyond):
        return beyond
    return browser[-1] if process % 2 else browser[0]


def in_browser(group_or_test: str) -> bool:
    return BROWSER in (BROWSER.parents[1] / group_or_test.partition("::")[0]).parents


def turn(item: pytest.Item) -> tuple[int, int]:
    """Return what to sort by where processes share the tests: the longest first, so that all end together.

    The browser's modules, then what makes files, large modules first; what is quick is handed out test by test.
    """
    if BROWSER in item.path.parents:
        return 0, -item.path.stat().st_size
    return (1, -item.path.stat().st_size) if {"app", "files"} & {each.name for each in item.iter_markers()} else (2, 0)


def mark(items: list[pytest.Item]) -> None:
    """Mark each test with what it needs."""
    for item in items:
        if isinstance(item, pytest.Function):
            for name in sorted(needs_of(item.path).get(item.function.__name__, frozenset())):
                item.add_marker(name)
