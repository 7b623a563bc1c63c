"""Does every page open in every language, and does the Data page take, refuse and give back files as it says?"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.testing.v1 import AppTest

import pages
from coverage.base import settings, texts
from coverage.base.texts import Texts
from coverage.commands import cli
from coverage.intake import read as intake
from coverage.intake import template
from coverage.reports import export
from coverage.wording.problems import problems_with_messages
from tests import hostile
from tests.pickers import picker

ROOT = Path(__file__).resolve().parent.parent
MESSES = ROOT / "tests" / "messes"
ID, EN = texts.load("id"), texts.load("en")
BOTH = pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
SECONDS = 30
GOOD = b"bulan;cabang;segmen;aktif\n2022-12;Palembang;PU;138.000\n2023-01;Palembang;PU;139.200\n"


@pytest.fixture(autouse=True)
def _started_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take pytest's own arguments away: the app would take one for the folder to watch."""
    monkeypatch.setattr(sys, "argv", ["app.py"])


def opened(page: str = "overview", **link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    # The cockpit needs a browser: without one the plain sliders stand for it.
    app.query_params.update(link | ({"sliders": "plain"} if page == "simulate" else {}))
    if page != pages.SCREENS[0]:
        app.switch_page(f"pages/{page}.py")  # as a link opens it: on the page itself
    return app.run()


def drop(app: AppTest, *files: Path | tuple[str, bytes]) -> AppTest:
    handed = [(one.name, one.read_bytes()) if isinstance(one, Path) else one for one in files]
    app.file_uploader[0].set_value([(name, content, "text/csv") for name, content in handed])
    return app.run()


def said(app: AppTest) -> list[str]:
    """Return every text that a page shows, tables included, as a reader sees it."""
    shown = [*app.markdown, *app.error, *app.warning, *app.info, *app.success, *app.title, *app.metric]
    written = [str(one.value) for one in shown] + [one.label for one in [*app.button, *app.selectbox, *app.metric]]
    written += [re.sub(r"<style.*?</style>|<[^>]+>", " ", html.proto.body, flags=re.DOTALL) for html in app.get("html")]
    for one in app.table:
        written += [str(value) for value in [*one.value.columns, *one.value.to_numpy().ravel()]]
    for one in app.dataframe:
        written += [str(name) for name in one.value.columns]
    return [re.sub(r"\\(.)", r"\1", text) for text in written]


def labels(app: AppTest) -> list[str]:
    """Return what stands on the line of pickers: each opens its choices."""
    return [block.proto.popover.label for block in app.get("popover")]


def everything(app: AppTest) -> str:
    return "\n".join(said(app))


@BOTH
@pytest.mark.parametrize("page", pages.SCREENS)
def test_every_page_opens_in_every_language(page: str, words: Texts) -> None:
    app = opened(page, lang=words.language)

    assert not app.exception
    assert not app.error
    text = everything(app)
    assert len(text) > 200
    assert [
        key
        for key in words.messages
        if "." in key and key in text and re.search(rf"(?<![\w./]){re.escape(key)}(?![\w.])", text)
    ] == []
    assert not re.search(r"\{[a-z_]+\}", text)


@pytest.mark.parametrize("page", pages.SCREENS)
def test_every_page_opens_on_sparse_published_figures(page: str) -> None:
    app = opened(page, data="published/national")

    assert not app.exception
    assert not app.error


@pytest.mark.parametrize(("words", "figures"), [(ID, ("174.000", "34.800")), (EN, ("174,000", "34,800"))])
def test_the_first_page_answers_the_founding_case(words: Texts, figures: tuple[str, ...]) -> None:
    text = everything(opened(lang=words.language))

    assert "Palembang" in text
    for figure in (*figures, words.share(0.8), words.share(0.65)):
        assert figure in text


def test_the_first_page_waits_for_nothing_that_only_makes_files() -> None:
    asked = f"""import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "app.py")!r}, default_timeout={SECONDS}).run()
assert not app.exception
print(sorted({{"pptx", "xlsxwriter", "fpdf", "vl_convert", "altair"}} & set(sys.modules)))"""
    ran = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "['altair']\n"  # the charts are drawn with it


def test_the_language_follows_the_browser_and_changes_in_place() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.context["locale"] = "en-GB"
    app.run()
    assert EN("overview.heading") in everything(app)

    picker(app, "language").set_value("id").run()

    assert ID("overview.heading") in everything(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ({"informal.new": "99"}, "informal.new"),
        ({"p1.workers": "many"}, "p1."),
        ({"nonsense": "1"}, "nonsense"),
        ({"branch": "Atlantis"}, "Atlantis"),
        ({"month": "2050-01"}, "2050-01"),
        ({"data": "nowhere"}, "nowhere"),
        ({"targets": "none-such"}, "none-such"),
        ({"lang": "fr"}, "fr"),
        ({"data": "uploaded"}, ID("error.upload_gone")),
    ],
)
def test_what_cannot_be_used_of_a_link_is_told(link: dict[str, str], told: str) -> None:
    app = opened(**link)

    assert not app.exception
    assert any(told in re.sub(r"\\(.)", r"\1", one.value) for one in app.warning)


