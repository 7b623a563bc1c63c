"""Are the doors one-way? Import Linter holds the contract in pyproject.toml; here it is shown to see what breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main())"]


def lint(folder: Path) -> tuple[int, str]:
    """Return the exit code of Import Linter in a folder and what it prints."""
    done = subprocess.run([*LINT, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ("coverage", "pages"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "fonts", "*.toml"))
    return tmp_path


def write(root: Path, name: str, line: str) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    for missing in {path.parent / "__init__.py", path} - set(path.parent.glob("*.py")):
        missing.write_text('"""A new module."""\n', "utf-8")
    path.write_text(f"{path.read_text('utf-8')}\n{line}\n", "utf-8")


def test_the_project_keeps_its_contracts():
    code, printed = lint(ROOT)

    assert (code, "0 broken" in printed) == (0, True), printed


FORBIDDEN = {
    "coverage/model/above.py": "from coverage.answers import mix",
    "coverage/base/above.py": "from ..model import projection",
    "coverage/base/late.py": "def late():\n    from coverage.model import rules",
    "coverage/standing/beside.py": "from coverage.answers import costs",
    "coverage/base/by_bridge.py": "from coverage.bridge import way",
    "coverage/bridge/way.py": "from coverage.reports import deck",
    "coverage/records/ring.py": "from coverage.records import rings",
    "coverage/records/rings.py": "from . import ring",
    "coverage/wording/screen.py": "import streamlit",
    "coverage/commands/page.py": "from pages.parts import session",
    "pages/parts/tables.py": "import polars as pl",
}
SEEN = {
    "a row above": "coverage.model.above -> coverage.answers.mix",
    "a row above, relative": "coverage.base.above -> coverage.model.projection",
    "a row above, inside a function": "coverage.base.late -> coverage.model.rules",
    "a sibling": "coverage.standing.beside -> coverage.answers.costs",
    "a row above, through a folder that is in no row": "coverage.base.by_bridge -> coverage.bridge.way",
    "a circle in a folder": "No cycles are allowed in coverage.records.",
    "the screen's library in the package": "coverage.wording.screen -> streamlit",
    "a page in the package": "coverage.commands.page -> pages.parts.session",
    "a library of tables on a page": "pages.parts.tables -> polars",
}


def test_a_forbidden_import_of_each_kind_is_seen(copy: Path):
    for name, line in FORBIDDEN.items():
        write(copy, name, line)

    code, printed = lint(copy)

    assert code != 0
    assert "0 kept" in printed
    assert [kind for kind, line in SEEN.items() if line not in printed] == []


def test_every_folder_stands_in_a_row():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    listed = {name.strip(" ()") for row in rows for name in row.split("|")}
    folders = {f"coverage.{path.name}" for path in (ROOT / "coverage").iterdir() if (path / "__init__.py").exists()}
    assert folders - listed == set()
