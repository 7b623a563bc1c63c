"""How do scenarios differ, which lever did it, what matters, and did it come as planned?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from coverage.answers import credit, credit_steps, plans, sensitivity
from coverage.base import declarations, months
from coverage.charts.compare import draw_plan, draw_scenarios
from coverage.charts.credit import draw_tornado, draw_waterfall
from coverage.model import chance, runs, scenarios
from coverage.model.scenarios import Scenario
from coverage.standing import gaps
from coverage.wording import sentences
from coverage.wording.columns import LIKELY, SIGNED
from coverage.wording.comparison import describe_comparison, describe_plan_and_actual
from coverage.wording.credit import describe_credit, describe_sensitivity, named_movers, named_steps
from coverage.wording.scenarios import describe_scenario
from pages.parts import brought, computed, links, session, steps, tables, widgets

MOST = 4
LETTERS = "ABCD"
CURRENT, BASELINE = "current", "baseline"

screen = session.start()
words, view = screen.texts, screen.looked_at
state = st.session_state
segments = gaps.by(view)["segment"].to_list()


def offered() -> dict[str, Scenario]:
    """Return what can be compared: the baseline, the visitor's own scenario if there is one, the shipped ones, and
    what was brought from a file or the library."""
    shipped = session.presets()
    own = {CURRENT: scenarios.validated(state["scenario"], file="")} if state["scenario"] else {}
    wanted = [*(state.get("compared") or []), state.get("plan") or ""]
    known = {BASELINE: shipped[BASELINE], **own, **shipped, **brought.held(wanted)}
    return {name: scenario.at(view.as_of) for name, scenario in known.items()}


def telling() -> list[str]:
    """Name the scenarios that change something here; all of them, if none does."""
    others = [option for option in options if option != BASELINE]
    return [other_one for other_one in others if runs.reaches(view, options[other_one])] or others


def named(name: str) -> str:
    if name == CURRENT:
        text = declarations.words(options[name].name, words.language)
        return f"{words('compare.current')}: {text}" if text else words("compare.current")
    if name.startswith((brought.FILE, brought.SHELF)):
        return brought.named(name, declarations.words(options[name].name, words.language), words)
    return declarations.words(options[name].name, words.language) or name


def kept(key: str, allowed: list[str], opening: list[str]) -> list[str]:
    """Return the choice that the state holds, without what is not there (any more); a link that names it is told."""
    wanted = state.get(key)
    wanted = [wanted] if isinstance(wanted, str) else wanted or []
    for name in wanted:
        if name not in allowed and name != CURRENT:
            refusals = words("compare.unknown", found=name, allowed=links.listed(allowed))
            if key == "plan_made":  # a month, no scenario
                refusals = words.error(links.refusal("made", name, allowed))
            st.warning(session.escape(refusals), icon=":material/link_off:")
    return [name for name in dict.fromkeys(wanted) if name in allowed] or opening


def keep(key: str) -> None:
    """Take a choice into the state: a widget's own value is lost when its page is left."""
    state[key] = state[f"{key}_control"]


def choose_one(key: str, label: str, allowed: list[str], opening: str, write: Callable[[str], str]) -> str:
    chosen = kept(key, allowed, [opening])[0]
    state[f"{key}_control"] = chosen
    st.selectbox(
        label,
        allowed,
        key=f"{key}_control",
        format_func=write,
        on_change=keep,
        args=(key,),
    )
    return chosen


def slots(chosen: list[str]) -> None:
    """Draw a choice for each scenario; the first is the reference, those behind the second may stay empty."""
    with st.container(horizontal=True, key="slots"):
        for place, letter in enumerate(LETTERS):
            key = f"slot_{place}"
            state[key] = chosen[place] if place < len(chosen) else ""
            st.selectbox(
                words("compare.first" if place == 0 else "compare.slot", letter=letter),
                list(options) if place == 0 else ["", *options],
                key=key,
                format_func=lambda name: named(name) if name else "–",
                help=words("compare.choose_help") if place == 0 else None,
                on_change=take_slots,
                width=470,
            )


def take_slots() -> None:
    """Take what the slots hold into the state: each scenario once, without gaps."""
    held = [state[f"slot_{place}"] for place in range(MOST)]
    state["compared"] = list(dict.fromkeys(name for name in held if name))


def add(name: str) -> None:
    """Put what was brought beside those that are compared; where all places are taken, in the last."""
    others = [other for other in chosen if other != name]
    state["compared"] = [*others[: MOST - 1], name]


def heading(key: str) -> None:
    st.markdown(f"## {words(key)}")