def test_a_programme_for_more_than_there_are_is_told_of() -> None:
    paid = {"p1.name": "A", "p1.segment": "formal", "p1.workers": "999999", "p1.starts": "2023-03", "p1.months": "6"}

    app = opened("simulate", branch="Palembang", **paid)

    assert not app.exception
    assert any('Program "A" hanya membiayai ' in re.sub(r"\\(.)", r"\1", one.value) for one in app.warning)


def test_a_link_is_data_and_no_markdown() -> None:
    app = opened(branch="![x](https://example.org/x.png)")

    assert app.warning
    assert not any(re.search(r"(?<!\\)\]\(|(?<!\\)!\[", one.value) for one in app.warning)


def test_own_files_are_used_beside_each_other_until_they_are_given_back() -> None:
    app = drop(opened("data"), ("satu.csv", GOOD))
    assert not app.exception
    assert app.session_state["dataset"] == "uploaded"
    assert ID("data.account", read="2 baris", kept="2", set_aside="0", blank="0", totals="0") in everything(app)
    assert ID("data.no_problems") in everything(app)

    drop(app, ("dua.csv", GOOD.replace(b"Palembang", b"Jambi")))
    assert list(app.session_state["uploads"]) == ["satu.csv", "dua.csv"]
    assert not app.warning  # a branch chosen in the sample is no complaint about the new data

    app.button(key="give_back").click().run()
    assert "uploads" not in app.session_state
    assert app.session_state["dataset"] == "sumbagsel"
    assert not app.exception


def test_of_several_own_files_the_good_are_used_and_the_others_are_told_and_not_kept() -> None:
    far = hostile.FILES["far corner.xlsx"]()
    bad = (("rusak.xlsx", b"PK\x03\x04 nothing"), ("kosong.csv", b""), ("jauh.xlsx", far))
    app = drop(opened("data"), ("satu.csv", GOOD), *bad)
    assert not app.exception
    assert list(app.session_state["uploads"]) == ["satu.csv"]
    (warning,) = [one.value.replace("\\", "") for one in app.warning]
    assert "rusak.xlsx" in warning
    assert "kosong.csv" in warning
    assert ID("data.others_used") in warning


def test_a_dropped_list_of_branches_gives_own_branches_their_regions() -> None:
    app = drop(opened("data"), ("satu.csv", GOOD), ("branches.csv", b"branch;region\nPalembang;Wilayah Satu\n"))
    assert not app.exception
    assert app.session_state["dataset"] == "uploaded"
    assert "Wilayah Satu" in picker(app, "region").options


def test_the_other_pages_answer_for_the_own_files() -> None:
    app = drop(opened("data"), ("satu.csv", GOOD))

    for page in pages.SCREENS:
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception, page
        assert not app.error, page
    app.switch_page("pages/overview.py").run()
    assert "139.200" in everything(app)


