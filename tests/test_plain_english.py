"""Does the code speak plain English where a machine can tell?"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.source import MODULES, PAGES, ROOT, nodes, tree

NAMES = {path.relative_to(ROOT).as_posix(): path for path in (*MODULES, *PAGES)}

BANNED = {"one", "there", "so_many", "said", "told", "found", "asked"}
"""Words that say nothing of what they hold: call it `row`, `count`, `text`, `results`, `matches`, `request`."""


SAME_ACT = {
    # made, read, kept and written
    *(
        "of",
        "load",
        "loads",
        "loads_own",
        "read",
        "opened",
        "dumps",
        "save",
        "write",
        "checked",
        "validated",
        "simplified",
    ),
    # asked and answered
    *(
        "at",
        "horizon",
        "grounded",
        "required",
        "run",
        "rows",
        "solve",
        "start",
        "unit_of",
        "describe",
        "describe_place",
    ),
    # of a request on the command line, and of what a screen or a file says
    *("futures_of", "scope_of", "view_of", "target_book", "in_use"),
    # of a page
    *("draw", "panel", "show", "open_branch"),
    # kept by a cache, and asked of the screen
    *(
        "best_of_branches",
        "choices",
        "futures",
        "live_model",
        "presets",
        "programmes",
        "records",
        "scorecard_rows",
        "solved",
    ),
}
"""What public functions of several modules may be called: each does this to the noun of its own module."""


def bindings(code: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Yield each name that a module binds, with its line: variables, parameters, functions, classes, aliases."""
    for node in code:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.alias | ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            name = node.asname if isinstance(node, ast.alias) else node.name
            if name:
                yield name, node.lineno


def banned(path: Path) -> list[str]:
    return [f"{line}: {name}" for name, line in bindings(nodes(path)) if name.strip("_") in BANNED]


@pytest.mark.files
def test_a_name_says_what_it_holds():
    words = {name: banned(path) for name, path in NAMES.items()}

    assert {name: lines for name, lines in words.items() if lines} == {}


def test_a_banned_name_is_seen_wherever_it_is_bound():
    code = "def told(one, *said): ...\nfor found in []: ...\nimport a as asked\n[0 for there in []]\nclass One: ..."

    assert sorted(name for name, _ in bindings(ast.walk(ast.parse(code))) if name in BANNED) == sorted(
        BANNED - {"so_many"}
    )


def classes() -> dict[str, list[str]]:
    """Return the modules of each public class of the package."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, path in NAMES.items():
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    return places


@pytest.mark.files  # every module is parsed
def test_no_two_public_classes_share_a_name():
    shared = {name: places for name, places in classes().items() if len(places) > 1}

    assert shared == {}


def test_public_functions_share_a_name_only_where_they_do_the_same_act():
    places: dict[str, list[str]] = defaultdict(list)
    for name, path in NAMES.items():
        if not name.startswith("coverage/intake/"):  # a reader of each kind of file has the names of all the others
            for node in tree(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    places[node.name].append(name)

    shared = {name: several for name, several in places.items() if len(several) > 1}

    assert {name: several for name, several in shared.items() if name not in SAME_ACT} == {}


@pytest.mark.files
def test_texts_are_told_apart_by_what_they_describe():
    named = [name for name, path in NAMES.items() if "in_words" in dict(bindings(nodes(path)))]

    assert named == []