def only(frame: Any) -> Any:
    """Keep the rows of the segment that is looked at."""
    return frame.filter(segment=lens) if lens else frame


def side_by_side() -> dict[str, Scenario]:
    """Draw the scenarios chosen: a sentence for each, one chart, their differences to the first."""
    courses = {
        name: only(runs.table(view, runs.flows(view, options[name], months_ahead), name=name, keys=keys))
        for name in chosen
    }
    ends = only(plans.ends(view, {name: options[name] for name in chosen}, months_ahead, keys, futures=futures))
    labels = {name: f"{letter} · {named(name)}" for letter, name in zip(LETTERS, chosen, strict=False)}
    still = only(runs.baseline_table(view, months_ahead, keys))
    outcomes = {
        name: sentences.outcome(
            still, courses[name], words, segment=lens, changed=bool(describe_scenario(options[name], words))
        )
        for name in chosen
    }
    with st.container(key="outcomes"):
        st.markdown(
            "\n".join(
                f"- **{session.escape(labels[name])}**  \n  {session.escape(outcomes[name])}" for name in outcomes
            )
        )
    past = only(gaps.history(view, keys))
    fans: dict[str, Any] = {}
    for name in chosen:
        if futures is not None:
            fan = chance.of(chance.fan(view, options[name], months_ahead, keys, futures=futures), lens)
            fans |= {} if fan is None else {labels[name]: fan}
    lines = plans.wide(past, list(courses.values()), list(fans.values()))
    names = {}
    for number, name in enumerate(chosen, 1):
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
            dark=screen.dark,
        ),
        key="compared_lines",
        words=words,
        table=lambda: tables.table(
            lines,
            words,
            ["month", "history", *names, "target"],
            key="compared_rows",
            names={"history": words("chart.history")} | names,
        ),
    )
    widgets.note(words("compare.bands") if fans else words(f"chance.{chance.why(view)}"))
    heading("compare.differences")
    differences(ends, labels)
    return {labels[name]: options[name] for name in chosen}


def differences(ends: Any, labels: dict[str, str]) -> None:
    """Say and list how each scenario differs from the first."""
    first, *others = ends.to_dicts()
    st.markdown(
        "\n".join(
            "- "
            + session.escape(
                describe_comparison(
                    named(row["scenario"]),
                    named(first["scenario"]),
                    row["difference"],
                    row["month"],
                    words,
                    bounds=(row["p10"], row["p90"]),
                )
            )
            for row in others
        )
    )
    drawn = first["p10"] is not None
    columns = ["scenario", "covered", "gap", "difference", *(["p10", "p90", "chance"] if drawn else [])]
    if first["target"] is None:
        columns = [column for column in columns if column not in {"gap", "chance"}]
    tables.table(
        ends.with_columns(scenario=ends["scenario"].replace_strict(labels)),
        words,
        columns,
        key="differences",
        names={column: words(f"compare.head.{column}") for column in columns},
        forms={"p10": SIGNED, "p90": SIGNED, "chance": LIKELY},
    )
    if drawn:
        widgets.note(words("compare.paired"))


def settings_apart(labelled: dict[str, Scenario]) -> None:
    """Say in words what each scenario sets."""
    heading("compare.differs")
    grid = st.grid(len(labelled), min_column_width=220, gap="small")  # no column stays empty
    for label, scenario in labelled.items():
        with grid.cell():
            text = describe_scenario(scenario, words)
            listed = "\n".join(f"- {session.escape(line)}" for line in text) or words("compare.nothing_set")
            st.markdown(f"**{session.escape(label)}**\n\n{listed}")


def explained() -> None:
    """Draw what made the difference of one scenario to the first, and what matters most in it."""
    heading("credit.heading")
    others = chosen[1:]
    name = others[-1]
    if len(others) > 1:
        name = choose_one("explained", words("compare.explain"), others, others[-1], named)
    first, other = options[chosen[0]], options[name]
    parts = only(credit.split(view, first, other, months_ahead, keys))
    text = describe_credit(parts, words)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(session.escape(text))
        waterfall(first, other, name, parts, text)
        widgets.note(words("credit.fair"))
    with right:
        effects = named_movers(only(sensitivity.tornado(view, other, months_ahead, keys)), words)
        matters = describe_sensitivity(effects, words)
        st.markdown(
            f"**{words('credit.matters_heading')}: {session.escape(named(name))}**  \n{session.escape(matters)}"
        )
        if not effects.is_empty():
            widgets.draw(
                draw_tornado(effects, words, alt_text=matters, dark=screen.dark),
                key="tornado",
                words=words,
                table=lambda: rows_of(effects, ("label", "low", "high"), "tornado_rows"),
            )
        widgets.note(words("credit.matters_key"))


