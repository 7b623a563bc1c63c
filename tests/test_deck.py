"""Does a presentation say what the tables say, natively, in both languages, on any master, and come back?"""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches
from streamlit.testing.v1 import AppTest

from coverage.answers import money
from coverage.base import settings, texts
from coverage.base.errors import FileRefused
from coverage.charts.flows import flows_by_year
from coverage.commands import cli
from coverage.model import chance, links, runs, scenarios
from coverage.model import view as views
from coverage.model.targets import TargetSet
from coverage.model.view import Scope
from coverage.reports import deck, lettering, masters, native_tables, page_parts, pages_of_standing, provenance, slides
from coverage.reports.provenance import Provenance
from coverage.standing import gaps
from coverage.wording import headlines, sentences
from coverage.wording.scenarios import describe_scenario
from tests import sample, test_pages
from tests.sample import PALEMBANG, looked

BOTH = pytest.mark.parametrize("language", texts.languages())


@lru_cache
def noted(language: str, scenario: str, wanted: Scope = PALEMBANG, *, shipped: bool = True) -> Provenance:
    view, fingerprint = looked(wanted)
    named, words = scenarios.named(scenario), texts.load(language)
    return sample.noted(view, named, words, sample=shipped, fingerprint=fingerprint, wanted=wanted)


@lru_cache
def made(
    language: str = "id",
    scenario: str = "all-together",
    wanted: Scope = PALEMBANG,
    *,
    shipped: bool = True,
    template: bytes | None = None,
) -> bytes:
    view, _ = looked(wanted)
    return deck.make(
        view,
        scenarios.named(scenario),
        source=noted(language, scenario, wanted, shipped=shipped),
        texts=texts.load(language),
        futures=chance.draw_futures(view),
        template=template,
        template_name="kantor.pptx",
    )


def opened(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


def title(slide: Any) -> str:
    return slide.shapes.title.text_frame.text


def written(slide: Any) -> str:
    """Return every text on a slide but those of its charts."""
    said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            said += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(said)


def charts_of(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def tables_of(slide: Any) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows] for shape in slide.shapes if shape.has_table
    ]


def plotted(chart: Any) -> dict[str, list[float | None]]:
    return {series.name: list(series.values) for series in chart.plots[0].series}


@BOTH
def test_the_titles_are_the_sentences_of_the_screen(language: str):
    words, (view, _) = texts.load(language), looked()
    scenario = scenarios.named("all-together")
    ahead = runs.horizon(view, scenario)
    moved = runs.table_of_run(view, runs.flows(view, scenario, ahead), name="", keys=[])
    found = [title(slide) for slide in opened(made(language)).slides]
    wanted = [
        headlines.headline_of_standing(gaps.by(view), words),
        headlines.headline_of_outcome(moved, words, segment=None),
        sentences.describe_flows_by_year(flows_by_year(moved), words),
        sentences.describe_costs(money.yearly(money.monthly(view, scenario, runs.flows(view, scenario, ahead))), words),
    ]
    assert [one for one in wanted if one not in found] == []


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("id", "CONTOH|Posisi per Januari 2023|Daftar target: Target 2023 (Desember 2023)|Skenario: Semuanya bersama|"),
        ("en", "SAMPLE|As of January 2023|Targets: Target 2023 (December 2023)|Scenario: All together|"),
    ],
)
def test_the_first_slide_says_place_month_targets_scenario_and_for_whom(language: str, lines: str):
    first = opened(made(language)).slides[0]
    whom = {"id": "Bahan rapat kantor cabang", "en": "For the meeting of the branch"}[language]
    assert title(first) == "Palembang"
    assert written(first).split("\n")[1:6] == [*lines.split("|")[:-1], whom]


def test_what_the_data_say_of_themselves_in_two_languages_is_said_in_the_reader_s():
    source = "80 % × 5: https://a.id/b (arus: ilustrasi / flows: illustrative)"
    assert provenance.in_language(source, "id") == "80 % × 5: https://a.id/b (arus: ilustrasi)"
    assert provenance.in_language(source, "en") == "80 % × 5: https://a.id/b (flows: illustrative)"
    several = "https://a.id (dibulatkan / rounded; hanya tahun / only the year)"
    assert provenance.in_language(several, "en") == "https://a.id (rounded; only the year)"
    assert provenance.in_language("contoh / sample - https://a.id/b", "id") == "contoh - https://a.id/b"
    assert provenance.in_language("Laporan bulanan", "en") == "Laporan bulanan"


def test_the_founding_figures_stand_on_the_second_slide_as_a_chart_and_as_a_table():
    first = opened(made("id")).slides[1]
    (chart,), (table,) = charts_of(first), tables_of(first)
    assert plotted(chart) == {"Aktif": [139_200, 61_750], "Target": [174_000, 95_000]}
    assert list(chart.plots[0].categories) == ["Formal", "Informal"]
    assert [row[:5] for row in table[1:]] == [
        ["Formal", "139.200", "174.000", "80,0\u00a0%", "34.800"],
        ["Informal", "61.750", "95.000", "65,0\u00a0%", "33.250"],
        ["Seluruhnya", "200.950", "269.000", "74,7\u00a0%", "68.050"],
    ]


