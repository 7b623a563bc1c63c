"""Does the project keep its own rules: who imports whom, what ships, and what the documents promise?"""

from __future__ import annotations

import ast
import re
import string
import subprocess
import tomllib
from pathlib import Path, PureWindowsPath

import pytest

import coverage
import run
from coverage.base import settings, texts
from coverage.commands.options import COMMANDS, OPTIONS
from tests.source import MODULES, PAGES, ROOT, nodes, tree

PACKAGE = ROOT / "coverage"


def test_the_package_called_coverage_is_ours():
    assert Path(coverage.__file__).resolve() == PACKAGE / "__init__.py"


def test_a_module_is_short_and_opens_with_what_it_is_for():
    texts_of = {path: path.read_text("utf-8") for path in (*MODULES, *PAGES)}
    lines = {path: len(text.splitlines()) for path, text in texts_of.items()}

    assert [path for path in lines if lines[path] > (150 if path.parent == ROOT / "pages" else 400)] == []
    assert [path for path, text in texts_of.items() if text.strip() and not ast.get_docstring(tree(path))] == []


def placeholders(message: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(message) if field}


def test_all_languages_have_the_same_keys_placeholders_and_no_empty_message():
    first, *others = [texts.load(name).messages for name in texts.languages()]
    for other in others:
        assert set(other) == set(first)
        assert {key for key in first if placeholders(first[key]) != placeholders(other[key])} == set()
    assert all(message.strip() for message in first.values())


def test_the_list_of_segments_stands_in_the_settings_alone():
    names = [one.name for one in settings.load().segments]
    said = {
        (path.name, node.lineno)
        for path in [*MODULES, *PAGES]
        for node in nodes(path)
        if isinstance(node, ast.Tuple)
        and len({one.value for one in node.elts if isinstance(one, ast.Constant)} & set(names)) > 1
    }
    assert said == set()


def literal_keys() -> set[tuple[str, str]]:
    """Return every message that code asks for by a literal name, and every code of a refusal."""
    found = set()
    for path in [*MODULES, *PAGES, ROOT / "app.py"]:
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            value = node.args[0].value
            if name in {"words", "texts"} and isinstance(value, str):
                found.add((path.name, value))
            if name in {"FileRefused", "DeclarationRefused", "NothingToShow", "UsageRefused", "CakupanError"}:
                found.add((path.name, f"error.{value}"))
    return found


def test_every_message_that_code_names_exists():
    known = texts.load("id").messages
    missing = {pair for pair in literal_keys() if pair[1] not in known and not pair[1].startswith("error.link_")}
    assert missing == set()


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_registry_host_and_no_path_of_a_machine_stands_in_a_file():
    hosts = re.compile(rb"py" + rb"pi\.org|python" + rb"hosted\.org|npm" + rb"js\.|deb\." + rb"debian", re.IGNORECASE)
    paths = re.compile(rb"(?<![\w.])/(?:ro" + rb"ot|wo" + rb"rk|fa" + rb"rm|home/\w+)/")
    found = {
        path.relative_to(ROOT).as_posix(): hit.group()
        for path in tracked()
        if path.suffix not in {".png", ".xlsx"}
        for hit in [hosts.search(path.read_bytes()) or paths.search(path.read_bytes())]
        if hit
    }
    assert found == {}


def test_no_lock_file_is_tracked():
    assert [path.name for path in tracked() if path.suffix == ".lock"] == []


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return [re.split(r"[=<>~!\[; ]", one)[0] for one in wanted]


@pytest.mark.parametrize("name", dependencies())
def test_every_dependency_is_pinned_with_hashes_and_explained(name: str):
    pins = (ROOT / "requirements-dev.txt").read_text("utf-8")
    assert re.search(rf"^{re.escape(name)}==\S+.*\\\n\s+--hash=sha256:", pins, re.MULTILINE | re.IGNORECASE)
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]{5,}) \|$", page, re.MULTILINE)
    assert name in {one.strip() for names, _ in rows for one in names.split(",")}


def test_the_map_in_the_readme_names_every_folder():
    readme = (ROOT / "README.md").read_text("utf-8")
    folders = [path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"]
    assert [name for name in folders if f"| `coverage/{name}/` |" not in readme] == []


def test_the_map_in_the_readme_fits_on_one_screen():
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = readme.split("## The map")[1].split("\n## ")[0].splitlines()
    assert len(rows) <= 30


def test_the_page_of_commands_names_every_command_with_options_that_exist():
    lines = re.findall(
        r"python -m coverage (\S+) *(.*?)\s*(?:#.*)?$", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE
    )
    options = {f"--{option.name}" for option in OPTIONS}
    assert {command for command, _ in lines} >= set(COMMANDS)
    assert {word for _, rest in lines for word in rest.split() if word.startswith("--")} - options == set()


def test_a_new_changelog_line_stands_above_the_last_release():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    releases = [heading.split(" ")[0] for heading in headings if heading != "Unreleased"]
    assert headings[0] == "Unreleased" or releases[0] == coverage.__version__
    assert releases == sorted(releases, reverse=True)


def test_nothing_lies_flat_in_the_package_but_the_map_and_the_door():
    assert sorted(path.name for path in PACKAGE.glob("*.py")) == ["__init__.py", "__main__.py"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--", "Data", "Cabang"], 'After "--" stands one folder or file.*found: Data, Cabang'),
        (["--server.port", "8600", "--"], "found: nothing"),
        (["data"], 'There is no command "data".*Your own files: python3 run.py -- "data"$'),
        (["tset"], 'There is no command "tset"; there are: test, lock, or none to start the app.$'),
    ],
)
def test_the_start_says_what_is_wrong_with_its_words(words: list[str], said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)

    with pytest.raises(SystemExit, match=said):
        run.main(words)


def test_the_start_says_that_the_project_may_not_lie_on_a_network_drive_of_windows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "ROOT", PureWindowsPath(r"\\server\data\cakupan"))

    with pytest.raises(SystemExit, match=r"lies on the network.*Copy Cakupan to this computer"):
        run.main([])


def test_a_folder_in_quotation_marks_may_end_in_a_backslash_on_windows():
    assert run.meant('D:\\Data Cabang"', "nt") == "D:\\Data Cabang\\"
    assert run.meant('D:"', "nt") == "D:\\"  # not D:, which is wherever that drive stands
    assert run.meant('/data/a"b', "posix") == '/data/a"b'