@BOTH
def test_a_mess_is_explained_the_worst_first(words: Texts) -> None:
    app = drop(
        opened("data", lang=words.language), MESSES / "everything_at_once.csv", MESSES / "numbers_unreadable.csv"
    )
    handed = intake.read(
        [MESSES / "everything_at_once.csv", MESSES / "numbers_unreadable.csv"], settings=settings.load()
    )

    assert not app.exception
    told = next(one.value for one in app.table if words("data.head.remedy") in one.value.columns)
    severities = [cell.partition(":")[0] for cell in told[words("data.head.message")]]
    assert len(severities) == handed.problems.height <= 25
    assert severities == sorted(severities, key=lambda one: "✖▲○".index(one[0]))
    assert words("severity.error") in severities[0]
    assert handed.files.height == 2
    assert words("data.head.separator") in everything(app)


def test_problems_can_be_looked_at_by_severity() -> None:
    app = drop(opened("data"), MESSES / "everything_at_once.csv")
    chooser = next(one for one in app.button_group if str(one.key).startswith("severities"))

    chooser.set_value(["note"]).run()

    told = next(one.value for one in app.table if ID("data.head.remedy") in one.value.columns)
    assert not app.exception
    assert {cell[0] for cell in told[ID("data.head.message")]} == {"○"}


@pytest.mark.parametrize(
    ("name", "words"), [("binary.csv", ID), ("header_unknown.csv", EN), ("empty.csv", ID), ("broken.xlsx", EN)]
)
def test_a_refused_file_is_one_sentence_and_the_data_stay(name: str, words: Texts) -> None:
    app = drop(opened("data", lang=words.language), MESSES / name)

    assert not app.exception
    assert [name in re.sub(r"\\(.)", r"\1", one.value) for one in app.error] == [True]
    assert words("data.still") in app.error[0].value
    assert app.session_state["dataset"] == "sumbagsel"
    assert "uploads" not in app.session_state


TARGETS = b"""default = "rakor"
[sets.rakor]
title = { id = "Rakor Maret", en = "March meeting" }
[[sets.rakor.target]]
branch = "Palembang"
segment = "informal"
by = "2023-12"
workers = 100000
"""


def test_a_dropped_targets_file_counts_for_its_visitor_until_it_is_given_back() -> None:
    app = drop(opened("data"), ("target-rakor.toml", TARGETS))
    assert not app.error
    assert ID("own_targets.in_use", title="Rakor Maret", file="target-rakor.toml, targets.toml") in everything(app)
    assert app.session_state["dataset"] == "sumbagsel"  # the data stay

    app.switch_page("pages/overview.py").run()
    assert "38.250 pekerja dari target 100.000" in everything(app)  # 100,000 - 61,750
    assert "34.800 pekerja dari target 174.000" in everything(app)  # what it does not name, others say
    assert "38.250" not in everything(opened())

    app.switch_page("pages/data.py").run()
    app.button(key="drop_targets").click().run()
    app.switch_page("pages/overview.py").run()
    assert "34.800 pekerja dari target 174.000" in everything(app)


def test_a_dropped_table_of_targets_counts_like_a_file_of_them() -> None:
    table = b"Cabang;Segmen;Target 2023\nPalembang;BPU;100.000\n"
    app = drop(opened("data"), ("Rencana 2023.csv", table))
    assert not app.error
    assert app.session_state["dataset"] == "sumbagsel"

    app.switch_page("pages/overview.py").run()
    assert "38.250 pekerja dari target 100.000" in everything(app)


def test_targets_in_own_files_stand_on_the_first_page() -> None:
    rows = GOOD.replace(b"aktif", b"aktif;target").replace(b"138.000", b"138.000;150.000")
    app = drop(opened("data"), ("satu.csv", rows.replace(b"139.200", b"139.200;150.000")))
    app.switch_page("pages/overview.py").run()

    assert "10.800 pekerja dari target 150.000" in everything(app)


