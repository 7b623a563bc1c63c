"""Is a target held against the best year that a branch ever had, and is the way to it shared out whole?"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from coverage.base import months, settings, texts
from coverage.charts.targets import draw_ladders
from coverage.commands import cli
from coverage.model import runs, targets
from coverage.model import view as views
from coverage.model.targets import TargetBook, TargetSet
from coverage.model.view import Scope, View
from coverage.standing import so_far, target_difficulty
from coverage.wording.target_difficulty import (
    describe_difficulties,
    describe_difficulty,
    describe_ladders,
    difficulty_table,
)
from tests import frames

ID, EN = texts.load("id"), texts.load("en")
ROOT = Path(__file__).resolve().parent.parent
AS_OF = date(2023, 1, 1)


def branch(
    name: str, active: Sequence[int | None], *, segment: str = "informal", **columns: Any
) -> list[dict[str, object]]:
    """So many months, the last of them January 2023."""
    first = months.code(months.add(AS_OF, 1 - len(active)))
    return [row | {"branch": name, "segment": segment} for row in frames.history(first, active, **columns)]


def a_set(*found: Mapping[str, object], **about: object) -> TargetSet:
    return TargetSet.model_validate({"target": [{"by": "2023-07"} | dict(one) for one in found]} | about)


def view(chosen: TargetSet, *parts: Sequence[dict[str, object]], **scope_of: Any) -> View:
    return views.of(
        frames.branch_months(*[row for part in parts for row in part]),
        frames.register(Palembang="Sumbagsel", Jambi="Sumbagsel"),
        chosen,
        scope=Scope(**scope_of),
        as_of=AS_OF,
        settings=settings.load(),
    )


# The best twelve months of 25: from 100 to 220, ending in January 2022.
UP = branch("Palembang", [*[100] * 12, 220, *[210] * 12])


def only(frame: pl.DataFrame) -> dict[str, Any]:
    (row,) = frame.to_dicts()
    return row


# Strain


def test_a_share_that_asks_for_twice_the_best_year_is_flagged_with_how_much() -> None:
    # 330 − 210 = 120 in six months are 240 in twelve; the best twelve months gave 120.
    row = only(target_difficulty.strain(view(a_set({"branch": "Palembang", "workers": 330}), UP)))

    assert (row["gap"], row["months"], row["needed"]) == (120, 6, 240)
    assert (row["best"], row["best_month"], row["ratio"], row["strained"]) == (120, date(2022, 1, 1), 2, True)
    assert describe_difficulty(row, ID) == "▼ berat: 2,0 ×"


def test_a_share_of_exactly_the_best_year_is_within_reach() -> None:
    row = only(target_difficulty.strain(view(a_set({"branch": "Palembang", "workers": 270}), UP)))

    assert (row["needed"], row["ratio"], row["strained"]) == (120, 1, False)
    assert describe_difficulty(row, EN) == "✔ within reach: 1.00 ×"


@pytest.mark.parametrize(
    ("active", "workers", "best", "ratio", "strained", "said"),
    [
        ([200] * 12, 300, None, None, None, "? riwayat belum setahun"),
        ([300] * 12 + [200], 300, -100, None, True, "▼ belum pernah tumbuh dalam 12 bulan"),
        ([300] * 12 + [200], 150, -100, None, False, "✔ sudah tercapai"),
        ([*[None] * 6, *[100] * 6, 200], 300, None, None, None, "? riwayat belum setahun"),
    ],
)
def test_what_never_grew_or_is_not_known_is_told_apart(
    active: list[int | None], workers: int, best: float | None, ratio: float | None, strained: bool | None, said: str
) -> None:
    row = only(
        target_difficulty.strain(view(a_set({"branch": "Palembang", "workers": workers}), branch("Palembang", active)))
    )

    assert (row["best"], row["ratio"], row["strained"]) == (best, ratio, strained)
    assert describe_difficulty(row, ID) == said


def test_a_target_of_registrations_is_held_against_the_best_year_of_registrations() -> None:
    registered = branch("Palembang", [500] * 13, new=[10] * 12 + [70], lapsed=[10] * 12 + [70])

    # 70 of 250 since January; 180 in six months are 360 in twelve; the best twelve months brought 11 × 10 + 70.
    row = only(target_difficulty.strain(view(a_set({"branch": "Palembang", "new": 250}), registered)))

    assert (row["gap"], row["needed"], row["best"], row["ratio"]) == (180, 360, 180, 2)


def test_a_target_that_is_past_strains_nobody() -> None:
    seen = view(a_set({"branch": "Palembang", "workers": 330, "by": "2022-12"}), UP)

    assert target_difficulty.strain(seen).is_empty()
    assert describe_difficulties(target_difficulty.strain(seen), ID) == ID("strain.none_ahead")


def test_the_sharing_rule_decides_who_is_strained() -> None:
    # 900 for both. By eligible (1 : 2) 300 and 600; by the uncovered 600 − 210 : 1 200 − 110 of what is missing (580).
    up = branch("Palembang", [*[100] * 12, 220, *[210] * 12], eligible=[600] * 25)
    small = branch("Jambi", [*[100] * 12, 120, *[110] * 12], eligible=[1200] * 25)
    chosen = a_set({"region": "Sumbagsel", "workers": 900})
    seen = view(chosen, up, small)

    def shares(rule: targets.ShareOut) -> dict[str, float]:
        table = target_difficulty.strain(target_difficulty.shared(seen, chosen, rule))
        return dict(zip(table["branch"], table["target"], strict=True))

    assert shares("eligible") == {"Palembang": 300, "Jambi": 600}
    # 580 × 390 ÷ 1 480 = 152.8 and 427.2.
    assert shares("uncovered") == {"Palembang": 363, "Jambi": 537}
    # 900 × 210 ÷ 320 = 590.6.
    assert shares("active") == {"Palembang": 591, "Jambi": 309}
    assert all(sum(shares(rule).values()) == 900 for rule in targets.SHARE_OUT)
    assert seen.target.tolist() == [600, 300]  # Jambi first; the view itself is as it was


def test_the_most_strained_is_named() -> None:
    chosen = a_set({"branch": "Palembang", "workers": 330}, {"branch": "Jambi", "workers": 101})
    rows = target_difficulty.strain(view(chosen, UP, branch("Jambi", [*[80] * 12, 90, *[100] * 12])))

    assert rows["branch"].to_list() == ["Palembang", "Jambi"]
    assert describe_difficulties(rows, EN) == (
        "Above the branch's best 12 months: 1 of 2 branch targets. "
        "The hardest is Palembang, informal: 2.0 × its best year."
    )
    for words in (ID, EN):
        assert {len(cells) for cells in difficulty_table(rows, words).values()} == {2}


# Milestones


def test_the_way_is_shared_over_the_months_by_what_the_seasons_bring() -> None:
    # Two years with registrations of 30 in February and April, 0 else, nobody lapsing: net seasons 30 : 0 : 30.
    new = [30 if month in {2, 4} else 0 for month in [*range(2, 13), *range(1, 13), 1]]
    active = [1000 + sum(new[1 : place + 1]) for place in range(24)]
    seen = view(
        a_set({"branch": "Palembang", "workers": active[-1] + 100}),
        branch("Palembang", active, new=new, lapsed=[0] * 24),
    )

    way = target_difficulty.way_to_targets(seen)

    assert way["month"].to_list()[:3] == [date(2023, 2, 1), date(2023, 3, 1), date(2023, 4, 1)]
    assert [workers - active[-1] for workers in way["workers"]] == [50, 50, 100, 100, 100, 100]


def test_without_a_season_the_way_is_even_and_in_whole_people() -> None:
    flat = branch("Palembang", [200] * 13)

    way = target_difficulty.way_to_targets(view(a_set({"branch": "Palembang", "workers": 220}), flat))

    # 20 over six months: the larger remainders first.
    assert way["workers"].to_list() == [204, 208, 211, 214, 217, 220]
    assert not way["given"].any()


def test_milestones_that_are_given_stand_and_the_rest_leads_through_them() -> None:
    chosen = a_set({"branch": "Palembang", "workers": 260, "milestones": {"2023-03": 250}})

    way = target_difficulty.way_to_targets(view(chosen, branch("Palembang", [200] * 13)))

    assert way["workers"].to_list() == [225, 250, 253, 256, 258, 260]
    assert way["given"].to_list() == [False, True, False, False, False, False]


def test_who_is_above_the_target_only_has_to_stay_at_it() -> None:
    way = target_difficulty.way_to_targets(
        view(a_set({"branch": "Palembang", "workers": 150}), branch("Palembang", [200] * 13))
    )

    assert way["workers"].to_list() == [150] * 6


@hypothesis_settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 500), min_size=25, max_size=25), st.integers(0, 5000))
def test_milestones_end_at_the_target_and_never_fall_on_the_way_up(active: list[int], more: int) -> None:
    way = target_difficulty.way_to_targets(
        view(a_set({"branch": "Palembang", "workers": active[-1] + more}), branch("Palembang", active))
    )

    workers = way["workers"].to_list()
    assert workers[-1] == active[-1] + more
    assert workers == sorted(workers)
    assert all(one.is_integer() for one in workers)


def test_the_branches_milestones_add_up_and_one_that_is_there_stays() -> None:
    chosen = a_set({"branch": "Palembang", "workers": 206}, {"branch": "Jambi", "workers": 102, "by": "2023-03"})

    way = target_difficulty.way_to_targets(view(chosen, branch("Palembang", [200] * 13), branch("Jambi", [100] * 13)))

    assert target_difficulty.by_month(way)["workers"].to_list() == [302, 304, 305, 306, 307, 308]


# Several sets


def book(**sets: TargetSet) -> TargetBook:
    return TargetBook(default=next(iter(sets)), sets=sets)


LADDERS = book(
    plan=a_set({"workers": 400}, title="Rencana"),
    stretch=a_set({"branch": "Palembang", "workers": 300}, {"workers": 900, "by": "2024-01"}, title="Regang"),
    flow=a_set({"workers": 1}, title="x").model_copy(update={"target": a_set({"new": 9}).target}),
)


def test_every_set_is_a_figure_for_the_same_people() -> None:
    seen = view(LADDERS.named("plan"), UP, branch("Jambi", [90] * 25))

    steps = target_difficulty.ladders(seen, LADDERS)

    # In July the stretch names Palembang alone: 300, and Jambi's 90 as they are.
    assert steps.select("set", "month", "workers").rows() == [
        ("stretch", date(2023, 7, 1), 390.0),
        ("plan", date(2023, 7, 1), 400.0),
        ("stretch", date(2024, 1, 1), 900.0),
    ]
    assert steps["covered_by"].to_list() == [pytest.approx(0.7), 1, 1]
    titles = {name: str(one.title) for name, one in LADDERS.sets.items()}
    said = describe_ladders(steps, titles, target_difficulty.active(seen), ID)
    assert (
        said
        == "Sekarang 300 pekerja aktif. Target: Jul 2023 390 (Regang); Jul 2023 400 (Rencana); Jan 2024 900 (Regang)."
    )


def test_sets_are_compared_for_those_whom_the_chosen_set_is_about() -> None:
    # The chosen set names Palembang alone: so do history and today's 210, and Jambi has no part in the other set's.
    both = a_set({"branch": "Palembang", "workers": 250}, {"branch": "Jambi", "workers": 150}, title="Dua")
    sets = book(solo=a_set({"branch": "Palembang", "workers": 300}, title="Satu"), both=both)
    seen = view(sets.named("solo"), UP, branch("Jambi", [90] * 25))

    steps = target_difficulty.ladders(seen, sets)

    assert target_difficulty.active(seen) == 210
    assert steps.select("set", "workers", "covered_by").rows() == [("both", 250, 1), ("solo", 300, 1)]


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_chart_of_all_sets_has_every_figure_and_a_line_from_today(words: texts.Texts, dark: bool) -> None:
    seen = view(LADDERS.named("plan"), UP, branch("Jambi", [90] * 25))
    steps = target_difficulty.ladders(seen, LADDERS)
    titles = {name: str(one.title) for name, one in LADDERS.sets.items()}

    chart = draw_ladders(
        so_far.history(seen, []), runs.baseline_table(seen, 12, []), steps, titles, words, alt_text="so", dark=dark
    )

    plan = chart.data.filter(pl.col("kind") == "Rencana")
    assert plan.select("workers", "above", "below").rows() == [(300, None, None), (400, "400", "")]
    assert chart.alt == "so"
    assert set(chart.data["kind"]) == {words("chart.history"), words("chart.baseline"), "Rencana", "Regang"}
    # In July 390 stands just below 400 on a scale up to 900: one is written below its point, the other above.
    written = chart.data.filter(pl.col("above").is_not_null()).sort("month", "workers")
    assert [bool(one) for one in written["below"]] == [True, False, False]
    assert [bool(one) for one in written["above"]] == [False, True, True]


def test_a_set_whose_month_has_passed_is_a_point_to_which_no_line_leads_back() -> None:
    seen = view(LADDERS.named("plan"), UP)
    gone = target_difficulty.ladders(seen, LADDERS).head(1).with_columns(month=pl.lit(date(2022, 6, 1)))
    past, still = so_far.history(seen, []), runs.baseline_table(seen, 12, [])

    chart = draw_ladders(past, still, gone, {gone["set"][0]: "Lama"}, ID, alt_text="so")

    assert chart.data.filter(kind="Lama").height == 1
    assert chart.data.filter(kind="Lama")["above"].null_count() == 0


# On the screen and in the terminal


@pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
def test_the_branches_page_says_who_is_strained_and_opens_its_chart_and_milestones(
    words: texts.Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.query_params.update({"lang": words.language, "targets": "ucj-2025"})
    app.switch_page("pages/branches.py").run()
    assert not app.exception
    before = [one.value for one in app.markdown]
    strained = ("Bandar Lampung", "Bengkulu", "Jambi", "Muara Enim", "Muara Bungo", "Lubuklinggau", "Pangkalpinang")
    assert any(" × " in text and any(branch in text for branch in strained) for text in before)

    app.segmented_control(key="share_out_ucj-2025").set_value("active").run()

    assert not app.exception
    assert app.session_state["share_out"] == "active"


def test_a_share_of_a_province_falls_to_its_branches_by_the_rule_that_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def target(rule: str) -> float:
        options = ["--branch", "Muara Enim", "--target-set", "ucj-2025", "--share-out", rule, "--format", "json"]
        assert cli.main(["targets", *options]) == 0
        return sum(float(row["target"]) for row in json.loads(capsys.readouterr().out))

    assert target("eligible") != target("active")


def test_the_commands_tell_strain_and_milestones(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["targets", "--branch", "Palembang", "--format", "json"]) == 0
    formal, informal = json.loads(capsys.readouterr().out)
    assert (formal["segment"], formal["gap"], formal["strained"]) == ("formal", 34800, True)
    assert (informal["needed"], informal["strained"]) == (pytest.approx(33250 * 12 / 11), True)

    assert cli.main(["milestones", "--branch", "Palembang", "--segment", "formal", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0] == "branch,segment,month,workers,given"
    assert rows[2] == "Palembang,formal,2023-03,145500,true"
    assert rows[-1] == "Palembang,formal,2023-12,174000,false"

    assert cli.main(["targets", "--share-out", "nobody"]) == 2
    assert "eligible | uncovered | gap | active" in capsys.readouterr().err