@BOTH
def test_the_lines_of_a_chart_are_the_projection_month_by_month(language: str):
    words, (view, _) = texts.load(language), looked()
    scenario = scenarios.named("all-together")
    rows = runs.simulate(view, scenario, name="", keys=()).sort("month")
    still = runs.simulate(view, scenarios.Scenario(), name="", keys=()).sort("month")
    slide = next(one for one in opened(made(language)).slides if len(charts_of(one)) and len(_lines(one)) == 6)
    lines = plotted(charts_of(slide)[0])
    known = rows.height
    for name, table in ((words("chart.scenario"), rows), (words("chart.baseline"), still)):
        assert lines[name][-known:] == [round(one) for one in table["covered"].to_list()]
        assert set(lines[name][:-known]) == {None}  # a gap, not a fall to nothing
    assert set(lines[words("chart.target")]) == {269_000}
    assert months_of(charts_of(slide)[0])[-1] == date(2023, 12, 1)


def months_of(chart: Any) -> list[date]:
    """Read a chart's months back: they stand there as a workbook's days."""
    return [date(1899, 12, 30) + timedelta(days=int(float(one))) for one in chart.plots[0].categories]


def _lines(slide: Any) -> dict[str, list[float | None]]:
    return plotted(charts_of(slide)[0])


def test_the_table_beside_the_lines_says_what_they_draw():
    slide = next(one for one in opened(made("en")).slides if charts_of(one) and len(_lines(one)) == 6)
    lines, (table,) = _lines(slide), tables_of(slide)
    last = table[-1]
    words = texts.load("en")
    assert last[:3] == ["Dec 2023", words.people(lines["Without new steps"][-1]), words.people(lines["Scenario"][-1])]


def test_who_leaves_is_drawn_below_nothing_and_equals_the_table():
    slide = next(one for one in opened(made("en")).slides if "come in" in title(one))
    words, flows = texts.load("en"), plotted(charts_of(slide)[0])
    assert {row[0]: row[1] for row in tables_of(slide)[0][1:]} == {
        name: words.signed(sum(values))
        for name, values in flows.items()  # month by month, for it is a single year
    }
    assert flows["Dropped out"][0] < 0 < flows["New registrations"][0]


def test_the_branches_are_ranked_where_there_are_several():
    view, _ = looked(Scope())
    ranked = gaps.ranking(view)
    slide = next(
        one
        for one in opened(made("en", "baseline", Scope())).slides
        if tables_of(one) and tables_of(one)[0][0][0] == "Branch"
    )
    assert [row[0] for row in tables_of(slide)[0][1:]] == ranked["branch"].to_list()
    assert plotted(charts_of(slide)[0])["Missing"] == ranked.head(pages_of_standing.RANKED)["short"].to_list()
    assert all("Branch" not in str(tables_of(one)[0][0]) for one in opened(made("en")).slides if tables_of(one))


@pytest.mark.parametrize(("language", "word"), [("id", "CONTOH"), ("en", "SAMPLE")])
def test_every_slide_says_that_it_is_a_sample_where_it_is_one(language: str, word: str):
    every = list(opened(made(language)).slides)
    assert len(every) >= 8
    assert [number for number, slide in enumerate(every, 1) if word not in written(slide)] == []
    own = opened(made(language, "baseline", shipped=False)).slides
    assert [number for number, slide in enumerate(own, 1) if word in written(slide)] == []


@BOTH
def test_the_foot_has_source_and_day_and_the_notes_what_only_a_computer_needs(language: str):
    source = noted(language, "all-together")
    about = opened(made(language)).core_properties
    assert source.fingerprint in f"{about.subject}{about.keywords}"
    for slide in opened(made(language)).slides:
        assert provenance.describe_source_and_day(source, texts.load(language)) in written(slide)
        notes = slide.notes_slide.notes_text_frame.text
        for technical in (source.fingerprint, source.version):
            assert technical not in written(slide)
            assert technical in notes
        assert "seed" not in written(slide)


@pytest.mark.parametrize("words", [texts.load(language) for language in texts.languages()], ids=lambda w: w.language)
def test_a_chart_beside_a_low_table_is_not_squeezed(words: texts.Texts):
    view, _ = looked(PALEMBANG)
    content = deck.make(view, scenarios.named("all-together"), source=noted(words.language, "baseline"), texts=words)
    slides = [slide for slide in opened(content).slides if "Rp" in title(slide) or "15" in title(slide)]
    shown = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    assert len(shown) == 2  # what is paid, and what happens when the money ends
    wide = opened(content).slide_width
    assert all(shape.width > wide * 0.35 for shape in shown)


def test_a_grid_line_of_who_comes_and_goes_is_nothing():
    view, _ = looked(PALEMBANG)
    content = deck.make(view, scenarios.named("all-together"), source=noted("en", "baseline"), texts=texts.load("en"))
    axes = [
        chart.value_axis
        for slide in opened(content).slides
        for chart in charts_of(slide)
        if chart.chart_type == XL_CHART_TYPE.COLUMN_STACKED
    ]
    assert axes
    for axis in axes:
        assert axis.minimum_scale % axis.major_unit == axis.maximum_scale % axis.major_unit == 0
        assert 3 <= (axis.maximum_scale - axis.minimum_scale) / axis.major_unit <= 8


