"""Does each screen of the presentation say its figure, and is its message one sentence?"""

from __future__ import annotations

import re
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from coverage.answers import money
from coverage.base import settings, texts
from coverage.charts.present import draw_shortages, enlarge
from coverage.intake import register
from coverage.model import runs, scenarios, targets
from coverage.model import view as views
from coverage.model.view import Scope, View
from coverage.records import library, meeting
from coverage.records.meeting import Decision, Meeting
from coverage.reports import screens
from coverage.standing import gaps
from tests import sample

ID, EN = texts.load("id"), texts.load("en")
ROOT = Path(__file__).resolve().parent.parent
PAID = scenarios.loads(
    '[[programme]]\nname = "APBD"\nsegment = "informal"\nworkers = 10000\nstarts = "2023-03"\nmonths = 6\n', "paid.toml"
)


@pytest.fixture(scope="module")
def palembang() -> View:
    """The founding case."""
    return sample.looked()[0]


def test_the_first_screen_says_the_founding_case(palembang: View) -> None:
    said = screens.message_of_standing(palembang, EN)

    assert said.title == "68,050 workers short of the target of 269,000: formal 34,800, informal 33,250."
    assert (said.figure, said.label) == ("74.7%", "200,950 of the target of 269,000")
    assert said.lines == ("Formal 80.0%: 34,800 short", "Informal 65.0%: 33,250 short")


def test_a_segment_s_screen_says_its_own_figures(palembang: View) -> None:
    said = screens.message_of_segment(palembang, "informal", ID)

    assert said.title == "Informal kurang 33.250 pekerja dari target 95.000."
    assert said.figure == "65,0\u00a0%"
    assert any("3.023" in line for line in said.lines)  # 33 250 missing in 11 months


def test_millions_beside_a_picture_are_short_and_stand_in_full_below() -> None:
    everywhere = views.retarget(sample.looked(Scope())[0], targets.TargetSet())

    formal, informal = (screens.message_of_segment(everywhere, name, EN) for name in ("formal", "informal"))

    assert (formal.figure, formal.lines[0]) == ("1.2M", "1,239,480 active workers")
    assert (informal.figure, informal.lines) == ("447,950", ("Pace +8,692 a month",))


def test_a_pace_of_fewer_months_than_twelve_says_so() -> None:
    early = views.of(
        sample.handed().table,
        register.read(settings.DATA / "branches.csv"),
        targets.TargetSet(),
        scope=sample.PALEMBANG,
        as_of=date(2020, 6, 1),
        settings=settings.load(),
    )

    for said in (screens.message_of_standing(early, EN), screens.message_of_segment(early, "formal", EN)):
        assert [line for line in said.lines if line.endswith(" a month, from 5 months of history")] != []


def test_what_it_takes_adds_up_the_segments(palembang: View) -> None:
    needs = screens.needed(palembang)
    said = screens.message_of_demand(palembang, needs, EN)

    assert said.figure == EN.people(needs["needed"].sum())
    # What is needed covers the gap and everybody who drops out on the way; all else stays without new steps.
    assert needs["segment"].to_list() == ["formal", "informal"]
    assert needs["needed"].sum() > 68050 / 11
    assert said.lines[-1] == "All else without new steps."


def test_without_a_programme_the_cost_of_paying_for_all_is_told(palembang: View) -> None:
    said = screens.message_of_costs(palembang, scenarios.Scenario(), pl.DataFrame(), EN)

    # 68 050 workers × Rp16 800 × 12 months = Rp13 718 880 000
    assert said.figure == "Rp13.72 billion"
    assert "68,050" in said.title


def test_without_a_target_it_is_said_where_the_scope_comes_from_and_that_there_is_none(palembang: View) -> None:
    said = screens.message_of_standing(views.retarget(palembang, targets.TargetSet()), EN)

    assert said.title.startswith("All together: ")
    assert said.title.endswith("200,950 in January 2023.")
    assert said.lines[-1] == "There is no target for this choice."