def waterfall(first: Scenario, other: Scenario, name: str, parts: Any, text: str) -> None:
    end_of = {
        key: only(runs.table(view, runs.flows(view, pair, months_ahead), name=key, keys=keys))
        for key, pair in (("still", Scenario()), ("first", first), ("other", other))
    }
    begin, still, before, after = (
        float(end_of[key]["covered"][place])
        for key, place in (("still", 0), ("still", -1), ("first", -1), ("other", -1))
    )
    reference = before if describe_scenario(first, words) else None
    steps = credit_steps.steps(begin, still, parts, reference=reference, end=after)
    steps = named_steps(steps, words, today=view.as_of, reference=named(chosen[0]), end=named(name))
    alt = words(
        "credit.waterfall_alt",
        today=words.people(begin),
        end=words.people(after),
        month=words.month(end_of["other"]["month"][-1]),
        parts=text,
    )
    widgets.draw(
        draw_waterfall(steps, words, target=end_of["other"]["target"][-1], alt_text=alt, dark=screen.dark),
        key="waterfall",
        words=words,
        table=lambda: rows_of(steps, ("label", "amount", "finish"), "waterfall_rows"),
    )


def rows_of(frame: Any, columns: tuple[str, ...], key: str) -> None:
    names = {column: words(f"compare.{'lever' if column == 'label' else column}") for column in columns}
    tables.table(frame, words, columns, key=key, names=names)


def plan_and_reality() -> None:
    """Hold one scenario, as it was planned in an earlier month, against what came since."""
    heading("compare.plan_heading")
    widgets.note(words("compare.plan_about"))
    calendar = [months.code(month) for month in plans.made_in(view)]
    if not calendar:
        st.info(words("compare.plan_no_month"), icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="plan_choice"):
        name = choose_one("plan", words("compare.plan"), list(options), BASELINE, named)
        made = choose_one(
            "plan_made",
            words("compare.plan_made"),
            calendar,
            months.code(plans.usual(view) or view.as_of),
            lambda month: words.month(months.parse(month)),
        )
        said_made = words.month(months.parse(made))
        st.download_button(
            words("compare.plan_save"),
            data=scenarios.dumps(options[name].model_copy(update={"note": words("compare.plan_note", made=said_made)})),
            file_name=f"{words('compare.plan_file', made=made)}.toml",
            mime="application/toml",
            icon=":material/download:",
            on_click="ignore",
            key="save_plan",
        )
    then = session.view_of(screen, made)
    if then is None or then.series.is_empty():
        st.info(words("compare.plan_nothing", made=said_made), icon=":material/info:")
        return
    drawn = computed.futures_of(screen, made, then)
    held = only(plans.against(then, options[name], view, keys, futures=drawn))
    text = describe_plan_and_actual(held, months.parse(made), words)
    with st.container(key="plan_said"):
        st.markdown(f"### {session.escape(text[0])}")
        st.markdown(session.escape(" ".join(text[1:])))
    first = plans.first_step(options[name], months.parse(made))
    if first is not None and first > view.as_of:
        widgets.note(words("compare.plan_later", month=words.month(first)))
    if held.is_empty():
        return
    columns = ["month", "planned", "actual", "deviation", *(["p10", "p90"] if drawn is not None else []), "reported"]
    widgets.draw(
        draw_plan(
            only(gaps.history(view, keys)),
            held,
            words,
            alt_text=words("compare.plan_alt", said=" ".join(text)),
            dark=screen.dark,
        ),
        key="plan_lines",
        words=words,
        table=lambda: tables.table(
            held,
            words,
            columns,
            key="plan_rows",
            names={month: words(f"compare.{month}") for month in ("planned", "actual", "deviation", "reported")},
        ),
    )


st.title(words("compare.heading"))
widgets.note(words("compare.about"))
options = offered()
usual = [BASELINE, CURRENT] if CURRENT in options else [BASELINE, *telling()[-3:]]
chosen = kept("compared", list(options), usual[:MOST])[:MOST]
slots(chosen)
brought.panel(words, add)
months_ahead = steps.horizon(screen, *(options[name] for name in chosen))
lens = widgets.lens(segments, words)
keys = ["segment"] if lens else []
futures = computed.futures(screen)
widgets.what_to_know(view, words, projected=True, summed=not lens)
if len(chosen) < 2:
    st.info(words("compare.too_few"), icon=":material/info:")
else:
    settings_apart(side_by_side())
    explained()
plan_and_reality()