@pytest.mark.parametrize("made_of", ["one programme", "two of one name", "one month", "all together", "nothing new"])
def test_no_chart_has_a_single_bar(made_of: str):
    view, _ = looked()
    scenario, until = {
        "one programme": (programmes(1, "2023-03"), None),
        "two of one name": (links.override(programmes(2, "2023-03"), ["p2.name=APBD 1"]), None),
        "one month": (programmes(1, "2023-02"), date(2023, 2, 1)),
        "all together": (scenarios.named("all-together"), None),
        "nothing new": (scenarios.Scenario(), None),
    }[made_of]
    content = deck.make(view, scenario, source=noted("en", "baseline"), texts=texts.load("en"), until=until)
    for slide in opened(content).slides:
        for chart in charts_of(slide):
            drawn = [value for values in plotted(chart).values() for value in values if value is not None]
            assert len(drawn) > 1, title(slide)
            if chart.chart_type == XL_CHART_TYPE.COLUMN_STACKED:
                assert len(list(chart.plots[0].categories)) > 1, title(slide)


def test_two_programmes_of_one_name_are_two_series():
    view, _ = looked()
    both = links.override(programmes(2, "2023-03"), ["p2.name=APBD 1"])
    content = deck.make(view, both, source=noted("en", "baseline"), texts=texts.load("en"))
    (slide,) = [one for one in opened(content).slides if "months of contributions" in title(one)]
    assert list(plotted(charts_of(slide)[0])) == ["APBD 1", "APBD 1 (2)"]


@BOTH
def test_every_slide_has_notes_with_definitions_sources_and_the_scenario(language: str):
    words = texts.load(language)
    every = [slide.notes_slide.notes_text_frame.text for slide in opened(made(language)).slides]
    assert "÷ target" in every[1]
    for place, notes in enumerate(every):
        assert place == 0 or f"{words('deck.definitions')}:" in notes
        assert [
            one for one in provenance.describe_provenance(noted(language, "all-together"), words) if one not in notes
        ] == []
        assert describe_scenario(scenarios.named("all-together").at(date(2023, 1, 1)), words)[0] in notes


def test_charts_carry_their_figures_in_a_workbook_of_their_own_and_nothing_is_a_picture():
    content = made("id")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert not [name for name in names if name.endswith((".png", ".svg", ".emf", ".jpeg")) and "thumbnail" not in name]
    for slide in opened(content).slides:
        for chart in charts_of(slide):
            workbook = chart.part.chart_workbook.xlsx_part
            sheet = openpyxl.load_workbook(io.BytesIO(workbook.blob)).active
            heads, *rows = sheet.iter_rows(values_only=True)
            for place, name in enumerate(heads[1:], 1):
                assert [row[place] for row in rows] == plotted(chart)[name]


@pytest.mark.parametrize(
    ("language", "people", "month"),
    [("id", '#"."000"."000', "[$-421]mmm yyyy"), ("en", '#","000","000', "[$-409]mmm yyyy")],
)
def test_axes_write_numbers_and_months_as_the_language_does_on_any_computer(language: str, people: str, month: str):
    line = next(one for one in opened(made(language)).slides if charts_of(one) and len(_lines(one)) == 6)
    chart = charts_of(line)[0]
    assert people in chart.value_axis.tick_labels.number_format
    assert chart.category_axis.tick_labels.number_format == month


def test_months_are_labelled_from_january_or_july_every_half_year():
    line = next(one for one in opened(made("id")).slides if charts_of(one) and len(_lines(one)) == 6)
    chart = charts_of(line)[0]
    assert months_of(chart)[0].month in {1, 7}
    axis = chart.category_axis._element
    assert [(one.tag.split("}")[1], one.get("val")) for one in axis][-3:] == [
        ("baseTimeUnit", "months"),
        ("majorUnit", "6"),
        ("majorTimeUnit", "months"),
    ]


CASES = [
    pytest.param(language, scenario, wanted, id=f"{language}-{scenario}-{len(wanted.branches)}")
    for language in texts.languages()
    for scenario, wanted in (("all-together", PALEMBANG), ("all-together", Scope()), ("baseline", Scope()))
]


@pytest.mark.parametrize(("language", "scenario", "wanted"), CASES)
def test_nothing_stands_outside_its_slide_or_on_top_of_the_foot(language: str, scenario: str, wanted: Scope):
    content = opened(made(language, scenario, wanted))
    for number, slide in enumerate(content.slides, 1):
        foot = max(shape.top for shape in slide.shapes)
        for shape in slide.shapes:
            assert shape.left >= 0, number
            assert shape.top >= 0, number
            assert shape.left + shape.width <= content.slide_width + Emu(10), number
            assert shape.top + shape.height <= content.slide_height, number
            if shape.top < foot:
                assert shape.top + shape.height <= foot, (number, shape.name)


@pytest.mark.parametrize(("language", "scenario", "wanted"), CASES)
def test_titles_fit_above_what_follows_and_letters_are_never_tiny(language: str, scenario: str, wanted: Scope):
    for slide in opened(made(language, scenario, wanted)).slides:
        heading = slide.shapes.title
        run = heading.text_frame.paragraphs[0].runs[0]
        size = run.font.size.pt if run.font.size else 28
        lines = lettering.count_lines(heading.text_frame.text, heading.width, size, bold=True)
        assert size >= 18
        assert lines * size * 1.2 <= Emu(heading.height).pt + 1
        for shape in slide.shapes:
            for frame in [shape.text_frame] if shape.has_text_frame else []:
                sizes = [one.font.size.pt for part in frame.paragraphs for one in part.runs if one.font.size]
                assert min(sizes, default=99) >= 8
            if shape.has_table:
                first = shape.table.cell(0, 0).text_frame.paragraphs[0].runs[0]
                assert first.font.size.pt >= 12


