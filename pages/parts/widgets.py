"""How are charts, tables and levers drawn, the same on every page?

Charts and tables come from `coverage`; levers are drawn from their declarations, so that a new one needs no change
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from coverage.base import months, texts
from coverage.base.tables import Projection
from coverage.base.texts import Texts
from coverage.charts import drawing
from coverage.charts.drawing import Chart
from coverage.model import runs, scenarios
from coverage.model.levers import Levers
from coverage.model.view import View
from coverage.wording import remarks
from coverage.wording.assumptions import describe_assumptions
from coverage.wording.running import describe_running
from coverage.wording.scenarios import describe_lever_value
from coverage.wording.sentences import ICONS
from coverage.wording.track_record import describe_own_record
from pages.parts import inputs, links, session, tables

BADGES = {"reached": "green", "on_track": "blue", "at_risk": "orange", "off_track": "red", "unknown": "gray"}


def show(chart: Chart, *, key: str) -> None:
    """Draw a chart. A named dataset is there when the chart is first mounted; unnamed data come a moment later, and
    Vega complains in the console about scales of nothing."""
    with st.container(key=f"chart_{key}"):  # a chart's own key is no class in the page
        st.vega_lite_chart(chart.spec | {"datasets": {drawing.ROWS: chart.data}}, theme=None, alt=chart.alt, key=key)


def draw(chart: Chart, *, key: inputs.Drawn, words: Texts, table: Callable[[], None]) -> None:
    """Draw a chart, and behind a switch its table, which is only made when it is asked for."""
    show(chart, key=key)
    view = unfold(words("overview.table"), inputs.table_of(key))
    if view.open:
        with view:
            table()


def unfold(label: str, panel: inputs.Panel, *, icon: str | None = None, expanded: bool = False) -> Any:
    """Draw what can be unfolded; what stands in it is drawn only where it is `open`, and the link says that it is."""
    return st.expander(label, icon=icon, expanded=expanded, key=panel, on_change="rerun")


def badge(status: str, words: Texts) -> None:
    """Show a status by its sign and its word, never by colour alone."""
    colour: Any = BADGES[status]
    st.badge(f"{ICONS[status]} {words(f'standing.{status}')}", color=colour)


def lever_sliders(segment: str, screen: session.Screen, change: Callable[..., None]) -> None:
    """Draw a slider for each lever of a segment, from its declaration.

    Levers declared as `apart` (when it starts, how it builds up, the workforce) stand behind a switch, open where one
    of them is set: every slider on the page costs the browser time at each step.
    """
    words = screen.texts
    document = st.session_state["scenario"].get("levers", {}).get(segment, {})
    fields = list(scenarios.lever_fields())
    apart = [name for name, field in fields if _declared(field).get("apart")]
    _sliders([(name, field) for name, field in fields if name not in apart], segment, screen, change)
    panel, unfolded = inputs.MORE_LEVERS[segment], any(name in document for name in apart)
    st.session_state.setdefault("opening", {})[panel] = unfolded
    more = unfold(words("simulate.more_levers"), panel, expanded=unfolded)
    if more.open:
        with more:
            _sliders([(name, field) for name, field in fields if name in apart], segment, screen, change)


def lever(segment: str, name: str, screen: session.Screen, change: Callable[..., None]) -> None:
    """Draw the slider of one lever by itself, named with its segment."""
    where = screen.texts(f"segment.{segment}") + ": "
    _sliders([(name, Levers.model_fields[name])], segment, screen, change, where=where)


def _sliders(
    fields: Sequence[tuple[str, Any]],
    segment: str,
    screen: session.Screen,
    change: Callable[..., None],
    *,
    where: str = "",
) -> None:
    words, view = screen.texts, screen.looked_at
    document = st.session_state["scenario"].get("levers", {}).get(segment, {})
    written_in = st.session_state.setdefault("levers_written_in", {})
    for name, field in fields:
        unit = scenarios.unit_of(field)
        options = _options(unit, field, view, segment)
        value = _value(name, unit, document, view)
        if value not in options:
            options = sorted([*options, value])
        key = f"lever_{segment}_{name}"
        # Streamlit knows a slider's stop by its label alone: in another language the old label is none of its stops.
        if st.session_state.get(key) != value or written_in.get(key) != words.language:
            st.session_state[key], written_in[key] = value, words.language
        st.select_slider(
            where + words(f"lever.{name}.name"),
            options,
            key=key,
            format_func=_labels(words.language, unit, tuple(options)).__getitem__,
            help=words(f"lever.{name}.help"),
            on_change=change,
            args=(segment, name, key, view),  # looking the view up again takes longer than the projection
        )


def lever_value(name: str, value: float | int | str, view: View) -> float | int | str | None:
    """Turn what a slider shows into what the scenario says; None where it is the default."""
    if name == "starts":
        return None if value == months.code(months.add(view.as_of, 1)) else value
    if name == "eligible_growth":
        return None if value == view.settings["eligible_growth"] else value
    return None if value == Levers.model_fields[name].default else value


def _declared(field: Any) -> Mapping[str, Any]:
    """Return what a lever declares beside its bounds."""
    declared: Mapping[str, Any] = field.json_schema_extra
    return declared


def _options(unit: str, field: Any, view: View, segment: str) -> list[Any]:
    if unit == "month":
        return [months.code(months.add(view.as_of, t)) for t in range(1, 25)]
    declared = _declared(field)
    step, reach = declared["step"], declared["reach"]
    low = -0.05 if unit == "growth" else -1 if unit == "change" else 0
    if unit == "people":
        step, reach = _people_steps(view, segment)
    count = round((reach - low) / step)
    stops = [
        round(low + step * index, 6) if unit in {"change", "growth", "share"} else int(low + step * index)
        for index in range(count + 1)
    ]
    # A change that builds up over one month is there at once, like one over none: two stops may not read the same.
    return [stop for stop in stops if stop != 1] if unit == "months" else stops


def _people_steps(view: View, segment: str) -> tuple[int, int]:
    """Size the slider of extra registrations to the scope: about three times today's registrations."""
    today = float(view.series.filter(view.series["segment"] == segment)["new"].sum() or 0)
    step = 10
    while step * 100 < max(3 * today, 500):
        step = int(step * (2 if str(step)[0] in "15" else 2.5))
    return step, step * 100


