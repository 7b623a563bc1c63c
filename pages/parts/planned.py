"""Did it come as planned? A scenario as it was planned in an earlier month, beside what came since."""

from __future__ import annotations

import streamlit as st

from coverage.answers import plans
from coverage.base import months
from coverage.charts.compare import draw_plan
from coverage.model import scenarios
from coverage.standing import so_far
from coverage.wording.comparison import describe_plan_and_actual
from pages.parts import computed, inputs, session, tables, widgets
from pages.parts.compared import BASELINE, Compared, choose_one, heading


def plan_and_reality(here: Compared) -> None:
    """Hold one scenario, as it was planned in an earlier month, against what came since."""
    words, view = here.words, here.view
    heading(words, "compare.plan_heading")
    widgets.note(words("compare.plan_about"))
    calendar = [months.code(month) for month in plans.made_in(view)]
    if not calendar:
        st.info(words("compare.plan_no_month"), icon=":material/info:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="plan_choice"):
        name = choose_one(here, inputs.PLAN, words("compare.plan"), list(here.options), BASELINE, here.named)
        made = choose_one(
            here,
            inputs.PLAN_MADE,
            words("compare.plan_made"),
            calendar,
            months.code(plans.usual_month(view) or view.as_of),
            lambda month: words.month(months.parse(month)),
        )
        said_made = words.month(months.parse(made))
        st.download_button(
            words("compare.plan_save"),
            data=scenarios.dumps(
                here.options[name].model_copy(update={"note": words("compare.plan_note", made=said_made)})
            ),
            file_name=f"{words('compare.plan_file', made=made)}.toml",
            mime="application/toml",
            icon=":material/download:",
            on_click="ignore",
            key="save_plan",
        )
    then = session.view_of(here.screen, made)
    if then is None or then.series.is_empty():
        st.info(words("compare.plan_nothing", made=said_made), icon=":material/info:")
        return
    drawn = computed.futures_of(here.screen, made, then)
    held = here.only(plans.against(then, here.options[name], view, here.keys, futures=drawn))
    text = describe_plan_and_actual(held, months.parse(made), words)
    with st.container(key="plan_said"):
        st.markdown(f"### {session.escape(text[0])}")
        st.markdown(session.escape(" ".join(text[1:])))
    first = plans.first_step(here.options[name], months.parse(made))
    if first is not None and first > view.as_of:
        widgets.note(words("compare.plan_later", month=words.month(first)))
    if held.is_empty():
        return
    columns = ["month", "planned", "actual", "deviation", *(["p10", "p90"] if drawn is not None else []), "reported"]
    widgets.draw(
        draw_plan(
            here.only(so_far.history(view, here.keys)),
            held,
            words,
            alt_text=words("compare.plan_alt", said=" ".join(text)),
            dark=here.screen.dark,
        ),
        key=inputs.PLAN_LINES,
        words=words,
        table=lambda: tables.show_table(
            held,
            words,
            columns,
            key="plan_rows",
            names={month: words(f"compare.{month}") for month in ("planned", "actual", "deviation", "reported")},
        ),
    )