def test_a_table_too_long_for_its_place_says_how_many_rows_are_missing():
    rows = [(f"Cabang {number}", "1.000") for number in range(200)]
    box = slides.Box(left=0, top=0, width=Inches(5), height=Inches(3))
    shown, size, widths, heights = native_tables._fitted(
        box, page_parts.Table(heads=("a", "b"), rows=rows), texts.load("id")
    )
    assert size == 12
    assert (sum(widths) <= box.width, sum(heights) <= box.height) == (True, True)
    assert shown[-1][0] == f"… dan {200 - (len(shown) - 1)} baris lain"


def template(*, titled: bool = True, at: tuple[float, float, float, float] | None = None) -> bytes:
    """Make a template of somebody else's: another size, two slides of its own; its titles `at` a place of inches."""
    theirs = Presentation()
    theirs.slide_width, theirs.slide_height = Inches(13.333), Inches(7.5)
    for layout in list(theirs.slide_layouts)[:2]:
        theirs.slides.add_slide(layout).shapes.title.text = "Salindia lama"
    theirs.slide_master.name = "Kantor kita"
    if not titled:
        for layout in theirs.slide_layouts:
            for shape in list(layout.placeholders):
                if shape.placeholder_format.idx == 0:
                    shape._element.getparent().remove(shape._element)
    for layout in theirs.slide_layouts if at else ():
        for shape in layout.placeholders:
            if shape.placeholder_format.idx == 0:
                shape.left, shape.top, shape.width, shape.height = (Inches(one) for one in at)
    file = io.BytesIO()
    theirs.save(file)
    return file.getvalue()


def test_a_template_gives_its_master_and_none_of_its_slides():
    content = made("id", "baseline", template=template())
    found = opened(content)
    assert found.slide_master.name == "Kantor kita"
    assert len(list(found.slide_layouts)) == 11
    assert all("Salindia lama" not in written(slide) for slide in found.slides)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [name for name in archive.namelist() if name.startswith("ppt/slides/slide")]
    assert len(parts) == len(found.slides)
    assert deck.carried(content, "x").scenario == noted("id", "baseline").scenario


def test_on_a_narrow_template_no_word_of_a_table_is_broken_and_nothing_leaves_the_slide():
    narrow = Presentation()  # python-pptx's own is 4:3
    assert narrow.slide_width * 3 == narrow.slide_height * 4
    file = io.BytesIO()
    narrow.save(file)
    slides_there = list(opened(made("id", "all-together", Scope(), template=file.getvalue())).slides)
    first = slides_there[1]
    chart, table = (next(one for one in first.shapes if getattr(one, f"has_{kind}")) for kind in ("chart", "table"))
    assert table.top > chart.top + chart.height // 2 or table.left > chart.left + chart.width // 2
    for slide in slides_there:
        for shape in slide.shapes:
            assert shape.left + shape.width <= narrow.slide_width
            if shape.has_table:
                size = shape.table.cell(0, 0).text_frame.paragraphs[0].runs[0].font.size.pt
                for place, column in enumerate(shape.table.columns):
                    words = [word for row in shape.table.rows for word in row.cells[place].text.split(" ")]
                    longest = max((one for one in words if "//" not in one), key=len)
                    # A font that is a sixth wider than Helvetica takes the place of one that is missing.
                    assert lettering.width_in_emu(longest, size, bold=True) * 1.15 < column.width, longest


def test_a_potx_is_a_template_too():
    kind = b"presentationml.presentation.main+xml"
    theirs, changed = template(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(theirs)) as archive, zipfile.ZipFile(changed, "w") as copy:
        for one in archive.infolist():
            copy.writestr(one, archive.read(one).replace(kind, b"presentationml.template.main+xml"))
    assert len(opened(made("id", "baseline", template=changed.getvalue())).slides) >= 5


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "template_refused"), (b"PK\x03\x04 nothing", "template_refused")],
)
def test_what_is_no_presentation_is_refused_as_a_template(content: bytes, code: str):
    with pytest.raises(FileRefused) as refused:
        made("id", "baseline", template=content)
    assert (refused.value.code, refused.value.data["file"]) == (code, "kantor.pptx")


@pytest.mark.parametrize("damage", [b"<", b"", b"&", b'"'])
@pytest.mark.parametrize("part", ["[Content_Types].xml", "ppt/presentation.xml", "ppt/slideMasters/slideMaster1.xml"])
def test_a_template_damaged_in_one_of_its_parts_is_refused_or_serves(part: str, damage: bytes):
    theirs, changed = template(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(theirs)) as archive, zipfile.ZipFile(changed, "w") as copy:
        for one in archive.infolist():
            content = archive.read(one)
            half = len(content) // 2
            copy.writestr(one, content[:half] + damage + content[half + 40 :] if one.filename == part else content)
    with contextlib.suppress(FileRefused):
        made("id", "baseline", template=changed.getvalue())


@pytest.mark.parametrize("place", [0.2, 0.4, 0.6, 0.8])
def test_a_template_whose_packing_is_damaged_is_refused(place: float):
    theirs = bytearray(template())
    start = int(len(theirs) * place)
    theirs[start : start + 64] = b"\xff" * 64
    with pytest.raises(FileRefused, match="template_refused"):
        made("id", "baseline", template=bytes(theirs))