def _value(name: str, unit: str, document: Mapping[str, Any], view: View) -> Any:
    if name == "starts":
        return document.get(name) or months.code(months.add(view.as_of, 1))
    if name == "eligible_growth":
        return document.get(name, view.settings["eligible_growth"])
    value = document.get(name, Levers.model_fields[name].default)
    if unit == "months" and value == 1:
        return 0
    return int(value) if unit in {"people", "months"} and float(value).is_integer() else value


@lru_cache
def _labels(language: str, unit: str, options: tuple[Any, ...]) -> dict[Any, str]:
    """Write every stop of a slider once: doing it at each step takes longer than the projection."""
    return {value: _written(value, unit, texts.load(language)) for value in options}


def _written(value: Any, unit: str, words: Texts) -> str:
    if unit == "month":
        return words.month(months.parse(value), short=True)
    if unit == "months" and value in {0, 1}:
        return words("lever.at_once")
    return describe_lever_value(value, unit, words)


def choice(
    key: inputs.Key,
    label: str,
    options: Sequence[str],
    opening: str,
    write: Callable[[str], str],
    *,
    control: str = "",
    hidden: bool = False,
    meaning: str | None = None,
    wrap: bool | None = None,
) -> str:
    """Let the viewer choose one of a few. The choice stands in the state under `key`, so it outlives its page (a
    widget's own state is lost when the page is left) and travels in the link; `control` is the key of the input."""
    now, control = chosen(key, options, opening), control or f"{key}_control"
    st.segmented_control(
        label,
        options,
        key=control,
        default=now,
        required=True,
        format_func=write,
        label_visibility="collapsed" if hidden else "visible",
        help=meaning,
        on_change=lambda: st.session_state.update({key: st.session_state[control]}),
        wrap=wrap,
    )
    return now


def switched(panels: Iterable[inputs.Panel]) -> list[inputs.Panel]:
    """Return which of these panels are open: those of the link at first, then what the visitor switched."""
    state = st.session_state
    if links.SWITCHES not in state:
        state[links.SWITCHES] = [panel for panel in panels if state.pop(panel, False) is True]
    opened: list[inputs.Panel] = state[links.SWITCHES]
    return opened


def switches(label: str, panels: Mapping[inputs.Panel, str]) -> list[inputs.Panel]:
    """Draw a switch for each panel, named, all of them in one input; return which are open."""
    switched(panels)
    st.pills(
        label,
        list(panels),
        key=links.SWITCHES,
        selection_mode="multi",
        format_func=panels.__getitem__,
    )
    opened: list[inputs.Panel] = st.session_state[links.SWITCHES]
    return opened


def chosen(key: inputs.Key, options: Sequence[str], opening: str) -> str:
    """Return the choice that the state holds under a key, or the opening one where there is none that can be had.

    What the link chose and cannot be had is told, here on the page; what the visitor chose may go with a new scope.
    """
    state = st.session_state
    state.setdefault("opening", {})[key] = opening
    result = state.get(key)
    if result in options:
        return str(result)
    if result is not None:
        _drop(key, result, options)
    return opening