def test_only_screens_with_something_of_their_own_to_say_are_shown(palembang: View) -> None:
    every = sample.looked(Scope())[0]
    free, nothing = (views.retarget(one, targets.TargetSet()) for one in (palembang, every))
    still, paid = scenarios.Scenario(), scenarios.presets()["funded-programme"]
    full = ["standing", "formal", "informal", "branches", "what_if", "takes", "costs", "decision"]

    assert screens.order(palembang, every, still) == full
    assert screens.order(free, every, still) == [one for one in full if one not in {"takes", "costs"}]
    assert screens.order(free, nothing, paid) == [one for one in full if one not in {"branches", "takes"}]
    assert screens.order(palembang, palembang, still) == [one for one in full if one != "branches"]


def test_one_segment_alone_stands_where_all_stand(palembang: View) -> None:
    alone, _ = sample.looked(Scope(branches=("Palembang",), segments=("informal",)))

    assert screens.order(alone, sample.looked(Scope())[0], scenarios.Scenario())[:2] == ["standing", "branches"]


def test_a_programme_costs_its_months(palembang: View) -> None:
    run = runs.flows(palembang, PAID, 11)

    said = screens.message_of_costs(palembang, PAID, money.yearly(money.monthly(palembang, PAID, run)), EN)

    # 10 000 workers × Rp16 800 × 6 months = Rp1 008 000 000
    assert said.figure == "Rp1.01 billion"
    assert said.lines == ("APBD, Mar–Aug 2023: Rp1.01 billion for 10,000 workers",)


def test_the_cliff_is_the_first_thing_said_below_a_scenario(palembang: View) -> None:
    still = runs.baseline_table(palembang, 11, [])
    moved = runs.table_of_run(palembang, runs.flows(palembang, PAID, 11), name="scenario", keys=[])

    said = screens.message_of_what_if(still, moved, None, EN, changed=True)

    assert said.lines[0].startswith("Mind September 2023")


def test_what_if_says_what_a_surplus_elsewhere_does_not_fill(palembang: View) -> None:
    still = runs.baseline_table(palembang, 11, [])
    # Together 1 000 above the target; but 700 are missing in one of the two segments.
    met = still.with_columns(covered=pl.col("target") + 1_000, short=pl.lit(700.0))

    said = screens.message_of_what_if(still, met, None, EN, changed=True)

    assert said.lines[0] == "Branch by branch 700 are still short."
    assert "workers more than without new steps" in said.lines[1]
    assert (
        screens.message_of_what_if(still, met.with_columns(short=pl.lit(0.0)), None, EN, changed=True).lines
        == said.lines[1:]
    )


def test_below_a_chart_stand_its_band_and_the_chance_of_the_target() -> None:
    fan = pl.DataFrame({"p10": [1.0, 80.0], "p90": [2.0, 90.0], "chance": [0.0, 0.25]})

    assert screens.describe_band(fan, ID) == [
        "Pita tipis: 8 dari 10 kemungkinan.",
        "Peluang target tercapai: 2 dari 10.",
    ]
    assert screens.describe_band(fan.with_columns(chance=None), EN) == ["Pale band: 8 of 10 futures."]
    assert (
        screens.describe_band(fan.with_columns(p90="p10"), EN) == []
    )  # a rule sets the path: there is no band to be seen
    assert screens.describe_band(None, EN) == []


