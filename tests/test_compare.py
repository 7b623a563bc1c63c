"""Does `compare` and its page say how scenarios differ, what did it, and whether it came as planned?"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from coverage.answers import plans
from coverage.base import settings, texts
from coverage.base.texts import Texts
from coverage.charts.compare import draw_scenarios
from coverage.charts.credit import draw_tornado, draw_waterfall
from coverage.commands import cli
from coverage.model import chance, links, runs
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.targets import TargetSet
from coverage.model.view import Scope, View
from coverage.records import library
from coverage.wording.comparison import describe_farthest, describe_plan_and_actual
from coverage.wording.credit import describe_credit
from tests import frames

ROOT = Path(__file__).resolve().parent.parent
ID, EN = texts.load("id"), texts.load("en")
BOTH = pytest.mark.parametrize("words", [ID, EN], ids=["id", "en"])
PALEMBANG = ("--branch", "Palembang")
COLUMNS = "month,lever,part,error,covered,reference,difference"


# --- the command


@pytest.fixture
def run(capsys, monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*argv):
        capsys.readouterr()
        code = cli.main(["compare", *[str(one) for one in argv]])
        said = capsys.readouterr()
        return SimpleNamespace(code=code, out=said.out, err=said.err)

    return call


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_one_row_per_scenario_key_and_lever_and_one_for_their_sum(run):
    answer = run(
        *PALEMBANG,
        "--scenario",
        "baseline",
        "--scenario",
        "informal-push",
        "--scenario",
        "keep-them",
        "--format",
        "csv",
    )
    assert answer.code == 0
    assert answer.out.splitlines()[0] == f"scenario,against,segment,{COLUMNS},p10,p50,p90,by_itself"
    found = rows(answer.out)
    assert {row["scenario"] for row in found} == {"informal-push", "keep-them"}
    assert {row["against"] for row in found} == {"baseline"}
    assert {row["month"] for row in found} == {"2023-12"}
    push = [row["lever"] for row in found if (row["scenario"], row["segment"]) == ("informal-push", "informal")]
    assert push[0] == "total"
    assert set(push[1:]) == {"informal.new", "informal.back", "informal.extra"}


def test_the_parts_of_a_key_add_up_to_its_difference_of_simulate(run, capsys):
    found = rows(run(*PALEMBANG, "--scenario", "all-together", "--by", "total", "--format", "csv").out)
    capsys.readouterr()
    ends = []
    for name in ("baseline", "all-together"):
        cli.main(["simulate", *PALEMBANG, "--scenario", name, "--by", "total", "--format", "csv"])
        ends.append(float(rows(capsys.readouterr().out)[-1]["covered"]))
    total, *levers = found
    assert float(total["difference"]) == pytest.approx(ends[1] - ends[0], abs=1e-4)
    assert sum(float(row["part"]) for row in levers) == pytest.approx(float(total["difference"]), abs=1e-4)
    assert [row["covered"] for row in levers] == [""] * len(levers)


def test_one_scenario_alone_is_compared_with_the_baseline(run):
    found = rows(run(*PALEMBANG, "--scenario", "keep-them", "--format", "csv").out)
    assert {(row["scenario"], row["against"]) for row in found} == {("keep-them", "baseline")}


def test_a_change_alone_is_compared_with_the_baseline_and_called_by_itself(run):
    found = rows(run(*PALEMBANG, "--set", "informal.new=0.2", "--format", "csv").out)
    assert {(row["scenario"], row["against"]) for row in found} == {("informal.new=0.2", "baseline")}
    assert [row["lever"] for row in found] == ["total", "total", "informal.new"]


def test_the_bounds_are_those_of_the_paired_difference(run):
    answer = run(*PALEMBANG, "--scenario", "keep-them", "--by", "total", "--draws", "60", "--format", "json")
    total, *levers = json.loads(answer.out)
    assert total["p10"] < total["p50"] < total["p90"]
    assert total["p10"] < total["difference"] < total["p90"]
    assert all(row["p10"] is None for row in levers)


def test_the_first_scenario_against_itself_has_no_difference_in_any_future(run):
    found = rows(run(*PALEMBANG, "--draws", "20", "--format", "csv").out)
    assert [(row["lever"], float(row["difference"])) for row in found] == [("total", 0), ("total", 0)]
    assert {row["p10"] for row in found} == {"0"}


@pytest.mark.parametrize("language", ["id", "en"])
def test_people_read_the_difference_and_what_did_it_in_a_sentence(run, language):
    words = texts.load(language)
    said = run(*PALEMBANG, "--scenario", "keep-them", "--language", language).out
    plain = " ".join(said.split())
    assert words("compare.total") in said
    assert words("credit.of", difference="X", parts="").split("X")[0] in plain
    assert words("lever.lapse.name") in said


def test_a_scenario_that_is_not_there_is_refused_in_a_line(run):
    answer = run("--scenario", "nowhere")
    assert answer.code == 2
    assert answer.err.count("\n") == 1
    assert "nowhere" in answer.err


# --- the plan


def look(*histories: list[dict], as_of: date | None = None) -> View:
    table = frames.branch_months(*[row for one in histories for row in one])
    return views.of(
        table, frames.register(Palembang="Sumbagsel"), TargetSet(), scope=Scope(), as_of=as_of, settings=settings.load()
    )


# 1000 members, 100 registrations and 100 lapses a month until June 2022; then 120 registrations.
BEFORE = frames.history("2022-01", [1000] * 6, branch="Palembang", new=[100] * 6, lapsed=[100] * 6)
AFTER = frames.history("2022-07", [1020, 1040, 1060], branch="Palembang", new=[120] * 3, lapsed=[100] * 3)
JUNE = date(2022, 6, 1)


def test_a_plan_is_projected_from_what_was_known_when_it_was_made_and_held_against_what_came() -> None:
    # A tenth lapses and 100 register: the plan of June stays at 1000.
    held = plans.against(look(*[BEFORE + AFTER], as_of=JUNE), Scenario(), look(BEFORE + AFTER))

    assert held["month"].dt.to_string("%Y-%m").to_list() == ["2022-07", "2022-08", "2022-09"]
    assert held["planned"].to_list() == pytest.approx([1000, 1000, 1000])
    assert held["actual"].to_list() == [1020, 1040, 1060]
    assert held["deviation"].to_list() == pytest.approx([20, 40, 60])
    assert held["known"].to_list() == held["reported"].to_list() == [1, 1, 1]


def test_a_scenarios_steps_are_part_of_the_plan() -> None:
    # 50 more a month: 1050, then 1050 * 0.9 + 150 = 1095, then 1135.5.
    plan = links.from_query({"informal.new": "0.5"})

    held = plans.against(look(BEFORE + AFTER, as_of=JUNE), plan, look(BEFORE + AFTER))

    assert held["planned"].to_list() == pytest.approx([1050, 1095, 1135.5])


def test_a_late_branch_is_left_out_of_the_plan_and_of_what_came() -> None:
    jambi = [row | {"branch": "Jambi"} for row in [*BEFORE, *AFTER[:1]]]
    whole = look(BEFORE + AFTER, jambi)

    held = plans.against(look(BEFORE + AFTER, jambi, as_of=JUNE), Scenario(), whole)

    assert held["known"].to_list() == [2, 2, 2]
    assert held["reported"].to_list() == [2, 1, 1]
    assert held["planned"].to_list() == pytest.approx([2000, 1000, 1000])
    assert held["actual"].to_list() == [2040, 1040, 1060]


def test_who_has_no_target_is_left_out_of_the_plan_of_what_came_and_of_the_bounds() -> None:
    year = frames.history("2021-01", [1000] * 12, new=[90, 110] * 6, lapsed=[100] * 12)
    rows = [row | {"branch": branch} for branch in ("Palembang", "Jambi") for row in [*year, *BEFORE, *AFTER]]
    aimed = TargetSet.model_validate({"target": [{"branch": "Jambi", "by": "2022-12", "workers": 2000}]})
    then, now = (views.retarget(look(rows, as_of=as_of), aimed) for as_of in (JUNE, None))

    held = plans.against(then, Scenario(), now, futures=chance.draw_futures(then))

    assert held["known"].to_list() == [1, 1, 1]
    assert held["actual"].to_list() == [1020, 1040, 1060]
    assert held.filter(pl.col("planned").is_between(pl.col("p10") - 1, pl.col("p90") + 1)).height == 3


def test_a_branch_that_the_plan_did_not_know_is_none_of_its_success() -> None:
    newcomer = [row | {"branch": "Jambi"} for row in AFTER]
    whole = look(BEFORE + AFTER, newcomer)

    held = plans.against(look(BEFORE + AFTER, newcomer, as_of=JUNE), Scenario(), whole)

    assert held["actual"].to_list() == [1020, 1040, 1060]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({}, None),
        ({"informal.new": "0"}, None),
        ({"informal.new": "0.1"}, date(2022, 7, 1)),
        ({"informal.new": "0.1", "informal.starts": "2023-02"}, date(2023, 2, 1)),
        ({"informal.new": "0.1", "informal.starts": "2020-01"}, date(2022, 7, 1)),
        ({"informal.eligible_growth": "0.1", "informal.starts": "2023-02"}, date(2022, 7, 1)),
    ],
)
def test_the_first_step_of_a_plan_is_the_first_month_in_which_it_does_anything(query, first) -> None:
    assert plans.first_step(links.from_query(query), JUNE) == first


def test_a_plan_may_have_been_made_in_any_month_before_the_latest() -> None:
    assert plans.made_in(look(BEFORE))[0] == date(2022, 5, 1)
    assert len(plans.made_in(look(BEFORE))) == 5


def test_scenarios_end_beside_each_other_with_their_difference_to_the_first() -> None:
    view = look(BEFORE)
    more = links.from_query({"informal.new": "0.5"})

    ends = plans.differences_at_end(view, {"baseline": Scenario(), "more": more}, 2)

    assert ends["covered"].to_list() == pytest.approx([1000, 1095])
    assert ends["difference"].to_list() == pytest.approx([0, 95])
    assert ends["chance"].to_list() == ends["gap"].to_list() == [None, None]


# --- sentences and charts

PARTS = pl.DataFrame(
    {
        "kind": ["lever", "programme", "time", "lever", "lever"],
        "of_segment": ["informal", "informal", "formal", "formal", "formal"],
        "of_branch": [None, None, None, "Jambi", None],
        "name": ["new", "APBD", "starts", "lapse", "back"],
        "part": [100.0, -50.0, 10.0, 30.0, 5.0],
        "error": [0.0] * 5,
    },
    schema_overrides={"of_branch": pl.String},
)


def test_the_largest_parts_are_named_and_the_others_summed() -> None:
    assert describe_credit(PARTS, EN) == (
        "Of the difference of +95 workers: Informal: New registrations +100; APBD (Informal) −50; "
        "Formal, Jambi: Members who drop out +30 and all the rest +15."
    )
    assert describe_credit(PARTS.clear(), EN) == EN("credit.none")


def test_what_did_nothing_is_not_named_unless_nothing_did_anything() -> None:
    some = PARTS.with_columns(part=pl.Series([100.0, -50.0, 0.0, 0.2, 0.0]))

    assert describe_credit(some, EN) == (
        "Of the difference of +50 workers: Informal: New registrations +100 and APBD (Informal) −50."
    )
    assert "New registrations 0" in describe_credit(PARTS.head(1).with_columns(part=pl.lit(0.0)), EN)


def test_an_estimated_part_is_said_to_be_one() -> None:
    assert EN.decimal(12.34) in describe_credit(PARTS.with_columns(error=pl.lit(12.34)), EN)


@BOTH
@pytest.mark.parametrize(("actual", "key"), [(995.0, "plan_inside"), (1300.0, "plan_outside")])
def test_a_plan_says_what_should_be_what_is_and_whether_that_was_to_be_expected(words: Texts, actual, key) -> None:
    row = {"month": JUNE, "planned": 1000.0, "actual": actual, "deviation": actual - 1000, "reported": 1, "known": 2}
    held = pl.DataFrame([row | {"p10": 900.0, "p90": 1100.0}])

    first, second, third = describe_plan_and_actual(held, date(2022, 1, 1), words)

    for figure in (words.people(1000), words.people(actual), words.signed(actual - 1000), words.month(JUNE)):
        assert figure in first
    assert second == words(f"compare.{key}", low=words.people(900), high=words.people(1100))
    assert third == words("compare.plan_partly", month=words.month(JUNE), reported="1", known="2")


@BOTH
@pytest.mark.parametrize("dark", [False, True])
def test_a_waterfall_ends_at_the_scenario_and_marks_the_target(words: Texts, dark: bool) -> None:
    steps = pl.DataFrame(
        {
            "step": ["today", "still", "mover", "end"],
            "label": ["Today", "Still", "Lever", "Plan"],
            "amount": [100.0, 20.0, -5.0, 115.0],
            "begin": [100.0, 100.0, 120.0, 115.0],
            "finish": [100.0, 120.0, 115.0, 115.0],
        }
    )

    chart = draw_waterfall(steps, words, target=130.0, alt_text="Alt", dark=dark)

    assert chart.data["figure"].to_list() == ["100", "+20", "−5", "115", "130"]
    assert chart.data["kind"].to_list() == ["level", "more", "fewer", "level", "target"]
    assert chart.data["finish"].to_list()[-2:] == [115, 130]
    assert chart.data["label"].to_list()[-1] == words("chart.target")


def test_levers_that_change_nobody_are_not_drawn() -> None:
    effects = pl.DataFrame({"label": ["A", "B"], "low": [-10.0, 0.1], "high": [9.0, -0.1]})

    chart = draw_tornado(effects, ID, alt_text="Alt")

    assert set(chart.data["label"]) == {"A"}
    assert chart.data["figure"].unique().to_list() == ["−10 / +9"]


def test_each_of_four_scenarios_has_a_dash_and_a_mark_of_its_own() -> None:
    view = look(BEFORE)
    past = pl.DataFrame({"month": [date(2022, 5, 1), JUNE], "active": [1000, 1000]})
    table = runs.simulate(view, Scenario(), name="x", keys=())
    names = ["A", "B", "C", "D"]

    chart = draw_scenarios(past, dict.fromkeys(names, table), ID, alt_text="Alt")

    encoding = chart.spec["layer"][0]["encoding"]["strokeDash"]["scale"]
    dashes = dict(zip(encoding["domain"], map(tuple, encoding["range"]), strict=True))
    assert len({dashes[name] for name in names}) == 4
    shapes = {layer["mark"]["shape"] for layer in chart.spec["layer"] if layer["mark"]["type"] == "point"}
    assert len(shapes) == 4
    assert chart.data.filter("end")["kind"].to_list() == names


def test_each_line_is_named_at_its_end_and_no_two_names_lie_on_each_other() -> None:
    past = pl.DataFrame({"month": [date(2022, 5, 1), JUNE], "active": [1000, 1000]})
    table = runs.simulate(look(BEFORE), Scenario(), name="x", keys=())
    last = ID.people(table["covered"][-1])

    chart = draw_scenarios(past, {f"{letter} · Sama": table for letter in "ABCD"}, ID, alt_text="Alt")

    named = chart.data.drop_nulls("label_at").filter("end").sort("label_at", descending=True)
    low, high = chart.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    places = [(high - at) / (high - low) * chart.spec["height"] for at in named["label_at"]]
    assert named["label"].to_list() == [f"{last}  {letter} · Sama" for letter in "ABCD"]
    assert named["brief"].to_list() == [f"{last} {letter}" for letter in "ABCD"]  # where there is little room
    assert [round(below - above) for above, below in pairwise(places)] == [18, 18, 18]
    assert places[0] >= 0
    assert places[-1] <= chart.spec["height"]
    assert '"legend": {' not in json.dumps(chart.spec["layer"])


def test_each_scenario_has_the_band_of_its_own_futures_and_the_table_says_its_bounds() -> None:
    view = look(BEFORE)
    past = pl.DataFrame({"month": [date(2022, 5, 1), JUNE], "active": [1000, 1000]})
    table = runs.simulate(view, Scenario(), name="x", keys=())
    spread = {"A": 10, "B": 30}
    fans = {
        name: table.select("month", p10=pl.col("covered") - wide, p90=pl.col("covered") + wide)
        for name, wide in spread.items()
    }

    chart = draw_scenarios(past, dict.fromkeys(spread, table), ID, fans=fans, alt_text="Alt")
    rows = plans.wide(past, [table, table], list(fans.values()))

    for name, wide in spread.items():
        drawn = chart.data.filter(kind=name)
        assert (drawn["high"] - drawn["low"]).unique().to_list() == [2 * wide]
        assert drawn["workers"].to_list() == table["covered"].to_list()
    areas = [layer for layer in chart.spec["layer"] if layer["mark"]["type"] == "area"]
    shades = {layer["mark"]["color"] for layer in areas}
    assert len(areas) == len(shades) == 2
    ahead = rows.filter(pl.col("month") > JUNE)
    assert (ahead["p90_1"] - ahead["p10_1"]).unique().to_list() == [20]
    assert (ahead["p90_2"] - ahead["p10_2"]).unique().to_list() == [60]
    assert rows.filter(month=date(2022, 5, 1))["p10_1"].to_list() == [None]


# --- the page


@pytest.fixture(autouse=True)
def _started_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["app.py"])


def opened(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.query_params.update(link)
    return app.switch_page("pages/compare.py").run()


def everything(app: AppTest) -> str:
    shown = [*app.markdown, *app.warning, *app.info, *app.title]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(one.value) for one in shown))


@BOTH
def test_the_page_says_each_outcome_the_differences_and_what_did_it(words: Texts) -> None:
    app = opened(lang=words.language, compare="baseline|keep-them")
    text = everything(app)

    assert not app.exception
    for name in ("Garis dasar", "Jaga peserta") if words is ID else ("Baseline", "Keep them"):
        assert name in text
    assert words("credit.of", difference="X", parts="").split("X")[0] in text
    assert words("compare.between", low="X", high="Y").split("X")[0] in text
    assert words("credit.matters_heading") in text


def test_the_difference_on_the_page_is_that_of_the_command_line(run) -> None:
    total = rows(run(*PALEMBANG, "--scenario", "keep-them", "--by", "total", "--format", "csv").out)[0]

    text = everything(opened(lang="id", compare="baseline|keep-them"))

    assert ID.people(float(total["difference"])) in text


def test_the_scenario_set_on_simulate_can_be_compared() -> None:
    app = opened(lang="en", **{"informal.new": "0.4"})

    assert app.selectbox(key="slot_0").value == "baseline"
    assert app.selectbox(key="slot_1").value == "current"
    assert EN("compare.current") in everything(app)


def test_the_scenarios_chosen_and_the_plan_travel_in_the_link() -> None:
    app = opened(lang="en", compare="baseline|keep-them")
    app.selectbox(key="slot_2").set_value("informal-push").run()
    app.selectbox(key="plan_control").set_value("keep-them").run()
    app.selectbox(key="plan_made_control").set_value("2022-03").run()

    link = {name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()}
    assert link["compare"] == "baseline|keep-them|informal-push"
    assert (link["plan"], link["made"]) == ("keep-them", "2022-03")
    again = opened(**link)
    assert [again.selectbox(key=f"slot_{place}").value for place in range(4)] == [
        "baseline", "keep-them", "informal-push", "",
    ]  # fmt: skip
    assert again.selectbox(key="plan_made_control").value == "2022-03"
    assert EN.month(date(2022, 3, 1)) in everything(again)


def test_the_same_scenario_twice_counts_once_and_one_alone_is_told() -> None:
    app = opened(lang="en", compare="baseline|keep-them")

    app.selectbox(key="slot_1").set_value("baseline").run()

    assert not app.exception
    assert EN("compare.too_few") in everything(app)


def test_a_link_to_a_scenario_or_month_that_is_not_there_is_told() -> None:
    app = opened(lang="en", compare="baseline|atlantis|keep-them", made="1990-01")

    text = everything(app)
    assert not app.exception
    assert "atlantis" in text
    assert "1990-01" in text


@BOTH
def test_the_plan_says_what_should_be_and_what_is(words: Texts) -> None:
    text = everything(opened(lang=words.language, plan="baseline", made="2022-06"))

    assert (
        words("compare.plan_below", made=words.month(JUNE), month="X", planned="", actual="", deviation="").split("X")[
            0
        ]
        in text
    )
    assert words.people(200_950) in text  # Palembang's two segments in January 2023


def test_a_plan_whose_steps_are_still_to_come_says_so() -> None:
    text = everything(opened(lang="en", plan="informal-push", made="2022-06"))

    assert EN("compare.plan_later", month=EN.month(date(2023, 2, 1))) in text


def test_figures_of_one_month_only_need_no_plan() -> None:
    app = opened(lang="en", month="2020-01")

    assert not app.exception
    assert EN("compare.plan_no_month") in everything(app)


def with_file(content: str, **link: str) -> AppTest:
    """Open the page and hand over a scenario file there."""
    app = opened(**link)
    app.session_state["bring_popover"] = True
    app.run()
    app.file_uploader(key="bring_file").set_value([("rapat.toml", content.encode(), "application/toml")])
    return app.run()


def test_a_scenario_file_handed_over_is_compared_with_the_others() -> None:
    content = 'name = "Rapat"\n[levers.informal]\nnew = 0.5\n'

    app = with_file(content, lang="en", compare="baseline|keep-them")

    assert not app.exception
    assert app.session_state["compared"] == ["baseline", "keep-them", "file.rapat"]
    text = everything(app)
    assert "C · Rapat (file)" in text
    assert EN.change(0.5) in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[levers.informal]\nnew = 9\n", ("rapat.toml", "2", "new", "9", "5")),
        ("name = 'a'\nspeed = 1\n", ("rapat.toml", "2", "speed", "levers")),
    ],
)
def test_a_file_that_is_no_scenario_says_where_what_is_found_and_what_may_stand_there(
    content: str, said: tuple[str, ...]
) -> None:
    app = with_file(content, lang="en", compare="baseline|keep-them")

    assert not app.exception
    assert app.session_state["compared"] == ["baseline", "keep-them"]
    told = re.sub(r"\\(.)", r"\1", "\n".join(str(one.value) for one in app.error))
    assert [one for one in said if one not in told] == []


def test_a_scenario_of_the_library_is_compared_and_its_link_finds_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAKUPAN_LIBRARY", str(tmp_path))
    push = Scenario(name="Dorong").with_levers("informal", new=0.5)
    entry = library.save(tmp_path, push, author="A", tags=[], now=datetime(2023, 1, 31, tzinfo=UTC))
    key = f"library.{entry.key}.1"
    app = opened(lang="en", compare="baseline|keep-them|informal-push|all-together")
    app.session_state["bring_popover"] = True
    app.run()

    app.selectbox(key="bring_library").set_value(key).run()

    assert not app.exception
    assert app.session_state["compared"] == ["baseline", "keep-them", "informal-push", key]
    again = opened(lang="en", compare=f"baseline|{key}")
    assert "B · Dorong (library, version 1)" in everything(again)
    assert "library.gone.1" in everything(opened(lang="en", compare="baseline|keep-them|library.gone.1"))


def test_the_headline_says_which_scenario_goes_farthest_and_what_it_still_lacks() -> None:
    december = date(2023, 12, 1)
    still = {"covered": 226_603.0, "target": 269_000.0, "short": 42_397.0, "month": december}
    push = {"covered": 240_533.0, "target": 269_000.0, "short": 28_467.0, "month": december}
    words = texts.load("id")

    def said(**changed: object) -> str:
        return describe_farthest({"Garis dasar": still, "Dorong informal": push | changed}, words)

    assert said() == "Paling jauh Dorong informal: 240.533 pada Desember 2023, masih kurang 28.467"
    assert said(short=0.0) == "Paling jauh Dorong informal: 240.533 pada Desember 2023, target tercapai"
    assert said(target=None) == "Paling jauh Dorong informal: 240.533 peserta aktif pada Desember 2023"
    assert said(covered=still["covered"]) == "Semua skenario sama: 226.603 peserta aktif pada Desember 2023"
