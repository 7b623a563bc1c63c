"""What was understood of the visitor's own files, what comes of it, and what has to be answered once?

The sheet stands on the left with a choice above each column, what comes of it on the right; a choice is used at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from coverage.base import months, settings
from coverage.base.texts import Texts
from coverage.intake.layout import shown
from coverage.intake.layout.shown import SheetShown
from coverage.standing import gaps
from coverage.wording import sheets as worded
from coverage.wording.columns import PEOPLE
from pages.parts import answers, inputs, session, sheet, tables, widgets

_BAR = (
    '<div style="height:10px;background:#88888833;position:relative;border-radius:2px;margin:4px 0">'
    '<div style="height:10px;width:{width:.1f}%;background:{colour};border-radius:2px"></div>'
    '<div style="position:absolute;left:94%;top:-3px;width:2px;height:16px;background:currentColor"></div></div>'
)
_LOOK = "<style>.st-key-use_reading button p { color: var(--st-background-color); }</style>"
_AGREED = frozenset({"totals_contradict"})
_BRANCHES = 8  # whose months are drawn


def _sheets(screen: session.Screen) -> tuple[list[SheetShown], Sequence[SheetShown]]:
    """Return the sheets that wait for an answer, and those that are read; none of a sample."""
    return _waiting(), screen.handed.sheets if not screen.sample else ()


def describe_what_was_read(screen: session.Screen) -> str:
    """Return the headline of the page where sheets were handed in; empty where there are none."""
    waiting, read = _sheets(screen)
    return worded.describe_reading([*waiting, *read], screen.texts) if waiting or read else ""


def panel(screen: session.Screen) -> None:
    """Draw the sheets that are read with what comes of them; those that cannot be read yet first."""
    waiting, read = _sheets(screen)
    if not waiting and not read:
        return
    words = screen.texts
    every = [*waiting, *read]
    with st.container(key="reading"):
        left, right = st.columns([0.69, 0.31], gap="medium")
        with left:
            _sheet(every, words)
        with right:
            _result(screen, waiting, read)
        if read and screen.view is not None:
            _months(screen)
            _origins(screen)


def _waiting() -> list[SheetShown]:
    """Return the sheets of files that could not be read until somebody answers."""
    refused = st.session_state.get("upload_refused", [])
    return [sheet for _, data in refused if "sheets" in data for sheet in shown.loads(str(data["sheets"]))]


def _sheet(every: Sequence[SheetShown], words: Texts) -> None:
    labels = [sheet.label for sheet in every]
    unclear = next((sheet.label for sheet in every if sheet.unclear), labels[0])
    chosen = unclear
    if len(labels) > 1:
        chosen = widgets.chosen(inputs.SHEET_OF, labels, unclear)
        st.selectbox(
            words("sheet.sheet"),
            labels,
            index=labels.index(chosen),
            key=f"sheet_of_{len(labels)}_{labels.index(chosen)}",
            on_change=lambda: None,
            label_visibility="collapsed",
        )
        chosen = st.session_state[f"sheet_of_{len(labels)}_{labels.index(chosen)}"] or chosen
        st.session_state["sheet_of"] = chosen
    seen = every[labels.index(chosen)]
    of_titles = answers.of_titles().get(seen.label, {})
    drawn = worded.sheet_for_browser(seen, words, readings=answers.given(), of_titles=of_titles)
    sheet.draw(drawn, key="sheet", chosen=lambda: _choose(seen.label))
    widgets.note(words("sheet.grey"))


def _choose(label: str) -> None:
    """Take a choice that was made above a column, or beside a title of the sheet of this label."""
    chosen: Mapping[str, Any] | None = st.session_state["sheet"].get("chosen")
    if chosen and chosen.get("title"):
        answers.take_title(label, str(chosen["title"]), str(chosen["value"]))
    elif chosen and chosen.get("meaning"):
        answers.take_answers({str(header): str(chosen["meaning"]) for header in chosen["headers"]})


def _result(screen: session.Screen, waiting: Sequence[SheetShown], read: Sequence[SheetShown]) -> None:
    """Draw what comes of the reading, what is still asked, and the one button that confirms."""
    words = screen.texts
    st.html(_LOOK)
    with st.container(border=True, key="reading_result"):
        widgets.note(words("sheet.result"))
        for code, data in st.session_state.get("upload_refused", []):
            if code == "layout_unclear":
                _refused(data, words)
        if read and screen.view is not None:
            _standing(screen)
            _checked(screen)
        _questions([*waiting, *read], words)
        if answers.given() or answers.of_titles():
            answers.offer(words)
        if read and screen.view is not None:
            st.button(words("sheet.use"), type="primary", key="use_reading", on_click=_use)
    if st.session_state.pop("reading_used", False):
        session.go_to("overview")


def _use() -> None:
    st.session_state["reading_used"] = True
    answers.keep()


def _refused(data: Mapping[str, Any], words: Texts) -> None:
    """Say of a file that cannot be read yet what was seen, what is missing and what was perhaps meant."""
    missing = ", ".join(words(f"column.{name}.name") for name in str(data["missing"]).split(", "))
    lines = [
        f"**{session.escape(words('sheet.not_read', file=data['file']))}**",
        session.escape(words("sheet.seen", found=data["found"])),
        session.escape(words("sheet.missing", missing=missing)),
    ]
    if data.get("near", "–") != "–":
        lines.append(session.escape(words("sheet.near", near=data["near"])))
    st.markdown("  \n".join(lines))


def _standing(screen: session.Screen) -> None:
    """Draw place and month, and where each segment stands against its target."""
    words, view = screen.texts, screen.view
    assert view is not None  # noqa: S101
    branches = view.series["branch"].unique().to_list()
    place = branches[0] if len(branches) == 1 else session.describe_place(words)
    st.markdown(f"**{session.escape(f'{place}, {words.month(view.as_of)}')}**")
    colours = settings.load().colours
    for row in gaps.by(view, ["segment"]).to_dicts():
        name = words(f"segment.{row['segment']}")
        active, target, gap = row["active"], row["target"], row["gap"]
        if target is None:
            st.markdown(f"**{name}**  \n{words('sheet.only_active', active=words.people(active))}")
            continue
        key = "out_of" if gap and gap > 0 else "out_of_over"
        text = words(f"sheet.{key}", active=words.people(active), target=words.people(target), gap=words.people(gap))
        share = row["attainment"] or 0
        st.markdown(f"**{name}** &nbsp; **{words.share(share)}**")
        st.html(_BAR.format(width=min(share * 94, 100), colour=colours[row["segment"]]))
        widgets.note(text)


def _checked(screen: session.Screen) -> None:
    """Say which months there are, and whether the totals of the files agree."""
    words, table = screen.texts, screen.handed.table
    present = table["month"].unique().sort()
    span = words("sheet.months", from_month=words.month(present[0]), to_month=words.month(present[-1]))
    if present.len() == 1:
        span = words.month(present[0])
    sentences = [f"✔ {words.count('unit.months', present.len())}, {span}"]
    codes = set(screen.handed.problems["code"].to_list())
    totals = any(line.kind == shown.TOTAL for sheet in screen.handed.sheets for line in sheet.lines)
    if totals and not codes & _AGREED:
        sentences.append(f"✔ {words('sheet.totals_agree')}")
    st.markdown("  \n".join(sentences))


def _questions(every: Sequence[SheetShown], words: Texts) -> None:
    """Ask for each column that nobody can know; one answer settles it in every sheet. What most figures wait for
    comes first."""
    open_ = [header for sheet in every for header in sheet.unclear]
    headers = sorted(dict.fromkeys(open_), key=lambda header: -open_.count(header))
    if not headers:
        return
    st.markdown(f"**{words('sheet.questions')}**")
    options = [option for group in worded.choices_of_columns(words) for option in group["options"]]
    labels = dict(options)
    for header in headers[:5]:
        key = f"question_{header}"
        st.selectbox(
            session.escape(words("sheet.question", header=header)),
            list(labels),
            index=None,
            format_func=labels.__getitem__,
            placeholder=words("sheet.unclear"),
            key=key,
            on_change=_answer,
            args=(header, key),
        )


def _answer(header: str, key: str) -> None:
    if st.session_state[key]:
        answers.take_answers({header: st.session_state[key]})


def _months(screen: session.Screen) -> None:
    """Draw which of the last twelve months each branch has, so that one sees which files would fill the rest."""
    words, view = screen.texts, screen.view
    assert view is not None  # noqa: S101
    wanted = [months.add(view.as_of, -at) for at in range(11, -1, -1)]
    present = screen.handed.table.select("branch", "month").unique()
    branches = sorted(present["branch"].unique().to_list())
    if len(branches) == 1 and present.height >= 12:
        return
    square = "display:inline-block;width:36px;height:18px;margin:2px;border-radius:3px;border:1px dashed #8888"
    filled = "display:inline-block;width:36px;height:18px;margin:2px;border-radius:3px;background:#475569"
    for branch in branches[:_BRANCHES]:
        held = set(present.filter(branch=branch)["month"].to_list())
        count = words("sheet.months_of", months=sum(month in held for month in wanted))
        st.markdown(f"**{session.escape(branch)}** · {count}")
        squares = "".join(
            f'<span style="{filled if month in held else square}" title="{words.month(month)}"></span>'
            for month in wanted
        )
        st.html(f"<div role='img' aria-label='{count}'>{squares}</div>")
    widgets.note(words("sheet.months_help"))


def _origins(screen: session.Screen) -> None:
    """Show behind a switch in which file, sheet and cell each figure stands."""
    words, rows = screen.texts, screen.handed.origins
    if rows.is_empty():
        return
    more = widgets.unfold(words("sheet.origin"), inputs.READING_ORIGINS)
    if not more.open:
        return
    with more:
        widgets.note(words("sheet.origin_help"))
        named = rows.with_columns(measure=rows["measure"].replace_strict(_measures(rows, words)))
        columns = ["branch", "segment", "month", "measure", "value", "file", "cell"]
        tables.show_table(
            named,
            words,
            columns,
            key="origin_rows",
            names={name: words(f"sheet.head.{name}") for name in columns},
            forms={"value": PEOPLE},
        )


def _measures(rows: Any, words: Texts) -> dict[str, str]:
    return {name: worded.describe_column(name, words) for name in rows["measure"].unique().to_list()}