# The registrations of the sample begin in January 2020: by June there are six months of them.
@pytest.mark.parametrize(("month", "banded"), [("2020-06", False), ("2021-06", True)])
def test_with_few_months_of_registrations_a_screen_has_no_band_and_no_error(
    month: str, banded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    # The what-if needs a browser: without one the plain sliders stand for it.
    app.query_params.update({"lang": "en", "month": month, "screen": "2", "sliders": "plain"})
    app.switch_page("pages/present.py").run()
    on_the_segment_s = EN("present.band") in said(app)
    app.button(key="stage_last").click().run()
    for _ in range(3):  # to what if
        app.button(key="stage_previous").click().run()

    assert not app.exception
    assert app.session_state["screen"] == "5"
    assert (on_the_segment_s, "Chance of the target: " in said(app)) == (banded, banded)


def test_the_sliders_are_three_levers_that_stay_where_they_are(palembang: View) -> None:
    found = screens.levers_that_matter(palembang, 11)

    assert len(found) == 3
    assert found[0] == ("informal", "new")  # a tenth of it moves 1 900 workers, no other lever as many
    assert {name for _, name in found} <= {"new", "lapse", "back"}


def test_the_last_screen_asks_until_something_is_decided() -> None:
    decided = Meeting(decision=(Decision(what="Go", at="2026-11-23T10:00:00Z"),))  # type: ignore[arg-type]

    assert screens.message_of_decision(PAID, Meeting(), EN).title == "What do we decide?"
    assert screens.message_of_decision(PAID, decided, EN).title == "Go"
    assert screens.message_of_decision(scenarios.Scenario(), decided, EN).lines == ("Without new steps",)


def test_a_chart_for_the_last_row_keeps_its_data_and_has_larger_letters(palembang: View) -> None:
    chart = draw_shortages(gaps.ranking(palembang), EN, alt_text="x")

    large = enlarge(chart, 2.34)

    assert large.data.equals(chart.data)
    assert "height" not in large.spec
    label = large.spec["config"]["axis"]["labelFontSize"]["expr"]
    grown = "max(1, min(windowSize()[1] / 720, windowSize()[0] / 1280))"
    assert label == f"28.08 * (windowSize()[0] <= 800 ? 0.5 : {grown})"
    assert chart.spec["config"]["axis"]["labelFontSize"] == 12  # the chart of the other pages stays as it is


PANELS = """
import streamlit as st
from pages.parts import frame, library, meeting, session, steps
session.begin()
frame.draw()
screen = session.start()
which = st.segmented_control("which", ["library", "meeting"], key="which", default="{which}")
if which == "library":
    library.panel(screen, steps.current_scenario(), steps.put)
else:
    meeting.panel(screen, steps.put)
"""


def panel(which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **link: str) -> AppTest:
    monkeypatch.setenv("CAKUPAN_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_string(PANELS.replace("{which}", which), default_timeout=120)
    app.query_params.update({"lang": "en", "open": "library_save"} | link)
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(re.sub(r"\\(.)", r"\1", one.value) for one in app.markdown)


def test_the_panel_saves_opens_plans_deletes_and_puts_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "library"
    app = panel("library", tmp_path, monkeypatch, **{"informal.new": "0.2"})
    assert not app.exception
    assert EN("library.none") in said(app)

    app.text_input(key="library_by").set_value("Sari").run()
    app.text_input[1].set_value("Dorong")
    app.text_input[3].set_value("rakor, uang")
    app.button(key="save_new").click().run()
    (entry,) = library.shelf(root).entries
    assert (entry.key, entry.scenario.author, entry.tags) == ("dorong", "Sari", ("rakor", "uang"))
    saved = {"name": "Dorong", "author": "Sari", "levers": {"informal": {"new": 0.2}}}
    assert app.session_state["scenario"] == saved  # it is now the open one
    assert EN("library.save_version", name="Dorong") in [one.label for one in app.button]

    app.session_state["scenario"] = {"levers": {"informal": {"new": 0.5}}}
    app.run()
    app.text_input[1].set_value("Dorong")
    app.button(key="save_version").click().run()
    app.button(key="make_plan_dorong").click().run()
    assert [one.version for one in library.versions(root, "dorong")] == [1, 2]
    assert [one.scenario.author for one in library.versions(root, "dorong")] == ["Sari", "Sari"]  # typed once
    plan = library.plan_of_record(root)
    assert plan is not None
    assert plan.by == "Sari"
    assert "Plan of record: Dorong, version 2" in said(app)

    app.session_state["scenario"] = {}
    app.button(key="open_dorong").click().run()
    assert app.session_state["scenario"]["levers"] == {"informal": {"new": 0.5}}

    app.button(key="delete_dorong").click().run()
    assert library.shelf(root).entries == ()
    app.button(key="restore_dorong").click().run()
    assert not app.exception
    assert len(library.versions(root, "dorong")) == 2


def test_the_link_still_says_of_which_scenario_the_next_version_would_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.save(tmp_path / "library", scenarios.Scenario(name="Dorong"), author="Sari", now=datetime.now(UTC))
    app = panel("library", tmp_path, monkeypatch, saved="dorong@1", **{"informal.new": "0.2"})

    app.text_input[1].set_value("Dorong")
    app.button(key="save_version").click().run()

    one, two = library.versions(tmp_path / "library", "dorong")
    assert (one.version, two.version, two.based_on) == (1, 2, 1)
    assert app.session_state["library_tie"] == "dorong@2"


@pytest.mark.parametrize("tie", ["dorong@1", "dorong", "../dorong@1", "@", "dorong@x"])
def test_a_link_to_what_is_not_in_the_library_is_told_and_only_a_new_one_can_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tie: str
) -> None:
    app = panel("library", tmp_path, monkeypatch, saved=tie)

    assert not app.exception
    assert "is no longer in the library" in app.error[0].value
    assert "save_version" not in [one.key for one in app.button]


def test_a_library_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "library").write_text("no folder", "utf-8")
    app = panel("library", tmp_path, monkeypatch)

    app.text_input[1].set_value("Dorong")
    app.button(key="save_new").click().run()

    assert not app.exception
    assert len(app.error) == 1


