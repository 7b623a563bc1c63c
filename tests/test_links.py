"""Is whatever a visitor can choose in the page's link, does the link open the same page again, and is it short?"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from coverage.base import texts
from coverage.model import scenarios
from coverage.records import library
from pages import SCREENS
from pages.parts import inputs, links
from tests.pickers import picker
from tests.test_pages import SECONDS, everything, labels

ROOT = Path(__file__).resolve().parent.parent
EN = texts.load("en")
LONGEST = 2000
# The cockpit needs a browser: without one the plain sliders stand for it.
PLAIN = {"sliders": "plain"}


@pytest.fixture(autouse=True)
def _started_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take pytest's own arguments away: the app would take one for the folder to watch."""
    monkeypatch.setattr(sys, "argv", ["app.py"])


def calls() -> Iterator[tuple[Path, ast.Call]]:
    """Yield every call that stands in a page or a part of one."""
    for path in (ROOT / "pages").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield path, node


def of(call: ast.Call) -> dict[str | None, str]:
    """Return the keyword arguments of a call, as they are written."""
    return {word.arg: ast.unparse(word.value) for word in call.keywords}


def cold(screen: str, link: Mapping[str, str | list[str]]) -> AppTest:
    """Open a page by its link, as the first thing that a visitor does."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=SECONDS)
    app.query_params.update(link | (PLAIN if screen == "simulate" else {}))
    return (app if screen == SCREENS[0] else app.switch_page(f"pages/{screen}.py")).run()


def told(app: AppTest) -> str:
    return "\n".join(re.sub(r"\\(.)", r"\1", one.value) for one in app.warning)


def link_of(app: AppTest) -> dict[str, str]:
    return {name: values[0] if isinstance(values, list) else values for name, values in app.query_params.items()}


# Everything that a page lets its visitor choose, none of it as the page opens.
CHOSEN = [
    ("overview", {"branch": "", "lens": "informal", "month": "2022-06", "open": "bullet_table|trajectory_table"}),
    ("overview", {"region": "Sumbagsel", "branch": "Jambi", "segments": "informal", "targets": "ucj-2025"}),
    (
        "branches",
        {"rank": "status", "branch": "", "open": "map|strain_sets|strain_milestones|places_table|small_table"},
    ),
    (
        "simulate",
        {
            "levers": "informal",
            "rules": "informal",
            "solve.segment": "formal",
            "solve.lever": "lapse",
            "solve.by": "2023-09",
            "solve.chance": "0.8",
            "mix.new": "30000",
            "mix.months": "6",
            "mix.budget": "500",
            "mix.workers_limit": "5000",
            "open": "solve|mix|rules|simulated_table|more_levers_informal",
            "formal.new": "0.2",
        },
    ),
    ("compare", {"compare": "baseline|current", "explain": "current", "plan": "keep-them", "formal.lapse": "-0.1"}),
    ("present", {"screen": "4"}),
    ("data", {"data": "published/national", "open": "backtest_open", "severity": "warning"}),
    ("method", {"tab": "targets", "targets": "ucj-2025"}),
]


@pytest.mark.parametrize(("page", "link"), CHOSEN)
def test_what_is_chosen_is_in_the_link_and_the_link_shows_it_again(page: str, link: dict[str, str]) -> None:
    app = cold(page, {"lang": "en"} | link)

    written = link_of(app)
    again = cold(page, written)

    assert not app.exception
    assert not [one.value for one in app.warning if "not used" in one.value]
    assert {name: written.get(name) for name in link} == link
    assert everything(again) == everything(app)
    assert link_of(again) == written
    assert everything(app) != everything(cold(page, {"lang": "en"}))


@pytest.mark.parametrize(
    ("link", "segment"),
    [
        ({}, "formal"),
        ({"informal.new": "0.2"}, "informal"),
        ({"formal.new": "0.1", "informal.new": "0.2"}, "formal"),
        ({"informal.new": "0.2", "levers": "formal"}, "formal"),
    ],
)
def test_a_link_opens_with_the_levers_that_it_moves_unless_it_says_whose(link: dict[str, str], segment: str) -> None:
    app = cold("simulate", {"lang": "en"} | link)

    assert app.segmented_control(key="lever_segment").value == segment
    assert EN("simulate.reset_segment", segment=EN(f"segment.{segment}")) in {one.label for one in app.button}
    assert everything(cold("simulate", link_of(app))) == everything(app)


@pytest.mark.parametrize("segment", ["formal", "informal"])
def test_a_segment_s_levers_stay_when_those_of_another_are_moved(segment: str) -> None:
    other = {"formal": "informal", "informal": "formal"}[segment]
    app = cold("simulate", {"lang": "en", "levers": segment})
    app.session_state["scenario"] = {"levers": {other: {"new": 0.2}}}
    app.run()

    assert app.segmented_control(key="lever_segment").value == segment
    assert (
        app.segmented_control(key="lever_segment").value
        == cold("simulate", link_of(app)).segmented_control(key="lever_segment").value
    )


def test_the_whole_region_is_in_the_link_although_the_app_opens_with_one_branch() -> None:
    app = cold("overview", {"lang": "en"})
    picker(app, "branch").set_value("").run()

    assert link_of(app)["branch"] == ""
    assert f"**{EN('frame.everywhere')}**" in labels(cold("overview", link_of(app)))


def test_a_setting_that_stands_twice_in_a_link_is_told_with_the_one_that_counts() -> None:
    app = cold("simulate", {"lang": "en", "informal.new": ["0.1", "0.3"], "formal.new": ["0.2", "0.2"]})

    assert app.session_state["scenario"]["levers"] == {"informal": {"new": 0.3}, "formal": {"new": 0.2}}
    told = [re.sub(r"\\(.)", r"\1", one.value) for one in app.warning]
    assert told == ['The setting "informal.new" stands in the link more than once (0.1 · 0.3); "0.3" is used.']


def test_what_is_strange_in_a_link_is_told_and_takes_nothing_else_away() -> None:
    strange = {"fbclid": "IwAR0", "formal.lapse": "nan", "p2.workers": "5"}  # a programme needs more than that
    paid = {"p1.name": "APBD", "p1.segment": "informal", "p1.workers": "100", "p1.starts": "2023-03", "p1.months": "6"}
    app = cold("simulate", {"lang": "en", "informal.new": "0.2"} | strange | paid)

    told = "\n".join(re.sub(r"\\(.)", r"\1", one.value) for one in app.warning)
    assert [name for name in ("fbclid", "formal.lapse", "p2.") if f'"{name}' not in told] == []
    kept = link_of(app)
    assert (kept["informal.new"], kept["p1.workers"]) == ("0.2", "100")
    assert strange.keys() & kept.keys() == set()


def test_a_lever_of_a_segment_that_is_not_shown_is_told_to_do_nothing() -> None:
    app = cold("simulate", {"lang": "en", "migrant.new": "0.2"})

    assert [
        one.value
        for one in [*app.markdown, *app.warning]
        if "happens there" in one.value and "Migrant workers" in one.value
    ]


def test_own_files_are_said_in_the_link_so_that_nobody_takes_others_for_them() -> None:
    app = cold("data", {"lang": "en"})
    own = b"bulan;cabang;segmen;aktif\n2022-12;Palembang;PU;138.000\n2023-01;Palembang;PU;139.200\n"
    app.file_uploader[0].set_value([("own.csv", own, "text/csv")]).run()

    assert link_of(app)["data"] == "uploaded"
    again = cold("overview", link_of(app))
    assert any(texts.load("en")("error.upload_gone") in re.sub(r"\\(.)", r"\1", one.value) for one in again.warning)


def test_the_notes_of_a_meeting_are_in_the_link_and_each_opens_where_it_was_made() -> None:
    app = cold("simulate", {"lang": "en", "informal.new": "0.2", "open": "meeting_panel"})
    app.text_input(key="mark_title").set_value("Twenty more")
    app.button(key="mark").click().run()
    picker(app, "branch").set_value("Jambi").run()

    link = next(one.value for one in app.markdown if "[Twenty more](" in one.value)
    assert "branch=Palembang" in link
    assert "informal.new=0.2" in link
    assert link_of(app)["branch"] == "Jambi"

    again = cold("simulate", link_of(app))
    assert any("[Twenty more](" in one.value for one in again.markdown)
    again.button(key="open_mark_0").click().run()
    assert again.session_state["branch"] == "Palembang"

    gone = cold("simulate", {"lang": "en", "meeting": "nobody-kept"})
    assert any(texts.load("en")("error.meeting_gone") in re.sub(r"\\(.)", r"\1", one.value) for one in gone.warning)


@pytest.mark.parametrize(
    ("page", "name", "wrong"),
    [
        ("overview", "lens", "construction"),  # known, but Palembang has no such members in these data
        ("branches", "rank", "luck"),
        ("branches", "page", "7"),
        ("branches", "open", "cellar"),
        ("simulate", "levers", "everybody"),
        ("method", "tab", "secrets"),
        ("data", "severity", "gossip"),
        ("data", "problems", "99"),
        ("data", "file", "secret"),
    ],
)
def test_a_choice_that_cannot_be_had_is_told_and_not_handed_on(page: str, name: str, wrong: str) -> None:
    app = cold(page, {"lang": "en", name: wrong})

    told = [one.value for one in app.warning if wrong in one.value]
    assert len(told) == 1
    assert f'setting "{name}" holds' in re.sub(r"\\(.)", r"\1", told[0])
    assert name not in link_of(app)


def test_every_unknown_segment_is_told_and_a_list_that_is_cut_says_so() -> None:
    app = cold("overview", {"lang": "en", "segments": "formal|x|y", "month": "2031-01"})

    months = " | ".join(
        f"{year}-{month:02d}" for year, month in [(2023, 1), *((2022, one) for one in range(12, 1, -1))]
    )
    assert [re.sub(r"\\(.)", r"\1", one.value) for one in app.warning] == [
        'There is no segment "x" in this selection. There are: formal | informal | construction.',
        'There is no segment "y" in this selection. There are: formal | informal | construction.',
        f'There is no month "2031-01" in these data. There are: {months} ….',
    ]


def test_what_is_asked_in_a_panel_is_told_where_it_cannot_be_had() -> None:
    wrong = {"solve.lever": "luck", "solve.chance": "0.77", "mix.months": "999", "mix.new": "-4", "rules": "x"}
    app = cold("simulate", {"lang": "en", "open": "solve_panel|mix_panel|rules_panel"} | wrong)

    told = "\n".join(re.sub(r"\\(.)", r"\1", one.value) for one in app.warning)
    assert [name for name, value in wrong.items() if f'"{name}" holds "{value}"' not in told] == []
    assert wrong.keys() & link_of(app).keys() == set()


def test_whatever_can_be_unfolded_is_in_the_link() -> None:
    # All are drawn by `widgets.unfold`, which takes what was declared; but the history of a saved scenario is no choice
    # on the screen: it stands in the library's folder.
    places = [
        path.name for path, call in calls() if ast.unparse(call.func) == "st.expander" and "on_change" in of(call)
    ]
    assert sorted(places) == ["library.py", "widgets.py"]
    assert len(inputs.PANELS) == len(set(inputs.PANELS)) > 30


def test_no_widget_names_the_key_of_a_declared_input_once_more() -> None:
    keys = {str(declared.key) for declared in inputs.INPUTS} | {panel.removesuffix("_table") for panel in inputs.PANELS}
    named = {(path.name, of(call).get("key")) for path, call in calls()}
    assert {(name, key) for name, key in named if key is not None and key.strip("'") in keys} == set()


def test_a_tool_of_simulate_is_in_the_link_while_it_is_open_there_and_stays_open_in_another_language() -> None:
    app = cold("simulate", {"lang": "en", "open": "rules_panel"})
    app.button_group(key=links.SWITCHES).set_value(["rules_panel", "library_panel"]).run()

    assert link_of(app)["open"] == "rules|library"
    assert texts.load("en")("library.save") in [one.label for one in app.expander]

    app.session_state["language"] = "id"
    app.run()
    assert link_of(app)["open"] == "rules|library"
    assert texts.load("id")("library.save") in [one.label for one in app.expander]

    app.button_group(key=links.SWITCHES).set_value([]).run()
    assert "open" not in link_of(app)


def test_the_file_whose_headers_are_shown_is_in_the_link() -> None:
    app = cold("data", {"lang": "en"})
    (box,) = (one for one in app.selectbox if one.label == EN("data.head.file"))
    box.set_value("jambi.csv").run()

    assert link_of(app) == {"lang": "en", "file": "jambi.csv"}
    (box,) = (one for one in cold("data", link_of(app)).selectbox if one.label == EN("data.head.file"))
    assert box.value == "jambi.csv"


def test_what_is_looked_for_in_the_library_is_in_the_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAKUPAN_LIBRARY", str(tmp_path))
    for number in range(10):
        one = scenarios.validated({"name": f"Rakor {number}"}, file="")
        library.save(tmp_path, one, author="Sari", tags=["rakor"], now=datetime(2023, 2, number + 1, tzinfo=UTC))
    asked = {"search": "sari", "tagged": "rakor", "shelf": "2", "open": "library"}
    app = cold("simulate", {"lang": "en"} | asked)

    assert {name: link_of(app).get(name) for name in asked} == asked
    names = [one.value for one in app.markdown if one.value.startswith("**Rakor")]
    assert [one.split("**")[1] for one in names] == ["Rakor 1", "Rakor 0"]  # the latest stand on the first page

    gone = cold("simulate", {"lang": "en", "tagged": "rakor|gone", "shelf": "9", "open": "library_panel"})
    assert link_of(gone) == {"lang": "en", "tagged": "rakor", "open": "library"} | PLAIN
    assert [name for name in ('"tagged" holds "gone"', '"shelf" holds "9"') if name not in told(gone)] == []


def test_who_deletes_the_scenario_that_is_open_is_not_told_that_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAKUPAN_LIBRARY", str(tmp_path))
    one = scenarios.validated({"name": "Rakor"}, file="")
    library.save(tmp_path, one, author="Sari", now=datetime(2023, 2, 1, tzinfo=UTC))
    app = cold("simulate", {"lang": "en", "open": "library_panel|library_save", "saved": "rakor@1"})
    app.button(key="delete_rakor").click().run()

    assert [one.value for one in app.error] == []
    assert [one.key for one in library.shelf(tmp_path, deleted=True).entries] == ["rakor"]


# A page as full as it gets: every choice made, every panel of Simulate open, the longest names of the sample.
FULL = """
import streamlit as st
from coverage.model import scenarios
from pages.parts import inputs, links, session
session.begin()
state = st.session_state
chosen = {"dataset": "published/regencies", "region": "Sumbagsel", "province": "Sumatera Selatan",
    "row_level": "province", "branch": "Musi Banyuasin-Banyuasin",
    "segments": ["formal", "informal", "construction"], "month": "2022-12", "target_set": "ucj-2025",
    "lens": "construction", "rank": "pace_ratio", "screen": "8", "compared": list(scenarios.presets())[:4],
    "explained": "workforce-growth", "plan": "workforce-growth", "plan_made": "2022-06", "small_page": 12,
    "method_tab": "projection", "severities": ["error", "warning", "note"], "problem_page": 12, "share_out": "equal",
    "lever_lens": "construction", "ruled": "construction", "meeting_kept": "x" * 12, "library_search": "rapat",
    "library_tie": "angkatan-kerja-bertambah@12", "library_with": ["rapat"], "library_page": 12,
    "headers_of": "musi-banyuasin-banyuasin.csv", "targets_file": "uploaded", "second_chart": "branches",
    "due_month": "2023-12", "discount_group": "transport", "assumed_growth": "0.035"}