def number_chosen(key: inputs.Key, usual: int | None, least: int, most: int) -> int | None:
    """Return the whole number that the state holds under a key, within its bounds; else as `chosen` does."""
    state = st.session_state
    state.setdefault("opening", {})[key] = usual
    result = state.get(key)
    if (text := links.whole_number(result)) is not None:
        result = text
    if isinstance(result, int) and least <= result <= most:
        state[key] = result
        return result
    if result is not None:
        _drop(key, result, [f"{least} … {most}"])
    return usual


def several_chosen(key: inputs.Key, options: Sequence[str]) -> list[str]:
    """Return those of the choices under a key that can be had; else as `chosen` does."""
    result = st.session_state.get(key) or []
    unknown = [name for name in result if name not in options]
    if unknown:
        _drop(key, "|".join(unknown), options)
    return [name for name in result if name in options]


def _drop(key: inputs.Key, each_object: object, allowed: Sequence[object]) -> None:
    """Forget a choice that cannot be had, and tell it if the link made it."""
    state = st.session_state
    del state[key]
    if key in state["linked"]:
        parameter = next(name for name, state_key in links.FRAME.items() if state_key == key)
        text = session.texts().error(links.refusal_of_link(parameter, each_object, allowed))
        st.warning(session.escape(text), icon=":material/link_off:")


def chosen_lens(segments: Sequence[str]) -> str | None:
    """Return the segment that is looked at, None for all together."""
    options = _lenses(segments)
    now = chosen(inputs.LENS, options, options[-1])
    return None if now == "total" else now


def _lenses(segments: Sequence[str]) -> list[str]:
    return [*segments, "total"] if len(segments) > 1 else list(segments)


def lens(segments: Sequence[str], words: Texts) -> str | None:
    """Let the viewer choose a segment or all together; return None for all together."""
    options = _lenses(segments)
    now = choice(
        inputs.LENS, words("overview.lens"), options, options[-1], lambda name: words(f"segment.{name}"), hidden=True
    )
    return None if now == "total" else now


def trajectory_table(
    history: Any,
    baseline: Projection,
    scenario: Projection | None,
    words: Texts,
    *,
    key: str,
    fan: Any = None,
    milestones: Any = None,
) -> None:
    """Show history, baseline and scenario month by month, the last first: that is what was asked for; how sure they
    are, and the milestones."""
    rows = runs.side_by_side(history, baseline, scenario, fan, milestones).reverse()
    names = {"history": words("chart.history"), "baseline": words("chart.baseline"), "covered": words("chart.scenario")}
    names["milestone"] = words("chart.milestone")
    columns = [
        name
        for name in (
            "month",
            "history",
            "baseline",
            "covered",
            "difference",
            "p10",
            "p90",
            "chance",
            "funded",
            "target",
            "milestone",
        )
        if name in rows.columns
    ]
    tables.show_table(rows, words, columns, key=key, names=names)


def about_band(words: Texts) -> str:
    """Say what a band of futures holds, and where its own record stands: that of a segment may be poor."""
    return words("chance.band") + " " + words("chance.judged", heading=words("backtest.heading"))


def note(text: str, *, meaning: str | None = None) -> None:
    """Write small print; Streamlit's own caption is too faint to read (contrast below 4.5 : 1)."""
    st.markdown("  \n".join(f":small[{line}]" for line in text.splitlines()), help=meaning)


def what_to_know(view: View, words: Texts, *, projected: bool = False, summed: bool = True) -> None:
    """Write which targets are overdue; whom the figures leave out and what the targets contradict, where all are
    `summed`; and that a projection is held against no target. Mostly nothing."""
    for sentence in [
        *describe_assumptions(view.settings, words),
        *(remarks.about(view, words) if summed else remarks.overdue(view, words)),
        *(remarks.unprojected(view, words) if projected else []),
        *(describe_running(view, words) if projected else []),
        *(describe_own_record(view, words) if projected else []),
    ]:
        note(session.escape(sentence))


def segment_key(segments: Sequence[str], words: Texts) -> None:
    """Say which colour is which segment, by its word."""
    names = {segment: words(f"segment.{segment}").replace(" ", "&nbsp;") for segment in segments}
    marks = " ".join(
        f'<span style="color:{drawing.colour(segment)}">━━</span>&nbsp;{name}&nbsp;&nbsp;'
        for segment, name in names.items()
    )
    # Only our own words and colours stand in this markup, never a visitor's.
    st.markdown(marks, unsafe_allow_html=True)