def test_a_place_that_differs_only_by_kota_is_joined_with_one_click() -> None:
    app = drop(opened("data"), ("satu.csv", GOOD))
    drop(app, ("target.toml", TARGETS.replace(b'"Palembang"', b'"Kota Palembang"').replace(b'"informal"', b'"formal"')))
    assert ID("own_targets.alike", written="Kota Palembang", branch="Palembang") in everything(app)

    app.switch_page("pages/overview.py").run()
    assert ID("sentence.no_target") in everything(app)
    app.switch_page("pages/data.py").run().button(key="join_Kota Palembang").click().run()
    app.switch_page("pages/overview.py").run()
    assert "100.000" in everything(app)


def test_a_link_made_with_own_targets_says_so_to_whoever_opens_it() -> None:
    app = drop(opened("data"), ("target.toml", TARGETS.replace(b"rakor", b"annual-2023")))
    link = {name: values[0] for name, values in app.query_params.items()}

    again = opened(**link)

    assert ID("error.targets_gone") in everything(again)
    assert "34.800 pekerja dari target 174.000" in everything(again)
    assert again.query_params == {}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("target.toml", TARGETS.replace(b"100000", b"banyak"), ("target.toml", "8", "workers", "banyak")),
        ("target.toml", TARGETS.replace(b"sets.rakor", b"sets.lain"), ("target.toml", "default", "rakor", "lain")),
        ("target.toml", b"\xff\xfe\x00", ("target.toml",)),
        ("langkah.toml", b"[levers.informal]\nnew = 0.2\n", (ID("error.scenario_as_targets", file="langkah.toml"),)),
    ],
)
def test_a_targets_file_that_cannot_be_used_is_one_sentence_and_the_targets_stay(
    name: str, content: bytes, told: tuple[str, ...]
) -> None:
    app = drop(opened("data"), (name, content))

    assert not app.exception
    (refusal,) = (re.sub(r"\\(.)", r"\1", one.value) for one in app.error)
    assert [part for part in told if part not in refusal] == []
    assert "own_targets" not in app.session_state


def test_a_page_without_targets_leads_to_where_they_are_typed() -> None:
    app = drop(opened("data"), ("satu.csv", GOOD.replace(b"Palembang", b"Kota Uji")))
    app.switch_page("pages/overview.py").run()
    assert ID("sentence.no_target") in everything(app)
    assert ID("frame.against", title=f"**{ID('frame.no_target')}**") in labels(app)
    assert not any("tahunan 2023" in label for label in labels(app))

    assert app.button(key="to_targets").label == ID("own_targets.fill")
    assert "to_targets" not in [one.key for one in opened().button]


def test_a_refused_file_takes_nothing_away_from_those_that_were_fine() -> None:
    app = drop(opened("data"), ("satu.csv", GOOD))

    drop(app, MESSES / "binary.csv")

    assert "binary" in app.warning[0].value
    assert list(app.session_state["uploads"]) == ["satu.csv"]
    assert app.session_state["dataset"] == "uploaded"


@pytest.mark.parametrize("name", ["persons.csv", "workbook_of_persons.xlsx"])
def test_a_list_of_persons_is_refused_and_forgotten(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[str] = []
    remove = MemoryUploadedFileManager.remove_file

    def note(self: MemoryUploadedFileManager, session_id: str, file_id: str) -> None:
        forgotten.append(file_id)
        remove(self, session_id, file_id)

    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", note)
    app = drop(opened("data"), MESSES / name)

    assert len(app.error) == 1
    assert len(forgotten) == 1  # Streamlit's own store has let go of it
    kept = repr(app.session_state)
    assert "person_level" in kept
    assert repr((MESSES / name).read_bytes()[:40])[2:-1] not in kept
    assert "uploads" not in app.session_state
    assert all(not one.value for one in app.file_uploader)


def test_data_without_a_usable_row_still_show_what_is_wrong() -> None:
    app = drop(opened("data"), ("kosong.csv", b"bulan;cabang;segmen;aktif\n2023-01;Palembang;PU;x\n"))

    assert not app.exception
    assert ID("frame.no_rows") in everything(app)
    assert any(ID("data.head.remedy") in one.value.columns for one in app.table)
    app.switch_page("pages/method.py").run()
    assert not app.exception
    assert app.tabs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "satu.csv").write_bytes(GOOD)
    monkeypatch.setattr(sys, "argv", ["app.py", str(tmp_path)])
    return tmp_path


