"""Does the library keep every version of every scenario, whoever saves when, and find it again?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coverage.base import files, texts
from coverage.base.errors import DeclarationRefused, FileRefused
from coverage.model import scenarios
from coverage.records import changes, library

ID, EN = texts.load("id"), texts.load("en")
ROOT = Path(__file__).resolve().parent.parent
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUSH = scenarios.loads('name = "Dorong informal"\nnote = "Untuk rapat"\n[levers.informal]\nnew = 0.2\n', "push.toml")
PAID = """
name = "APBD"
[[programme]]
name = "APBD 2023"
segment = "informal"
workers = 10000
starts = "2023-03"
months = 6
"""


def save(root: Path, scenario: scenarios.Scenario = PUSH, author: str = "Sari", **more: object) -> library.Entry:
    return library.save(root, scenario, author=author, **({"now": NOON} | more))  # type: ignore[arg-type]


def test_a_saved_scenario_comes_back_with_all_that_was_said(tmp_path: Path) -> None:
    saved = save(tmp_path / "new", tags=["rakor", "APBD "])

    (found,) = library.shelf(tmp_path / "new").entries

    assert found == saved
    assert (found.key, found.version, found.saved) == ("dorong-informal", 1, NOON)
    assert found.tags == ("APBD", "rakor")
    assert found.scenario.author == "Sari"
    assert found.scenario.levers == PUSH.levers


def test_a_file_of_the_library_is_an_ordinary_scenario_file(tmp_path: Path) -> None:
    save(tmp_path, tags=["rakor"])

    again = scenarios.named(str(tmp_path / "dorong-informal" / "0001.toml"))

    assert scenarios.simplified(again) == scenarios.simplified(PUSH) | {"author": "Sari"}


def test_a_time_written_by_hand_that_is_none_is_refused_with_one_that_would_do(tmp_path: Path) -> None:
    save(tmp_path)
    file = tmp_path / "dorong-informal" / "0001.toml"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace('"2026-11-23T12:00:00Z"', '"kemarin"'), "utf-8")

    (refused,) = library.shelf(tmp_path).refused

    said = EN.error(refused)
    assert said.startswith('File dorong-informal/0001.toml, line 1: "saved" holds "kemarin". Allowed: ')
    advised = str(refused.data["allowed"])
    file.write_text(whole.replace('"2026-11-23T12:00:00Z"', advised), "utf-8")
    assert library.shelf(tmp_path).refused == ()


def test_a_version_of_a_later_format_opens_and_its_keys_are_told(tmp_path: Path) -> None:
    entry = save(tmp_path)
    file = tmp_path / entry.key / "0001.toml"
    written = file.read_text("utf-8").replace("#| format = 1", '#| format = 2\n#| mood = "bright"')
    file.write_text(written.replace("new = 0.2", "new = 0.2\nluck = 3"), "utf-8")

    shelf = library.shelf(tmp_path)

    (found,) = shelf.entries
    assert found.scenario.levers["informal"].new == 0.2
    (told,) = shelf.refused
    assert (told.code, told.data["found"]) == ("keys_of_later", "mood, levers.informal.luck")
    assert "luck = 3" in file.read_text("utf-8")


def test_a_scenario_that_somebody_put_there_by_hand_may_not_have_a_slip_of_the_pen(tmp_path: Path) -> None:
    save(tmp_path)
    file = tmp_path / "dorong-informal" / "0002.toml"
    file.write_text('name = "Tangan"\n[levers.informal]\nnwe = 0.2\n', "utf-8")

    assert [error.code for error in library.shelf(tmp_path).refused] == ["key_unknown"]


def test_a_plan_of_record_of_a_later_format_stays_the_plan(tmp_path: Path) -> None:
    library.make_plan(tmp_path, save(tmp_path), by="Sari", now=NOON)
    file = tmp_path / library.PLAN
    file.write_text(file.read_text("utf-8") + "course = [1, 2]\n", "utf-8")

    plan = library.plan_of_record(tmp_path)

    assert plan is not None
    assert (plan.scenario, plan.version) == ("dorong-informal", 1)


def test_a_second_scenario_of_the_same_name_stands_beside_the_first(tmp_path: Path) -> None:
    save(tmp_path)
    save(tmp_path, author="Budi")

    assert {one.key for one in library.shelf(tmp_path).entries} == {"dorong-informal", "dorong-informal-2"}


def test_a_new_version_leaves_the_old_one_as_it_was(tmp_path: Path) -> None:
    first = save(tmp_path)
    old = (tmp_path / first.key / "0001.toml").read_bytes()

    save(tmp_path, PUSH.with_levers("informal", new=0.3), "Budi", key=first.key, based_on=1)

    assert (tmp_path / first.key / "0001.toml").read_bytes() == old
    assert [one.scenario.author for one in library.versions(tmp_path, first.key)] == ["Sari", "Budi"]
    assert [one.version for one in library.shelf(tmp_path).entries] == [2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (ID, "Informal · Pendaftaran baru: semula +20\u00a0%, kini +30\u00a0%"),
        (EN, "Informal · New registrations: was +20%, now +30%"),
    ],
)
def test_the_history_says_who_changed_which_lever_from_what_to_what(
    tmp_path: Path, words: texts.Texts, said: str
) -> None:
    first = save(tmp_path)
    save(tmp_path, PUSH.with_levers("informal", new=0.3), "Budi", key=first.key, based_on=1)

    newest, oldest = library.versions_with_changes(tmp_path, first.key, words)

    assert (newest[0].scenario.author, newest[1]) == ("Budi", [said])
    assert oldest[1] == []


def test_two_versions_built_on_the_same_one_each_say_what_they_changed_in_it(tmp_path: Path) -> None:
    first = save(tmp_path)
    save(tmp_path, PUSH.with_levers("informal", new=0.3), "Budi", key=first.key, based_on=1)
    save(tmp_path, PUSH.with_levers("informal", lapse=-0.1), "Tuti", key=first.key, based_on=1)

    tuti, budi, _ = library.versions_with_changes(tmp_path, first.key, EN)

    assert budi[1] == ["Informal · New registrations: was +20%, now +30%"]
    assert tuti[1] == ["Informal · Members who drop out: was as usual, now −10%"]


SAVER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from coverage.model import scenarios
from coverage.records import library
root, author, other = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
scenario = scenarios.loads('name = "Bersama"', "x")
for folder, key in (("versions", "bersama"), ("names", None)):
    (root / f"{folder}.{author}").touch()
    while not (root / f"{folder}.{other}").exists():
        time.sleep(0.001)
    for _ in range(25):
        library.save(root / folder, scenario, author=author, now=datetime.now(UTC), key=key)
"""


