"""What does a test need? Found in its source, so that nobody has to remember a mark.

`app`: a page without a browser; `files`: whole files made, read or recalculated, or a command from end to end. What is
left is the edit loop: `pytest -m "not files and not app and not browser"`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

NEEDS = {
    "app": {"AppTest"},
    "files": {
        *("cli", "subprocess", "deck", "workbook", "gallery", "formats", "openpyxl", "xlsxwriter", "pictures"),
        *("briefing_html", "briefing_pdf", "handout", "fpdf", "vl_convert", "Presentation", "ZipFile"),
    },
}
"""Names in the source of a test, or of what it uses in its module, that say what it needs."""


def uses(node: ast.AST) -> Iterator[str]:
    """Yield every name that a definition mentions, its parameters (fixtures) too."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.arg):
            yield each.arg


@lru_cache
def needs_of(path: Path) -> dict[str, frozenset[str]]:
    """Return what each top-level definition of a test module needs, by what it uses directly or through others."""
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
    grown = True
    while grown:
        grown = False
        for name, names in mentioned.items():
            more = set().union(*(mentioned[used] for used in names if used in mentioned and used != name)) - names
            if more:
                mentioned[name] = names | more
                grown = True
    return {
        name: frozenset(mark for mark, words in NEEDS.items() if names & words) for name, names in mentioned.items()
    }


def mark(items: list[pytest.Item]) -> None:
    """Mark each test with what it needs; a module that makes files keeps to one process, so that each is made once."""
    for item in items:
        if not isinstance(item, pytest.Function):
            continue
        for name in sorted(needs_of(item.path).get(item.function.__name__, frozenset())):
            item.add_marker(name)
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group(item.path.stem))