def test_a_folder_named_at_the_start_is_read_again_when_it_changes(folder: Path) -> None:
    app = opened()
    assert app.session_state["dataset"] == "folder"
    assert "139.200" in everything(app)

    (folder / "satu.csv").write_bytes(GOOD.replace(b"139.200", b"140.300"))
    app.run()

    assert "140.300" in everything(app)


def test_a_folder_that_cannot_be_read_is_told_with_a_way_back(folder: Path) -> None:
    (folder / "satu.csv").write_bytes(b"\x00\x01\x02 no table")
    app = opened("data")
    assert len(app.error) == 1
    assert not app.exception

    app.button(key="back_to_sample").click().run()

    assert not app.error
    assert app.session_state["dataset"] == "sumbagsel"


def test_a_folder_that_is_not_there_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py", str(folder / "nowhere")])

    assert "nowhere" in everything(opened()).replace("\\", "")


def test_a_folder_whose_share_gets_out_of_reach_is_told_with_a_way_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, there = opened(), Path.is_dir

    def away(path: Path) -> bool:
        if path == folder:
            raise OSError(22, "The semaphore timeout period has expired")  # what Windows says then
        return there(path)

    monkeypatch.setattr(Path, "is_dir", away)
    app.run()

    assert not app.exception
    assert "semaphore timeout" in app.error[0].value
    app.button(key="back_to_sample").click().run()
    assert not app.error


def test_the_clean_table_is_what_the_command_line_writes(capsys: pytest.CaptureFixture[str]) -> None:
    mess = MESSES / "everything_at_once.csv"
    handed = intake.read([mess], settings=settings.load())

    assert cli.main(["clean", "--data", str(mess), "--format", "csv"]) == 0

    assert export.csv(handed.table) == capsys.readouterr().out


@BOTH
def test_the_templates_read_back_without_an_error(words: Texts) -> None:
    files = [("a.csv", template.csv(words)), ("b.xlsx", template.workbook(words))]

    for name, content in files:
        handed = intake.read([intake.Handed(name=name, content=content)], settings=settings.load())
        assert handed.table.height == 1
        assert not (handed.problems["severity"] == "error").any()


@BOTH
def test_the_method_page_tells_every_setting_and_version_and_fingerprint(words: Texts) -> None:
    app = opened("method", lang=words.language)
    text = everything(app)

    for fact in settings.load().facts:
        assert words(f"setting.{fact.name}") in text
    handed = intake.read(intake.find([str(settings.DATA / "samples" / "sumbagsel")]), settings=settings.load())
    assert any(handed.fingerprint in one.value for one in app.code)


@pytest.mark.parametrize(
    ("link", "due", "diamonds"),
    [({}, True, True), ({"branch": ""}, True, False), ({"targets": "rpjmn-2025"}, False, True)],
    ids=["palembang", "all-branches", "asked-for-much-later"],
)
def test_the_key_of_the_bars_names_what_is_drawn_and_nothing_else(
    link: dict[str, str], due: bool, diamonds: bool
) -> None:
    app = opened(lang="en", open="charts", **link)
    told = everything(app)
    assert "Grey bar up to the line at its end: target." in told
    assert ("Orange line" in told, "Diamond" in told) == (due, diamonds)


def test_one_month_without_a_target_has_no_pace_no_band_and_no_line_of_it() -> None:
    app = opened("data", lang="en")
    drop(app, ("own.csv", b"bulan;cabang;segmen;aktif\n2025-01;Medan;PU;1.200.500\n"))
    overview = everything(app.switch_page("pages/overview.py").run())
    assert "Pace not known yet" in overview
    assert "Pace –" not in overview
    assert "Orange" not in overview
    app.session_state["sliders"] = "plain"
    simulated = everything(app.switch_page("pages/simulate.py").run())
    assert "Dashed line: without new steps." in simulated
    assert "Orange" not in simulated
    assert "Dotted line" not in everything(app.switch_page("pages/branches.py").run())