@pytest.fixture(scope="module")
def saved_at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shelves on which two processes saved 25 times each, at the same time."""
    root = tmp_path_factory.mktemp("at_once")
    save(root / "versions", scenarios.loads('name = "Bersama"', "x"))
    pairs = (("Sari", "Budi"), ("Budi", "Sari"))
    savers = [subprocess.Popen([sys.executable, "-c", SAVER, str(root), *pair], cwd=ROOT) for pair in pairs]

    assert [one.wait(60) for one in savers] == [0, 0]
    return root


@pytest.mark.parametrize(("shelf", "before"), [("versions", 1), ("names", 0)])
def test_of_two_processes_that_save_at_once_everything_survives(saved_at_once: Path, shelf: str, before: int) -> None:
    folders = [one.key for one in library.shelf(saved_at_once / shelf).entries]
    saved = [one for folder in folders for one in library.versions(saved_at_once / shelf, folder)]
    authors = [one.scenario.author for one in saved]
    assert authors.count("Budi") == 25
    assert authors.count("Sari") == 25 + before
    assert len({(one.key, one.version) for one in saved}) == len(saved)


def test_a_save_that_crashed_half_way_is_no_version_and_takes_no_other(tmp_path: Path) -> None:
    first = save(tmp_path)
    folder = tmp_path / first.key
    (folder / "0002.toml").touch()  # the number was taken, then the power failed
    (folder / ".0002.toml.a1b2c3").write_text("name = ", "utf-8")  # and the half of what was to be written

    assert [one.version for one in library.shelf(tmp_path).entries] == [1]
    assert save(tmp_path, key=first.key).version == 3
    assert [one.version for one in library.versions(tmp_path, first.key)] == [1, 3]


def test_a_write_that_fails_leaves_every_version_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = save(tmp_path)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_whole", full)
        with pytest.raises(FileRefused) as refused:
            save(tmp_path, key=first.key)

    assert refused.value.code == "library_unwritable"
    assert refused.value.data["found"] == "No space left on device"
    assert [one.version for one in library.versions(tmp_path, first.key)] == [1]


def test_a_library_out_of_reach_is_told_and_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = save(tmp_path)

    def away(*_: object) -> None:
        raise OSError(22, "The semaphore timeout period has expired")  # what Windows says of a share

    for ask in ("is_dir", "is_file", "iterdir"):
        monkeypatch.setattr(Path, ask, away)

    shelf = library.shelf(tmp_path)
    assert (shelf.entries, [one.code for one in shelf.refused]) == ((), ["declaration_unreadable"])
    assert "semaphore" in EN.error(shelf.refused[0])
    assert library.tags(tmp_path) == library.authors(tmp_path) == library.versions(tmp_path, first.key) == []
    with pytest.raises(DeclarationRefused):
        library.plan_of_record(tmp_path)
    with pytest.raises(DeclarationRefused):
        library.opened(tmp_path, first.key, 1)


def test_a_scenario_whose_folder_is_held_for_a_moment_is_still_deleted(
    tmp_path: Path, held: Callable[[str, int], None]
) -> None:
    first = save(tmp_path)
    held("rename", 2)

    library.delete(tmp_path, first.key)

    assert [one.key for one in library.shelf(tmp_path, deleted=True).entries] == [first.key]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")

    with pytest.raises(FileRefused) as refused:
        save(tmp_path / "file" / "library")

    assert refused.value.code == "library_unwritable"


@pytest.mark.parametrize("key", ["../elsewhere", "deleted", "a/b", "", ".", "A"])
def test_a_key_that_could_lead_elsewhere_is_none(tmp_path: Path, key: str) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        save(tmp_path, key=key)

    assert (refused.value.code, refused.value.data["found"]) == ("library_gone", key)


def test_a_tag_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        save(tmp_path, tags=["Rencana kerja bersama Pemda Kota Palembang 2023"])

    assert (refused.value.code, refused.value.data["allowed"]) == ("library_tag", 40)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_of_record_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text('scenario = "x"', "utf-16")

    with pytest.raises(DeclarationRefused) as refused:
        library.plan_of_record(tmp_path)

    assert (refused.value.code, refused.value.data["file"]) == ("not_text", "plan.toml")


def test_a_scenario_without_a_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationRefused) as refused:
        save(tmp_path, scenarios.Scenario())

    assert refused.value.code == "library_name"
    assert list(tmp_path.iterdir()) == []


def test_deleting_can_be_undone_with_every_version(tmp_path: Path) -> None:
    first = save(tmp_path)
    save(tmp_path, PUSH.with_levers("informal", new=0.3), key=first.key)

    library.delete(tmp_path, first.key)
    assert library.shelf(tmp_path).entries == ()
    assert [one.key for one in library.shelf(tmp_path, deleted=True).entries] == [first.key]

    library.restore(tmp_path, first.key)
    assert len(library.versions(tmp_path, first.key)) == 2
    assert library.shelf(tmp_path, deleted=True).entries == ()


def test_the_name_of_a_deleted_scenario_is_not_given_away(tmp_path: Path) -> None:
    library.delete(tmp_path, save(tmp_path).key)

    assert save(tmp_path).key == "dorong-informal-2"
    library.restore(tmp_path, "dorong-informal")
    assert len(library.shelf(tmp_path).entries) == 2


def test_what_is_deleted_while_somebody_saves_it_anew_is_saved_as_a_new_one(tmp_path: Path) -> None:
    first = save(tmp_path)
    library.delete(tmp_path, first.key)

    again = save(tmp_path, key=first.key, based_on=1)

    assert (again.key, again.version) == ("dorong-informal-2", 1)


def test_deleting_twice_is_told(tmp_path: Path) -> None:
    library.delete(tmp_path, save(tmp_path).key)

    with pytest.raises(DeclarationRefused) as refused:
        library.delete(tmp_path, "dorong-informal")

    assert refused.value.code == "library_gone"


def test_one_version_is_the_plan_of_record_until_another_is(tmp_path: Path) -> None:
    first, other = save(tmp_path), save(tmp_path, scenarios.loads(PAID, "x"))
    assert library.plan_of_record(tmp_path) is None

    library.make_plan(tmp_path, first, by="Kakanwil", now=NOON)
    save(tmp_path, PUSH.with_levers("informal", new=0.9), key=first.key)
    plan = library.plan_of_record(tmp_path)
    assert plan is not None
    assert (plan.scenario, plan.version, plan.by, plan.on) == (first.key, 1, "Kakanwil", NOON)
    assert library.opened(tmp_path, plan.scenario, plan.version).scenario.levers == PUSH.levers

    library.make_plan(tmp_path, other, by="Kakanwil", now=NOON)
    plan = library.plan_of_record(tmp_path)
    assert plan is not None
    assert plan.scenario == "apbd"


def test_a_plan_that_was_deleted_is_none_until_it_is_put_back(tmp_path: Path) -> None:
    first = save(tmp_path)
    library.make_plan(tmp_path, first, by="Sari", now=NOON)

    library.delete(tmp_path, first.key)
    assert library.plan_of_record(tmp_path) is None

    library.restore(tmp_path, first.key)
    assert library.plan_of_record(tmp_path) is not None


@pytest.mark.parametrize(
    ("search", "tags", "found"),
    [
        ("", (), ["apbd", "dorong-informal"]),
        ("DORONG", (), ["dorong-informal"]),
        ("rapat dorong", (), ["dorong-informal"]),
        ("dorong budi", (), []),
        ("2023", (), ["apbd"]),  # the programme's name
        ("budi", (), ["apbd"]),
        ("", ("rakor",), ["apbd", "dorong-informal"]),
        ("", ("RAKOR", "uang"), ["apbd"]),
        ("uang", (), ["apbd"]),
        ("", ("nothing",), []),
    ],
)
def test_search_finds_every_word_and_every_tag(
    tmp_path: Path, search: str, tags: tuple[str, ...], found: list[str]
) -> None:
    save(tmp_path, tags=["rakor"])
    save(tmp_path, scenarios.loads(PAID, "x"), "Budi", tags=["rakor", "uang"], now=NOON + timedelta(hours=1))

    assert [one.key for one in library.shelf(tmp_path, search=search, tags=tags).entries] == found
    assert library.tags(tmp_path) == ["rakor", "uang"]


def test_tags_are_trimmed_and_stand_once_whatever_their_case() -> None:
    assert library.split_tags(" uang, Rakor,rakor ,, UANG") == ("Rakor", "uang")


def test_a_file_that_cannot_be_read_is_told_and_hides_no_other(tmp_path: Path) -> None:
    first = save(tmp_path)
    (tmp_path / first.key / "0002.toml").write_text("[levers.informal]\nnew = 0,3\n", "utf-8")

    found = library.shelf(tmp_path)

    assert [one.version for one in found.entries] == [1]
    assert [(one.code, one.data["file"]) for one in found.refused] == [("toml_syntax", "dorong-informal/0002.toml")]


def test_a_file_that_lies_where_the_library_does_not_look_is_told(tmp_path: Path) -> None:
    save(tmp_path)
    (tmp_path / "usulan.toml").write_text(PAID, "utf-8")
    (tmp_path / "Usulan Kanwil").mkdir()
    (tmp_path / "Usulan Kanwil" / "0001.toml").write_text(PAID, "utf-8")

    found = library.shelf(tmp_path)

    assert [one.key for one in found.entries] == ["dorong-informal"]
    assert [one.data["file"] for one in found.refused] == ["Usulan Kanwil/0001.toml", "usulan.toml"]
    assert {one.code for one in found.refused} == {"library_stray"}


def test_a_second_copy_of_a_version_is_told(tmp_path: Path) -> None:
    save(tmp_path)
    (tmp_path / "dorong-informal" / "0001 (conflict).toml").write_text(PAID, "utf-8")
    library.delete(tmp_path, save(tmp_path, PUSH.model_copy(update={"name": "Lain"})).key)

    found = library.shelf(tmp_path)

    assert [one.version for one in found.entries] == [1]
    assert [one.data["file"] for one in found.refused] == ["dorong-informal/0001 (conflict).toml"]


@pytest.mark.parametrize(
    ("name", "key"),
    [("CON", "con-2"), ("aux.", "aux-2"), ("LPT1", "lpt1-2"), ("Console", "console"), ("Deleted", "deleted-2")],
)
def test_no_folder_has_a_name_that_windows_or_the_library_keeps_for_itself(tmp_path: Path, name: str, key: str) -> None:
    assert save(tmp_path, PUSH.model_copy(update={"name": name})).key == key


def test_a_scenario_file_that_somebody_put_there_by_hand_is_found(tmp_path: Path) -> None:
    (tmp_path / "by-hand").mkdir()
    (tmp_path / "by-hand" / "0001.toml").write_text(PAID, "utf-8")

    (found,) = library.shelf(tmp_path).entries

    assert (found.key, found.saved, found.tags) == ("by-hand", None, ())


def test_a_library_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    assert library.shelf(tmp_path / "nowhere").entries == ()
    assert library.plan_of_record(tmp_path / "nowhere") is None


def test_the_folder_is_the_one_named_else_one_beside_the_data_else_the_usual_one(tmp_path: Path) -> None:
    usual, data = tmp_path / "usual", tmp_path / "shared" / "data"
    data.mkdir(parents=True)

    assert (
        library.folder_of_library({"CAKUPAN_LIBRARY": str(tmp_path / "x")}, watched=data, usual=usual) == tmp_path / "x"
    )
    assert library.folder_of_library({"CAKUPAN_LIBRARY": " "}, watched=data, usual=usual) == usual
    (tmp_path / "shared" / "library").mkdir()
    assert library.folder_of_library({}, watched=data, usual=usual) == tmp_path / "shared" / "library"
    assert library.folder_of_library({}, watched=None, usual=usual) == usual


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("", "", []),
        ("", "[levers.formal]\nnew = 0.0", []),
        ("", "[levers.formal]\nextra = 500", ["Formal · Extra registrations: was as usual, now +500 workers a month"]),
        (
            "",
            '[levers.formal.branch.Palembang]\nlapse = -0.1\nstarts = "2023-04"',
            [
                "Formal, Palembang · Members who drop out: was as usual, now −10%",
                "Formal, Palembang · Starts: was the next month, now April 2023",
            ],
        ),
        (
            '[rule.formal]\nkind = "hold"',
            "",
            ["Formal · Growth rule: was active members stay as many as today, now No rule"],
        ),
        (PAID, 'name = "APBD"', ["The programme APBD 2023 was removed"]),
        (PAID, PAID.replace("10000", "12000"), ["APBD 2023 · Workers: was 10,000, now 12,000"]),
        (PAID, PAID + "stay = 0.25", ["APBD 2023 · Stay afterwards: was 0%, now 25%"]),
        ('until = "2023-12"', "", ["End of the simulation: was December 2023, now as usual"]),
        ('name = "A"', 'name = "B"', ["Name of the scenario: was “A”, now “B”"]),
    ],
)
def test_each_change_is_said_in_words(before: str, after: str, said: list[str]) -> None:
    one, other = scenarios.loads(before, "one"), scenarios.loads(after, "other")

    assert changes.describe_changes(one, other, EN) == said


def test_a_new_programme_is_said_whole() -> None:
    (said,) = changes.describe_changes(scenarios.Scenario(name="APBD"), scenarios.loads(PAID, "x"), EN)

    assert said.startswith("New programme: APBD 2023 (Informal): contributions of 10,000 workers are paid for 6 months")
