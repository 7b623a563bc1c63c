"""Is the briefing two pages, whole in itself, safe, and marked as what it is?"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import polars as pl
import pytest
from pypdf import PdfReader

from coverage.base import texts
from coverage.model import chance, links, scenarios
from coverage.model.view import Scope
from coverage.reports import briefing, briefing_html, briefing_pdf, bundle, page_parts, results
from coverage.reports.results import Results
from tests import sample

LANGUAGES = [texts.load(name) for name in texts.languages()]


@pytest.fixture(scope="module", params=LANGUAGES, ids=lambda words: words.language)
def told(request: pytest.FixtureRequest) -> Results:
    words: texts.Texts = request.param
    (view, fingerprint), scenario = sample.looked(), scenarios.named("funded-programme")
    source = sample.noted(view, scenario, words, dataset="<script>Sumbagsel", fingerprint=fingerprint)
    return results.of(view, scenario, words, None, chance.draw_futures(view), source)


def test_the_briefing_is_two_pages_that_say_sample_and_the_founding_figures(told: Results) -> None:
    first, second = (page.extract_text() for page in PdfReader(io.BytesIO(briefing_pdf.pdf(told))).pages)

    for page in (first, second):
        assert told.texts("provenance.sample") in page
    for figure in (34_800, 33_250, 174_000, 95_000):
        assert told.texts.people(figure) in first
    assert re.search(r"17[.,]000", second)  # who drops out when the money ends


def test_a_very_long_name_is_written_in_part_and_leaves_the_heads_and_figures_whole() -> None:
    words = LANGUAGES[0]
    view, fingerprint = sample.looked(Scope(branches=("Palembang", "Jambi")))
    long = "Palembang " + "dan sekitarnya " * 8
    renamed = replace(
        view,
        series=view.series.with_columns(pl.col("branch").replace("Palembang", long)),
        table=view.table.with_columns(pl.col("branch").replace("Palembang", long)),
        grouped={},
    )
    source = sample.noted(view, scenarios.Scenario(), words, fingerprint=fingerprint)
    told = results.of(renamed, scenarios.Scenario(), words, None, None, source)

    page = PdfReader(io.BytesIO(briefing_pdf.pdf(told))).pages[1].extract_text()

    for head in ("attainment", "pace", "required_pace", "status"):
        assert words(f"table.{head}") in page
    assert words.people(68_050) in page
    assert re.search(r"Palembang dan sekitarnya .*…", page)


def many_programmes(words: texts.Texts) -> Results:
    """Return the whole sample with seven programmes of long names, each of which ends in a year of its own."""
    said = {"segment": "informal", "workers": "500", "fund": "government", "months": "4"}
    name = "Perlindungan pekerja rentan, nelayan, petani dan pemulung kabupaten "
    own = {f"p{place}.name": f"{name}{place}" for place in range(1, 8)}
    own |= {f"p{place}.starts": f"2023-{place + 1:02d}" for place in range(1, 8)}
    every = own | {f"p{place}.{key}": value for place in range(1, 8) for key, value in said.items()}
    (view, fingerprint), scenario = sample.looked(Scope()), links.from_query(every)
    source = sample.noted(view, scenario, words, fingerprint=fingerprint)
    return results.of(view, scenario, words, None, chance.draw_futures(view), source)


@pytest.mark.parametrize("words", LANGUAGES, ids=lambda words: words.language)
def test_many_programmes_leave_two_pages_with_whole_heads_and_room_that_is_used(words: texts.Texts) -> None:
    told = many_programmes(words)

    pages = PdfReader(io.BytesIO(briefing_pdf.pdf(told))).pages

    second = pages[1].extract_text()
    assert len(pages) == 2
    for name in ("workers", "counted", "person_months", "payer_rupiah", "members_rupiah"):
        assert words(f"table.{name}") in second
    assert "kabupaten 4:" not in second  # three ends are told, the table has the others
    _, tight = briefing_html.html(told).split('<section class="tight">')
    assert tight.count('<tr><th scope="row">Perlindungan') == 2 + 2  # beside three branches on a page of seven rows


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


def test_the_page_asks_no_other_host_and_runs_nothing_that_stands_in_the_data(told: Results) -> None:
    page = briefing_html.html(told)

    assert "<script" not in page
    assert "&lt;script&gt;Sumbagsel" in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert not re.findall(r"url\((?![\"']?(?:data:|#))", page)
    assert page.count('role="img"') == page.count("<svg")


@pytest.mark.parametrize("told", LANGUAGES[:1], ids=lambda words: words.language, indirect=True)
def test_the_bundle_holds_every_chart_twice_and_every_table(told: Results) -> None:
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
