"""Is the briefing whole in itself, easy to read, safe, and marked as what it is?"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from functools import lru_cache, partial

import polars as pl
import pytest
from pypdf import PdfReader

from coverage.base import texts
from coverage.model import chance, links, scenarios
from coverage.model.view import Scope
from coverage.reports import (
    briefing,
    briefing_html,
    briefing_pdf,
    bundle,
    gallery,
    page_parts,
    pages_of_course,
    pages_of_standing,
    pdf_tables,
    pictures,
    results,
)
from coverage.reports.results import Results
from tests import sample

LANGUAGES = [texts.load(name) for name in texts.languages()]


@pytest.fixture(scope="module", params=LANGUAGES, ids=lambda words: words.language)
def told(request: pytest.FixtureRequest) -> Results:
    words: texts.Texts = request.param
    (view, fingerprint), scenario = sample.looked(), scenarios.named("funded-programme")
    source = sample.noted(view, scenario, words, dataset="<script>Sumbagsel", fingerprint=fingerprint)
    return results.of(view, scenario, words, None, chance.draw_futures(view), source)


@pytest.fixture(scope="module")
def printed(told: Results) -> bytes:
    return briefing_pdf.pdf(told)


@pytest.fixture(scope="module")
def page(told: Results) -> str:
    return briefing_html.html(told)


def test_the_briefing_is_two_pages_that_say_sample_and_the_founding_figures(told: Results, printed: bytes) -> None:
    first, second = (sheet.extract_text() for sheet in PdfReader(io.BytesIO(printed)).pages)

    for sheet in (first, second):
        assert told.texts("provenance.sample") in sheet
    for figure in (34_800, 33_250, 174_000, 95_000):
        assert told.texts.people(figure) in first
    assert re.search(r"17[.,]000", second)  # who drops out when the money ends


def words_of(content: bytes) -> str:
    """Return a PDF's words without its line breaks, so that a wrapped cell is found whole."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def sizes_of(content: bytes) -> set[float]:
    """Return the sizes of all letters of a PDF, in points."""
    sizes = set()

    def visit(text: str, user: list[float], matrix: list[float], font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(size * matrix[3] * user[3]), 2))

    for page in PdfReader(io.BytesIO(content)).pages:
        page.extract_text(visitor_text=visit)
    return sizes


def with_long_name(words: texts.Texts, name: str) -> Results:
    view, fingerprint = sample.looked(Scope(branches=("Palembang", "Jambi")))
    renamed = replace(
        view,
        series=view.series.with_columns(pl.col("branch").replace("Palembang", name)),
        table=view.table.with_columns(pl.col("branch").replace("Palembang", name)),
        grouped={},
    )
    source = sample.noted(view, scenarios.Scenario(), words, fingerprint=fingerprint)
    return results.of(renamed, scenarios.Scenario(), words, None, None, source)


def test_a_very_long_name_wraps_and_leaves_the_heads_and_figures_whole() -> None:
    words, name = LANGUAGES[0], "Palembang " + "dan sekitarnya " * 7 + "juga"

    said = words_of(briefing_pdf.pdf(with_long_name(words, name)))

    for head in ("attainment", "pace", "required_pace", "status"):
        assert words(f"table.{head}") in said
    assert words.people(68_050) in said
    # Row by row of the page, the name's second line follows the row's figures: every word of it is there.
    rows = said[said.rindex(words("table.branch")) :]
    assert rows.count("sekitarnya") >= 7
    assert "…" not in rows.split(words("deck.sources"))[0]


def test_no_letter_is_too_small_to_read(printed: bytes) -> None:
    assert min(sizes_of(printed)) >= 7.5


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_a_whole_region_with_many_programmes_gets_another_page_rather_than_small_letters(words: texts.Texts) -> None:
    content = briefing_pdf.pdf(many_programmes(words.language))

    assert min(sizes_of(content)) >= 7.5
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) in {3, 4}
    for number, page in enumerate(pages, 1):
        assert words("briefing.page", page=number, pages=len(pages)) in page
    said = " ".join(" ".join(pages).split())
    for name in ("workers", "counted", "person_months", "payer_rupiah", "members_rupiah"):
        for word in words(f"table.{name}").split():
            assert word in said
    for place in range(1, 8):  # every programme has its row in both tables
        assert said.count(f"kabupaten {place} ") >= 2


def test_a_table_s_cells_wrap_between_words_and_its_figures_do_not() -> None:
    long = "Perlindungan pekerja rentan, nelayan, petani dan pemulung kabupaten dan kota"
    table = page_parts.Table(
        heads=("Program", "Sumber dana", *(f"Dibayar peserta tahun {year}" for year in range(2021, 2027))),
        rows=[(long, "Pemerintah daerah (APBD)", *["Rp3.024.000.000"] * 6)],
        figures=2,
    )

    laid = pdf_tables.lay(table, 182.0)

    assert sum(laid.widths) == pytest.approx(182.0)
    assert [" ".join(cell) for row in laid.rows for cell in row] == [*table.heads, *table.rows[0]]
    assert len(laid.rows[1][0]) > 1
    assert all(len(cell) == 1 for cell in laid.rows[1][2:])
    for row in laid.rows:
        for cell, wide in zip(row, laid.widths, strict=True):
            for line in cell:
                assert pictures.width_of(line, laid.size * 25.4 / 72, bold=True) <= wide