def test_who_saved_last_can_be_taken_by_a_click_and_is_nobody_until_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour, (name, author) in enumerate([("A", "Budi"), ("B", "Sari"), ("C", "Budi"), ("D", "")]):
        now = datetime(2026, 11, 23, hour, tzinfo=UTC)
        library.save(tmp_path / "library", scenarios.Scenario(name=name), author=author, now=now)
    app = panel("library", tmp_path, monkeypatch)

    offered = app.pills(key="library_last")
    assert (app.text_input(key="library_by").value, offered.options) == ("", ["Budi", "Sari"])
    app.pills(key="library_last").set_value("Sari").run()

    assert app.text_input(key="library_by").value == "Sari"
    assert app.session_state["library_author"] == "Sari"


def test_the_meeting_says_the_last_changes_and_goes_back_to_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = panel("meeting", tmp_path, monkeypatch, **{"informal.new": "0.2"})
    app.session_state["past"] = [app.session_state["scenario"]]
    app.session_state["scenario"] = {"levers": {"informal": {"new": 0.5}}}
    app.run()
    assert "Informal · New registrations: was +20%, now +50%" in said(app)

    app.button(key="meeting_undo").click().run()
    assert app.session_state["scenario"]["levers"] == {"informal": {"new": 0.2}}
    app.button(key="meeting_redo").click().run()
    app.button(key="to_plan").click().run()
    assert app.session_state["scenario"]["levers"] == {"informal": {"new": 0.2}}
    assert not app.exception


def test_a_bookmark_keeps_scenario_and_outcome_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = panel("meeting", tmp_path, monkeypatch, **{"informal.new": "0.2"})

    app.text_input(key="mark_title").set_value("Usul Sari")
    app.button(key="mark").click().run()
    app.text_input(key="decided_what").set_value("Go")
    app.button(key="decide").click().run()

    held = meeting.validated(app.session_state["meeting"])
    (mark,), (decision,) = held.bookmark, held.decision
    assert (mark.title, decision.what) == ("Usul Sari", "Go")
    assert isinstance(mark.outcome, dict)
    assert mark.outcome["en"].startswith("All together reaches")
    assert mark.outcome["id"].startswith("Seluruhnya mencapai")
    assert scenarios.simplified(mark.scenario)["levers"] == {"informal": {"new": 0.2}}
    app.session_state["scenario"] = {}
    app.run()
    assert re.search(r"1\. \[Usul Sari\]\(\S*\?lang=en&\S*informal\.new=0\.2&\S*branch=Palembang", said(app))  # its own
    app.button(key="open_mark_0").click().run()
    assert app.session_state["scenario"]["levers"] == {"informal": {"new": 0.2}}