# Without a title, with one below what a slide shows, and with one that has no size.
@pytest.mark.parametrize("theirs", [template(titled=False), template(at=(1, 6, 8, 1)), template(at=(0, 0, 0, 0))])
def test_a_template_without_a_title_that_can_be_used_is_refused(theirs: bytes):
    with pytest.raises(FileRefused) as refused:
        made("id", "baseline", template=theirs)
    assert refused.value.code == "template_no_title"


def test_a_presentation_made_here_serves_as_a_template_and_hands_on_nothing_of_its_own():
    before = made("id", "all-together", Scope(branches=("Jambi",)))
    content = made("id", "baseline", template=before)
    assert deck.carried(content, "x") == noted("id", "baseline")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist() if "ustom" in name)
    assert b"Semuanya bersama" not in whole
    assert b"Jambi" not in whole


def test_bars_are_as_long_as_their_figures_for_their_axis_begins_at_nothing():
    bars = [
        chart.value_axis
        for wanted in (PALEMBANG, Scope())
        for slide in opened(made("id", "all-together", wanted)).slides
        for chart in charts_of(slide)
        if chart.chart_type in {XL_CHART_TYPE.BAR_CLUSTERED, XL_CHART_TYPE.COLUMN_STACKED}
        and min(one for series in chart.plots[0].series for one in series.values if one is not None) >= 0
    ]
    assert len(bars) > 4
    assert {axis.minimum_scale for axis in bars} == {0}


# 37 months: of the months 24 to 2 before the last, 11 have two years before them; each is used upwards and downwards.
@pytest.mark.parametrize(("draws", "said"), [(100, ["22 kemungkinan"]), (0, [])])
def test_the_futures_that_were_drawn_are_said_and_no_others(draws: int, said: list[str]):
    view, _ = looked()
    futures = chance.draw_futures(view) if draws else None
    content = deck.make(
        view, scenarios.Scenario(), source=noted("id", "baseline"), texts=texts.load("id"), futures=futures
    )
    rows = tables_of(opened(content).slides[-1])[0]
    assert [value for name, value in rows if name == texts.load("id")("chance.draws")] == said


def test_a_scenario_that_changes_nothing_of_what_is_shown_is_not_said_to_differ_in_nothing():
    idle = links.override(scenarios.Scenario(), ["construction.new=0.3"])
    view, _ = looked(Scope(branches=("Palembang",), segments=("informal",)))
    content = deck.make(view, idle, source=noted("en", "baseline"), texts=texts.load("en"))
    (slide,) = [one for one in opened(content).slides if "changes nothing shown here" in title(one)]
    assert "New registrations +30%" in written(slide)


def test_the_file_carries_where_it_comes_from():
    assert deck.carried(made("en"), "x.pptx") == noted("en", "all-together")
    assert scenarios.loads(deck.carried(made("en"), "x").scenario_toml, "x") == scenarios.named("all-together")


def test_the_properties_carry_it_where_a_program_drops_the_part_of_its_own():
    stripped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made("en"))) as archive, zipfile.ZipFile(stripped, "w") as copy:
        for one in archive.infolist():
            if not one.filename.startswith("customXml/"):
                copy.writestr(one, archive.read(one))
    assert deck.carried(stripped.getvalue(), "x.pptx") == noted("en", "all-together")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"halo", template()])
def test_a_presentation_of_somebody_else_carries_nothing_and_says_so(content: bytes):
    with pytest.raises(FileRefused) as refused:
        deck.carried(content, "x.pptx")
    assert (refused.value.code, refused.value.data) == ("provenance_unreadable", {"file": "x.pptx"})


def test_no_entity_of_a_foreign_file_is_resolved(tmp_path: Path):
    (tmp_path / "secret").write_text("rahasia")
    bomb = f'<!DOCTYPE p [<!ENTITY e SYSTEM "{(tmp_path / "secret").as_uri()}">]><p xmlns="{deck.NAMESPACE}">&e;</p>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("customXml/item1.xml", bomb.replace("<p ", "<provenance ").replace("</p>", "</provenance>"))
    with pytest.raises(FileRefused) as refused:
        deck.carried(file.getvalue(), "x.pptx")
    assert "rahasia" not in str(refused.value)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_draws_every_slide_and_keeps_what_it_carries(tmp_path: Path):
    (tmp_path / "x.pptx").write_bytes(made("id"))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    for kind in ("pdf", "pptx:Impress MS PowerPoint 2007 XML"):
        done = subprocess.run(
            ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / "out"), "x.pptx"],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    drawn = (tmp_path / "out" / "x.pdf").read_bytes()
    assert drawn.count(b"/Type/Page/") + drawn.count(b"/Type/Page>") == len(opened(made("id")).slides)
    assert deck.carried((tmp_path / "out" / "x.pptx").read_bytes(), "x") == noted("id", "all-together")


def test_a_part_that_takes_away_is_drawn_below_nothing_with_its_sign():
    view, _ = looked()
    fewer = links.override(scenarios.Scenario(), ["informal.new=-0.3", "informal.lapse=-0.2"])
    content = deck.make(view, fewer, source=noted("id", "baseline"), texts=texts.load("id"))
    slide = next(one for one in opened(content).slides if "terbanyak dari" in title(one))
    chart = charts_of(slide)[0]
    values = next(iter(plotted(chart).values()))
    assert values[0] < 0 < values[1]
    assert chart.plots[0].data_labels.number_format == "[$-421]#,##0;[$-421]−#,##0;0"