def test_the_funded_band_is_named_where_it_is_drawn_and_its_end_where_it_has_one() -> None:
    funded = "Orange band: workers whose contributions are paid for"
    assert f"{funded}." in everything(opened(lang="en", open="charts"))
    assert f"{funded}." in everything(opened("simulate", lang="en"))
    programme = {"p1.name": "APBD", "p1.segment": "informal", "p1.workers": "100", "p1.starts": "2023-03"}
    assert f"{funded}; its end" in everything(opened("simulate", lang="en", **programme | {"p1.months": "6"}))


def test_a_chart_has_its_message_as_alternative_text() -> None:
    charts = opened("overview", open="charts").get("vega_lite_chart")

    assert charts
    assert all(len(one.proto.alt) > 20 for one in charts)
    assert all(json.loads(one.proto.spec) for one in charts)


def test_the_problems_can_be_taken_away_as_the_command_line_writes_them(capsys: pytest.CaptureFixture[str]) -> None:

    mess = MESSES / "everything_at_once.csv"
    handed = intake.read([mess], settings=settings.load())
    cli.main(["check", "--data", str(mess), "--format", "csv", "--language", "id"])

    assert export.csv(problems_with_messages(handed.problems, ID)) == capsys.readouterr().out
    assert (
        pl.read_csv(io.StringIO(export.csv(problems_with_messages(handed.problems, ID)))).height
        == handed.problems.height
    )


def test_two_real_rows_among_many_illustrative_ones_are_not_rounded_away() -> None:
    # 812 of the sample's 814 rows are illustrative: 99.75 %.
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = "en"
    app.query_params["branch"] = ""
    app.run()
    app.switch_page("pages/branches.py").run()
    said = " ".join(one.value for one in app.markdown)
    assert "99% of the rows are illustrative" in said
    assert "100% of the rows" not in said


def test_a_link_s_last_month_counts_on_every_page_and_one_that_cannot_be_is_told() -> None:
    far = {"until": "2024-06", "informal.new": "0.2", "lang": "en"}
    assert "in June 2024" in everything(opened("simulate", **far))
    assert "in June 2024" in everything(opened("compare", **far))
    past = opened("simulate", **(far | {"until": "2022-01"}))
    assert "cannot run until 2022-01" in everything(past)
    assert "in December 2023" in everything(past)


def test_a_scenario_for_a_branch_that_is_not_there_says_so() -> None:
    paid = {"p1.name": "A", "p1.segment": "informal", "p1.workers": "100", "p1.starts": "2023-03", "p1.months": "6"}
    app = opened("simulate", lang="en", **paid, **{"p1.branches": '["Palembag"]'})
    assert any("Palembag" in one.value for one in app.warning)


def test_all_together_says_whom_it_leaves_out(tmp_path: Path) -> None:
    rows = "month;branch;segment;active\n2022-12;Palembang;PU;139000\n2023-01;Palembang;PU;139200\n"
    rows += "2022-12;Palembang;Jakon;10000\n2023-01;Palembang;Jakon;10240\n"
    app = drop(opened("data", lang="en"), ("target.toml", TARGETS.replace(b'"informal"', b'"formal"')))
    drop(app, ("own.csv", rows.encode()))
    app.session_state["sliders"] = "plain"
    for page in ("overview", "branches", "simulate", "compare"):
        said = everything(app.switch_page(f"pages/{page}.py").run())
        assert '"All together" leaves out 10,240 workers without a target (Construction).' in said


def test_the_data_page_accounts_for_every_figure_of_a_recap() -> None:
    recap = (
        "Rekap Kepesertaan;;;;\nPosisi Januari 2023;;;;\nKabupaten;PU;BPU;Jakon;Target PU\n"
        "Muara Enim;12.300;4.500;800;15.000\nPALI;2.100;900;120;3.000\nJumlah;14.400;5.400;920;18.000\n"
    )
    app = drop(opened("data", lang="en"), ("rekap.csv", recap.encode()))
    # Three figures each of two places are members, and one is a target; the line below has the sums of all four.
    assert "Figures read 12 = used 6 + targets 2 + totals 4 + set aside 0." in everything(app).replace("\\", "")
