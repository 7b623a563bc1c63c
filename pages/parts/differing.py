"""How do scenarios differ, side by side, and which lever did it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from coverage.answers import credit, credit_steps, plans, sensitivity
from coverage.base.tables import Projection
from coverage.charts.compare import draw_scenarios
from coverage.charts.credit import draw_tornado, draw_waterfall
from coverage.model import chance, runs
from coverage.model.scenarios import Scenario
from coverage.standing import so_far
from coverage.wording import sentences
from coverage.wording.columns import SIGNED
from coverage.wording.comparison import describe_comparison, describe_farthest
from coverage.wording.credit import describe_credit, describe_sensitivity, named_movers, named_steps
from coverage.wording.scenarios import describe_scenario
from pages.parts import inputs, session, tables, widgets
from pages.parts.compared import LETTERS, Compared, choose_one, heading


def show_side_by_side(here: Compared, headline: Any) -> dict[str, Scenario]:
    """Draw the scenarios chosen: which goes farthest (into `headline`), one chart with a sentence for each beside it,
    their differences to the first."""
    words, view = here.words, here.view
    courses = {
        name: here.only(
            runs.table_of_run(view, runs.flows(view, here.options[name], here.months_ahead), name=name, keys=here.keys)
        )
        for name in here.chosen
    }
    ends = here.only(
        plans.differences_at_end(
            view, {name: here.options[name] for name in here.chosen}, here.months_ahead, here.keys, futures=here.futures
        )
    )
    labels = {name: f"{letter} · {here.named(name)}" for letter, name in zip(LETTERS, here.chosen, strict=False)}
    still = here.only(runs.baseline_table(view, here.months_ahead, here.keys))
    outcomes = {
        name: sentences.describe_outcome(
            still, courses[name], words, segment=here.lens, changed=bool(describe_scenario(here.options[name], words))
        )
        for name in here.chosen
    }
    last = {here.named(name): course.row(-1, named=True) for name, course in courses.items()}
    headline.title(session.escape(describe_farthest(last, words)))
    chart, beside = st.columns([3, 2], gap="large")
    with beside, st.container(key="outcomes"):
        for text in beside_each_other(here, courses, labels, outcomes[here.chosen[0]], ends):
            widgets.note(text)
    with chart:
        _courses(here, courses, labels, outcomes)
    heading(words, "compare.differences")
    show_differences(here, ends, labels)
    return {labels[name]: here.options[name] for name in here.chosen}


def _courses(
    here: Compared, courses: Mapping[str, Projection], labels: Mapping[str, str], outcomes: Mapping[str, str]
) -> None:
    """Draw the course of each scenario, with its band, and behind a switch their table."""
    words, view = here.words, here.view
    past = here.only(so_far.history(view, here.keys))
    fans: dict[str, Any] = {}
    for name in here.chosen:
        if here.futures is not None:
            fan = chance.rows_of_segment(
                chance.fan(view, here.options[name], here.months_ahead, here.keys, futures=here.futures), here.lens
            )
            fans |= {} if fan is None else {labels[name]: fan}
    lines = plans.wide(past, list(courses.values()), list(fans.values()))
    names = {}
    for number, name in enumerate(here.chosen, 1):
        names[f"covered_{number}"] = labels[name]
        if fans:
            names |= {f"{end}_{number}": f"{labels[name]} · {end.upper()}" for end in ("p10", "p90")}
    widgets.draw(
        draw_scenarios(
            past,
            {labels[name]: table for name, table in courses.items()},
            words,
            fans=fans,
            alt_text=words(
                "compare.chart_alt", parts=" ".join(f"{labels[name]}: {outcomes[name]}" for name in outcomes)
            ),
            dark=here.screen.dark,
        ),
        key=inputs.COMPARED_LINES,
        words=words,
        table=lambda: tables.show_table(
            lines,
            words,
            ["month", "history", *names, "target"],
            key="compared_rows",
            names={"history": words("chart.history")} | names,
        ),
    )
    widgets.note(words("compare.bands") if fans else words(f"chance.{chance.why(view)}"))


def beside_each_other(
    here: Compared, courses: Mapping[str, Projection], labels: Mapping[str, str], opening: str, ends: Any
) -> list[str]:
    """Return what to say of each scenario: of the first (`opening`) where it ends, of the others how they differ from
    it and what happens on their way; a cliff that the first has, too, is said once. What each ends at stands at its
    line and in the table."""
    words = here.words
    first, *others = ends.to_dicts()
    reference = here.named(first["scenario"])
    text = [f"**{session.escape(labels[first['scenario']])}:** {session.escape(opening)}"]
    for row in others:
        name, bounds = row["scenario"], (row["p10"], row["p90"])
        label = labels[name]
        own = describe_comparison(label, reference, row["difference"], row["month"], words, bounds=bounds)
        turns = [sentence for sentence in sentences.describe_turns(courses[name], words) if sentence not in opening]
        rest = " ".join([own.removeprefix(label).removeprefix(":").strip(), *turns])
        text.append(f"**{session.escape(label)}:** {session.escape(rest)}")
    return text


def show_differences(here: Compared, ends: Any, labels: dict[str, str]) -> None:
    """List how each scenario differs from the first."""
    words = here.words
    first = ends.row(0, named=True)
    drawn = first["p10"] is not None
    columns = ["scenario", "covered", "short", "difference", *(["p10", "p90", "chance"] if drawn else [])]
    if first["target"] is None:
        columns = [column for column in columns if column not in {"short", "chance"}]
    tables.show_table(
        ends.with_columns(scenario=ends["scenario"].replace_strict(labels)),
        words,
        columns,
        key="differences",
        names={column: words(f"compare.head.{column}") for column in columns},
        forms={"p10": SIGNED, "p90": SIGNED},
    )
    if drawn:
        widgets.note(words("compare.paired"))


def settings_apart(here: Compared, labelled: dict[str, Scenario]) -> None:
    """Say in words what each scenario sets."""
    words = here.words
    heading(words, "compare.differs")
    grid = st.grid(len(labelled), min_column_width=220, gap="small")  # no column stays empty
    for label, scenario in labelled.items():
        with grid.cell():
            text = describe_scenario(scenario, words)
            listed = "\n".join(f"- {session.escape(line)}" for line in text) or words("compare.nothing_set")
            st.markdown(f"**{session.escape(label)}**\n\n{listed}")


def explained(here: Compared) -> None:
    """Draw what made the difference of one scenario to the first, and what matters most in it."""
    words, view = here.words, here.view
    heading(words, "credit.heading")
    others = here.chosen[1:]
    name = others[-1]
    if len(others) > 1:
        name = choose_one(here, inputs.EXPLAINED, words("compare.explain"), others, others[-1], here.named)
    first, other = here.options[here.chosen[0]], here.options[name]
    parts = here.only(credit.split(view, first, other, here.months_ahead, here.keys))
    text = describe_credit(parts, words)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(session.escape(text), help=words("credit.fair"))
        waterfall(here, first, other, name, parts, text)
    with right:
        effects = named_movers(here.only(sensitivity.tornado(view, other, here.months_ahead, here.keys)), words)
        matters = describe_sensitivity(effects, words)
        st.markdown(
            f"**{words('credit.matters_heading')}: {session.escape(here.named(name))}**  \n{session.escape(matters)}",
            help=words("credit.matters_key"),
        )
        if not effects.is_empty():
            widgets.draw(
                draw_tornado(effects, words, alt_text=matters, dark=here.screen.dark),
                key=inputs.TORNADO,
                words=words,
                table=lambda: show_rows(here, effects, ("label", "low", "high"), "tornado_rows"),
            )


def waterfall(here: Compared, first: Scenario, other: Scenario, name: str, parts: Any, text: str) -> None:
    words, view = here.words, here.view
    end_of = {
        key: here.only(runs.table_of_run(view, runs.flows(view, pair, here.months_ahead), name=key, keys=here.keys))
        for key, pair in (("still", Scenario()), ("first", first), ("other", other))
    }
    begin, still, before, after = (
        float(end_of[key]["covered"][place])
        for key, place in (("still", 0), ("still", -1), ("first", -1), ("other", -1))
    )
    reference = before if describe_scenario(first, words) else None
    steps = credit_steps.steps(begin, still, parts, reference=reference, end=after)
    steps = named_steps(steps, words, today=view.as_of, reference=here.named(here.chosen[0]), end=here.named(name))
    alt = words(
        "credit.waterfall_alt",
        today=words.people(begin),
        end=words.people(after),
        month=words.month(end_of["other"]["month"][-1]),
        parts=text,
    )
    widgets.draw(
        draw_waterfall(steps, words, target=end_of["other"]["target"][-1], alt_text=alt, dark=here.screen.dark),
        key=inputs.WATERFALL,
        words=words,
        table=lambda: show_rows(here, steps, ("label", "amount", "finish"), "waterfall_rows"),
    )


def show_rows(here: Compared, frame: Any, columns: tuple[str, ...], key: str) -> None:
    words = here.words
    names = {column: words(f"compare.{'lever' if column == 'label' else column}") for column in columns}
    tables.show_table(frame, words, columns, key=key, names=names)