def test_a_segment_without_a_target_has_no_bar_for_one_rather_than_one_of_nobody():
    formal = TargetSet.model_validate({"target": [{"by": "2023-12", "segment": "formal", "workers": 174_000}]})
    view = views.retarget(looked(PALEMBANG)[0], formal)
    content = deck.make(view, scenarios.Scenario(), source=noted("id", "baseline"), texts=texts.load("id"))
    first = opened(content).slides[1]
    assert plotted(charts_of(first)[0])["Target"][1:] == [None] * (view.series.height - 1)
    assert "belum punya target" in written(first)


@pytest.mark.parametrize(
    ("language", "registered", "active"), [("id", "Terdaftar", "Aktif"), ("en", "Registered", "Active")]
)
def test_who_registered_is_not_called_active(language: str, registered: str, active: str):
    both = [{"by": "2023-12", "segment": one, "new": 60_000} for one in ("formal", "informal")]
    view = views.retarget(looked(PALEMBANG)[0], TargetSet.model_validate({"target": both}))
    content = deck.make(view, scenarios.Scenario(), source=noted(language, "baseline"), texts=texts.load(language))
    first, formal = list(opened(content).slides)[1:3]
    assert next(iter(plotted(charts_of(first)[0]))) == registered
    assert charts_of(first)[0].chart_title.text_frame.text.count(registered.lower()) == 1
    assert tables_of(first)[0][0][1] == registered
    figures = dict(row for row in tables_of(formal)[0][1:])
    assert (figures[registered], figures[active].replace(",", ".")) == ("937", "139.200")
    assert texts.load(language)("method.kind.new.meaning") in first.notes_slide.notes_text_frame.text


def test_a_segment_without_a_target_has_a_slide_whose_title_is_its_news():
    formal = TargetSet.model_validate({"target": [{"by": "2023-12", "segment": "formal", "workers": 174_000}]})
    view = views.retarget(looked(PALEMBANG)[0], formal)
    content = deck.make(view, scenarios.Scenario(), source=noted("en", "baseline"), texts=texts.load("en"))
    informal = list(opened(content).slides)[3]
    assert title(informal).startswith("Informal: ")
    assert title(informal).endswith("61,750 in January 2023.")
    (facts,) = tables_of(informal)  # what there is no target for has no row of dashes
    assert [row[0] for row in facts[1:]] == ["Active", "Eligible", "Coverage", "Pace a month"]
    assert "Without new steps: " in written(informal)
    assert "There is no target for this choice." in written(informal)


def test_published_figures_without_a_target_are_no_sample_and_say_what_is_known(tmp_path: Path):
    out = tmp_path / "x.pptx"
    data = settings.DATA / "samples" / "published" / "provinces"
    assert report("--data", str(data), "--language", "en", "--out", str(out)) == 0
    every = list(opened(out.read_bytes()).slides)
    assert "440,742" in title(every[1])
    assert "There is no target" in written(every[1])
    assert all("SAMPLE" not in written(slide) for slide in every)
    history = next(iter(charts_of(every[2])[0].plots[0].series))  # one month known alone: a dot, or nobody sees it
    assert history.marker.size == 8


def test_who_came_and_went_has_no_slide_where_nobody_knows_it(tmp_path: Path):
    out = tmp_path / "x.pptx"
    data = settings.DATA / "samples" / "published" / "regencies"
    assert report("--data", str(data), "--language", "en", "--out", str(out)) == 0
    slides = list(opened(out.read_bytes()).slides)
    assert not [title(one) for one in slides if "come in" in title(one)]


def programmes(count: int, starts: str, name: str = "") -> scenarios.Scenario:
    """Return a scenario of so many programmes of 500 workers, each of four months."""
    said = {"segment": "informal", "workers": "500", "starts": starts, "months": "4"}
    names = [f"{name}APBD {place}" for place in range(1, count + 1)]
    every = {f"p{place}.{key}": value for place in range(1, count + 1) for key, value in said.items()}
    return links.from_query(every | {f"p{place}.name": one for place, one in enumerate(names, 1)})


def test_many_programmes_with_long_names_have_a_colour_and_a_line_of_the_legend_each():
    long = "Perlindungan pekerja rentan, nelayan, petani dan pemulung kabupaten dan kota "
    view, _ = looked()
    content = deck.make(view, programmes(7, "2023-03", long), source=noted("id", "baseline"), texts=texts.load("id"))
    slide = next(one for one in opened(content).slides if title(one).startswith("Seluruhnya Rp"))
    shape = next(one for one in slide.shapes if one.has_chart)
    drawn = shape.chart.plots[0].series
    assert len({one.format.fill.fore_color.rgb for one in drawn}) == 7
    size = shape.chart.legend.font.size.pt
    assert size >= 10
    assert max(lettering.width_in_emu(one.name, size) for one in drawn) < shape.width


def test_of_many_ends_two_more_are_told_and_the_table_has_the_others():
    view, _ = looked()
    content = deck.make(view, programmes(7, "2023-03"), source=noted("en", "baseline"), texts=texts.load("en"))
    (slide,) = [one for one in opened(content).slides if "drop out" in title(one)]
    said = written(slide)
    assert ("APBD 3: the money ends" in said, "APBD 4: the money ends" in said) == (True, False)
    assert "… and 4 more" in said
    assert len(tables_of(slide)[0]) == 1 + 7