@lru_cache
def many_programmes(language: str) -> Results:
    """Return the whole sample with seven programmes of long names, each of which ends in a year of its own."""
    said = {"segment": "informal", "workers": "500", "fund": "government", "months": "4"}
    name = "Perlindungan pekerja rentan, nelayan, petani dan pemulung kabupaten "
    own = {f"p{place}.name": f"{name}{place}" for place in range(1, 8)}
    own |= {f"p{place}.starts": f"2023-{place + 1:02d}" for place in range(1, 8)}
    every = own | {f"p{place}.{key}": value for place in range(1, 8) for key, value in said.items()}
    words = texts.load(language)
    (view, fingerprint), scenario = sample.looked(Scope()), links.from_query(every)
    source = sample.noted(view, scenario, words, fingerprint=fingerprint)
    return results.of(view, scenario, words, None, chance.draw_futures(view), source)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_of_many_programmes_three_ends_are_told_and_the_page_has_room_for_the_tables(words: texts.Texts) -> None:
    _, tight = briefing_html.html(many_programmes(words.language)).split('<section class="tight">')

    assert "kabupaten 4:" not in tight  # the table has the others
    assert tight.count('<tr><th scope="row">Perlindungan') == 2 + 2  # beside three branches on a page of seven rows


def test_on_paper_the_page_cuts_no_cell_and_has_no_tiny_letters(page: str) -> None:
    style = page.split("<style>")[1].split("</style>")[0]
    printed = style.split("@media print")[1]

    assert "ellipsis" not in style
    assert "contain:size" not in printed  # what is higher than its page would be cut off
    assert min(float(size) for size in re.findall(r"([\d.]+)pt", printed)) >= 7.5


def test_where_there_are_few_tables_each_has_the_rows_that_it_needs_as_far_as_there_is_room() -> None:
    rows = [("x", "1")] * 9
    table = page_parts.Table(heads=("a", "b"), rows=rows)
    short = page_parts.Table(heads=("a", "b"), rows=rows[:2])
    blocks = [briefing.BriefingBlock(name="costs", heading="x", table=one) for one in (table, short, table)]

    assert briefing.share_rows(blocks) == [3, 2, 2]
    assert briefing.share_rows(blocks[:2]) == [6, 2]
    assert briefing.share_rows([]) == []


def test_one_row_more_is_not_said_to_be_several() -> None:
    assert texts.load("en").count("deck.more_rows", 1) == "… and 1 more row"
    assert texts.load("en").count("provenance.more_sources", 1) == "… and 1 more source."


def test_the_page_asks_no_other_host_and_runs_nothing_that_stands_in_the_data(page: str) -> None:
    assert "<script" not in page
    assert "&lt;script&gt;Sumbagsel" in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert not re.findall(r"url\((?![\"']?(?:data:|#))", page)
    assert page.count('role="img"') == page.count("<svg")


@pytest.mark.parametrize("told", LANGUAGES[:1], ids=lambda words: words.language, indirect=True)
def test_the_bundle_holds_every_chart_twice_and_every_table(told: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle.pictures, "png", partial(pictures.png, scale=0.25))  # that each is there is looked at
    with zipfile.ZipFile(io.BytesIO(bundle.zipped(told, sample.beside()))) as archive:
        names = archive.namelist()
        drawn = {name.removesuffix(".svg") for name in names if name.endswith(".svg")}
        gaps = pl.read_csv(archive.read("tables/gaps.csv"))
        svgs = [archive.read(name).decode() for name in names if name.endswith(".svg")]
        pngs = [archive.read(name)[:8] for name in names if name.endswith(".png")]
        said = archive.read("sources.txt").decode()

    assert drawn == {name.removesuffix(".png") for name in names if name.endswith(".png")}
    # What a screen draws of one branch; the map and the ranking take several.
    charts = "standing course-total course-formal course-informal flows parts movers payments demand mix comparison"
    assert [name.partition("-")[2] for name in sorted(drawn)] == [*charts.split(), "plan", "targets", "backtest"]
    lists = "history projection fan parts movers money demand strain milestones mix comparison plan targets backtest"
    assert {f"tables/{name}.csv" for name in lists.split()} <= set(names)
    assert max(map(len, svgs)) < 65_000
    assert all("font/woff;base64," in one for one in svgs)
    assert not any(re.search(r"""(?:href|src)=["'](?!data:|#)|url\((?!["']?(?:data:|#))""", one) for one in svgs)
    assert set(pngs) == {b"\x89PNG\r\n\x1a\n"}
    assert gaps.filter(pl.col("segment") == "informal")["gap"].to_list() == [33_250]
    assert all(told.texts("provenance.sample") in one for one in svgs)
    assert told.source.fingerprint in said


@pytest.fixture(scope="module")
def own(told: Results) -> str:
    """The words of a briefing of own figures, from a dataset with a sign that the letters do not have."""
    theirs = replace(told, source=replace(told.source, sample=False, dataset="Desa 😀 baru"))
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(briefing_pdf.pdf(theirs))).pages)


def test_a_briefing_of_own_figures_does_not_call_them_a_sample(told: Results, own: str) -> None:
    assert told.texts("provenance.sample") not in own


def test_a_sign_that_the_letters_do_not_have_is_seen_as_a_box_and_not_lost(own: str) -> None:
    assert "Desa □ baru" in own


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_the_title_of_a_picture_is_a_headline_and_that_of_the_slides(words: texts.Texts) -> None:
    (view, fingerprint), scenario = sample.looked(Scope(regions=("Sumbagsel",))), scenarios.named("all-together")
    told = results.of(view, scenario, words, None, None, sample.noted(view, scenario, words, fingerprint=fingerprint))

    drawn = [*gallery.bullet(told), gallery.course_of(told, None), *gallery._parts(told), *gallery._movers(told)]

    titles = {picture.name: picture.title for picture in drawn}
    assert [title for title in titles.values() if len(title.split()) > 16] == []
    assert titles["standing"] == pages_of_standing.standing_page(told).title
    assert titles["course-total"] == pages_of_course.trajectory_page(told).title
    assert titles["parts"] == pages_of_course.differs_page(told).title