chosen |= {f"solving_{name}": "construction" for name in ("segment", "lever", "by", "chance")}
chosen |= {key: 10_000_000 for key in links.FRAME.values() if key.startswith("mixing_")}
state.update({key: value for key, value in chosen.items()})
# Of the levers, and of the tables of rules, the page shows one segment's.
state.update({panel: True for panel in inputs.PANELS if not ("table" in panel or "more_levers" in panel) or panel in {
    "flows_table", "payments_table", "mix_curve_table", "rule_construction_table"}})
assert set(links.FRAME.values()) - set(state) == set(), set(links.FRAME.values()) - set(state)
for name, one in scenarios.presets().items():
    st.text(links.address(scenarios.simplified(one)))
"""


def test_the_fullest_link_of_every_shipped_scenario_has_at_most_two_thousand_signs() -> None:
    app = AppTest.from_string(FULL, default_timeout=30).run()

    assert not app.exception
    addresses = [one.value for one in app.text]
    assert len(addresses) == len(scenarios.presets())
    host = "https://cakupan.kantor-wilayah.example.go.id/simulate"
    assert {len(host + one[one.index("?") :]) for one in addresses if len(host) + len(one) > LONGEST} == set()
    assert dict(parse_qsl(urlsplit(addresses[-1]).query))["branch"] == "Musi Banyuasin-Banyuasin"