def test_a_programme_that_runs_already_is_part_of_the_baseline_and_no_act_of_the_scenario():
    view, _ = looked()
    both = links.override(programmes(2, "2023-01"), ["informal.new=0.2"])
    content = deck.make(view, both, source=noted("en", "baseline"), texts=texts.load("en"))
    (slide,) = [one for one in opened(content).slides if "by Informal: New registrations" in title(one)]
    assert "Not simulated" not in written(slide)
    assert "Informal: New registrations" in written(slide)  # one part alone is a figure, no chart
    assert "APBD 1" not in title(slide)
    assert charts_of(slide) == []


def test_every_bar_has_its_name_however_long_the_names_are():
    long = [f"Cabang {place} Kabupaten Administrasi Kepulauan Seribu dan Sekitarnya" for place in range(12)]
    bars = page_parts.BarChart(
        categories=long, series=[page_parts.Series(name="x", values=[1.0] * 12, colour="#000000")], alt="x"
    )
    at = masters.opened()
    slides.draw(at, [page_parts.Page(title="x", parts=(bars,))], texts.load("id"), foot="")
    chart = charts_of(at.deck.slides[0])[0]
    axis = chart.category_axis
    assert axis._element.find(qn("c:tickLblSkip")).get("val") == "1"
    assert axis._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}").get("rot") == "0"
    assert axis.tick_labels.font.size.pt >= 9
    assert list(chart.plots[0].categories)[3].startswith("Cabang 3 ")


def test_who_is_paid_for_is_drawn_with_a_target_or_without():
    jambi = {"by": "2023-12", "segment": "informal", "branch": "Jambi", "workers": 90_000}
    every = looked(Scope(branches=("Palembang", "Jambi")))[0]
    view = views.retarget(every, TargetSet.model_validate({"target": [jambi]}))
    paid = links.from_query(
        {"p1.name": "APBD", "p1.segment": "informal", "p1.workers": "500", "p1.starts": "2023-03", "p1.months": "4"}
        | {"p1.branches": '["Palembang"]'}
    )
    content = deck.make(view, paid, source=noted("en", "baseline"), texts=texts.load("en"))
    (slide,) = [one for one in opened(content).slides if "drop out" in title(one)]
    funded = next(iter(plotted(charts_of(slide)[0]).values()))
    before = view.series["funded"].fill_null(0).sum()
    assert max(one for one in funded if one is not None) == pytest.approx(before + 500)


def test_a_segment_whose_target_counts_registrations_is_not_said_to_have_none():
    both = [
        {"by": "2023-12", "segment": "formal", "new": 9_000},
        {"by": "2023-12", "segment": "informal", "workers": 1},
    ]
    view = views.retarget(looked()[0], TargetSet.model_validate({"target": both}))
    content = deck.make(view, scenarios.Scenario(), source=noted("en", "baseline"), texts=texts.load("en"))
    said = [title(one) for one in opened(content).slides]
    # The title has a figure; why it has no target stands below it.
    assert "Formal: 139,200 active members; its target counts registrations." in said
    every = "\n".join(written(one) for one in opened(content).slides)
    assert "The target of Formal counts registrations, not members: choose that segment alone to see it." in every
    assert "There is no target for this choice." not in said


def test_a_meeting_goes_along_as_slides_of_its_own():
    view, _ = looked()
    content = deck.make(
        view,
        scenarios.named("baseline"),
        source=noted("id", "baseline"),
        texts=texts.load("id"),
        more=[("Yang diputuskan", ["APBD untuk 10.000 pekerja", "Tinjau lagi Juni"]), ("Catatan", [])],
    )
    last = list(opened(content).slides)[-3:]
    assert [title(one) for one in last[:2]] == ["Yang diputuskan", "Catatan"]
    assert "• Tinjau lagi Juni" in written(last[0])


# The command


def report(*words: str) -> int:
    return cli.main(["report", *words])


def test_the_command_writes_the_presentation_of_a_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "rapat.pptx"
    words = ("--branch", "Palembang", "--scenario", "informal-push", "--language", "en", "--out", str(out))
    assert report(*words, "--set", "informal.new=0.5", "--until", "2023-06", "--draws", "20") == 0
    said = deck.carried(out.read_bytes(), "x")
    assert (said.sample, said.branches, said.target_set) == (True, ("Palembang",), "annual-2023")
    carried = scenarios.loads(said.scenario_toml, "x")
    assert carried.levers["informal"].new == 0.5
    assert carried.until == date(2023, 6, 1)
    assert "informal.new=0.5" in said.scenario  # what was changed is no longer the scenario of that name
    assert any("June 2023" in title(slide) for slide in opened(out.read_bytes()).slides)
    assert "rapat.pptx" in capsys.readouterr().err


def test_own_data_are_no_sample(tmp_path: Path):
    data = tmp_path / "palembang.csv"
    data.write_bytes((sample.FOLDER / "palembang.csv").read_bytes())
    out = tmp_path / "x.pptx"
    assert report("--data", str(data), "--language", "en", "--draws", "0", "--out", str(out)) == 0
    said = deck.carried(out.read_bytes(), "x")
    assert (said.sample, said.dataset) == (False, "palembang.csv")
    assert all("SAMPLE" not in written(slide) for slide in opened(out.read_bytes()).slides)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "--out"),
        (("--out", "x.docx"), "x.docx"),
        (("--out", "x.pptx", "--template", "nowhere.pptx"), "nowhere.pptx"),
        (("--out", "x.pptx", "--scenario", "baseline", "--scenario", "keep-them"), "--scenario"),
    ],
)
def test_a_command_that_cannot_be_done_is_refused_in_one_line(
    words: tuple[str, ...], named: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert report(*words) == 2
    error = capsys.readouterr().err
    assert named in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_template_itself_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    own = tmp_path / "kantor.pptx"
    own.write_bytes(template())
    assert report("--template", str(own), "--out", str(own)) == 2
    assert own.read_bytes() == template() or len(opened(own.read_bytes()).slides) == 2


# The app


@pytest.fixture(autouse=True)
def _started_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])


def dropped(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].set_value([("rapat.pptx", content, "application/octet-stream")])
    return app.run()


@BOTH
def test_a_presentation_dropped_on_the_data_page_opens_its_scenario_again(language: str, tmp_path: Path):
    out = tmp_path / "rapat.pptx"
    shipped = ("--scenario", "all-together", "--branch", "Palembang", "--language", language, "--out", str(out))
    assert cli.main(["report", *shipped]) == 0
    app = dropped(test_pages.opened("data", lang=language, branch="Jambi"), out.read_bytes())
    words = texts.load(language)
    assert not app.exception
    assert app.session_state["branch"] == "Palembang"
    placed = scenarios.named("all-together").at(date(2023, 1, 1))
    assert app.session_state["scenario"] == scenarios.simplified(placed)
    assert words("exports.same") in test_pages.everything(app)


def test_a_presentation_finds_the_targets_that_are_dropped_together_with_it():
    view, fingerprint = looked()
    words, kept = texts.load("en"), scenarios.named("keep-them")
    source = sample.noted(view, kept, words, fingerprint=fingerprint, wanted=Scope(branches=("Palembang",)))
    content = deck.make(view, kept, source=replace(source, target_set="rakor"), texts=words)
    app = test_pages.drop(
        test_pages.opened("data", lang="en"), ("rapat.pptx", content), ("target.toml", test_pages.TARGETS)
    )
    assert not app.exception
    assert app.session_state["target_set"] == "rakor"
    assert "(rakor)" not in test_pages.everything(app)  # as what is not there any more


def test_a_presentation_of_other_data_says_what_differs_and_opens_nonetheless():
    view, _ = looked()
    words, kept = texts.load("en"), scenarios.named("keep-them")
    other = sample.noted(view, kept, words, fingerprint="f" * 16, wanted=Scope(branches=("Nowhere",)))
    content = deck.make(view, kept, source=other, texts=words)
    app = dropped(test_pages.opened("data", lang="en"), content)
    assert not app.exception
    said = test_pages.everything(app)
    assert "f" * 16 in said
    assert "Nowhere" in said
    assert app.session_state["scenario"] == scenarios.simplified(kept)


def test_a_foreign_presentation_changes_nothing_and_is_refused_in_words():
    app = test_pages.opened("data", lang="en")
    before = dict(app.session_state["scenario"])
    app = dropped(app, template())
    assert not app.exception
    assert app.session_state["scenario"] == before
    assert "rapat.pptx" in test_pages.everything(app)


def offering() -> None:
    """Draw the panel on a screen of its own, and make what its button would."""
    import streamlit as st

    from coverage.model import scenarios
    from pages.parts import exports, session

    session.begin()
    screen = session.start()
    exports.panel(screen, scenarios.named("keep-them"))
    st.session_state["file_name"] = exports.file_name(screen)
    st.session_state["made"] = exports.presentation(screen, scenarios.named("keep-them"))()


@BOTH
def test_the_panel_offers_the_presentation_of_the_screen_and_of_its_scenario(language: str):
    app = AppTest.from_function(offering, default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert texts.load(language)("exports.pptx") in [one.label for one in app.get("download_button")]
    source = deck.carried(app.session_state["made"], "x")
    assert (source.scenario, source.branches, source.sample) == (
        noted(language, "keep-them").scenario,
        ("Palembang",),
        True,
    )
    assert app.session_state["file_name"].endswith("palembang-2023-01")


def with_own_template() -> None:
    """Draw the panel with the switch for a template open, and make what its button would."""
    import streamlit as st

    from coverage.model import scenarios
    from pages.parts import exports, session

    session.begin()
    screen = session.start()
    st.session_state["template_panel"] = True
    exports.panel(screen, scenarios.named("keep-them"))
    st.session_state["made"] = exports.presentation(screen, scenarios.named("keep-them"))()


def test_a_template_of_one_s_own_serves_until_it_is_put_away_and_a_bad_one_changes_nothing():
    app = AppTest.from_function(with_own_template, default_timeout=60)
    app.run()

    def master() -> str:
        return opened(app.session_state["made"]).slide_master.name

    def hand(name: str, content: bytes) -> None:
        app.file_uploader[0].set_value([(name, content, "application/octet-stream")])
        app.run()
        assert not app.exception

    assert master() != "Kantor kita"
    hand("kantor.pptx", template())
    assert master() == "Kantor kita"
    assert "kantor" in app.success[0].value
    hand("catatan.pptx", b"no presentation")
    assert "catatan" in app.error[0].value
    assert master() == "Kantor kita"
    app.button(key="template_drop").click().run()
    assert master() != "Kantor kita"
    assert not app.success
