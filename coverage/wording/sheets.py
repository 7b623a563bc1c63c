"""What does a sheet say to somebody who checks what was understood of it: each column's meaning, each line's reason?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coverage.base import months, settings
from coverage.base.tables import SEGMENTS
from coverage.base.texts import Texts
from coverage.intake.layout import shown
from coverage.intake.layout.shown import LineShown, SheetShown

KEYS = ("ignore", "month", "year", "place", "region", "segment")
"""What a column may be besides a measure, in a map's words."""
MEASURES = ("active", "target of active", "eligible", "new", "lapsed", "returned", "funded")
_REASONS = frozenset(
    {
        *("title", "place", "month", "year", "segment", "measure", "kind", "unit", "note", "caption", "total"),
        *("share", "unused", "unclear", "inactive", "empty", "wrong", "unread", "negative", "zero", "programme"),
        *("no_month", "no_place", "older", "unlike"),
    }
)


def describe_column(meaning: str, texts: Texts) -> str:
    """Say in words what a column was taken for: `Aktif · Formal`."""
    if meaning in KEYS:
        return texts(f"sheet.{meaning}")
    measure, _, segment = meaning.rpartition(" of ") if meaning.rpartition(" of ")[2] in SEGMENTS else (meaning, "", "")
    name = texts("sheet.target") if measure == "target of active" else _measure(measure, texts)
    return f"{texts(f'segment.{segment}')} · {name}" if segment else name


def _measure(measure: str, texts: Texts) -> str:
    target = measure.startswith("target of ")
    bare = measure.removeprefix("target of ")
    name = texts(f"column.{bare}.name") if f"column.{bare}.name" in texts else bare
    return f"{texts('sheet.target')} {name.lower()}" if target else name


def choices_of_columns(texts: Texts) -> list[dict[str, Any]]:
    """Return what a column may be, in groups: its keys, and each measure of all together and of each segment."""
    groups = [{"label": texts("sheet.keys"), "options": [[key, texts(f"sheet.{key}")] for key in KEYS]}]
    for measure in MEASURES:
        name = describe_column(measure, texts)
        options = [[measure, texts("sheet.all_segments", measure=name)]]
        options += [
            [f"{measure} of {segment}", describe_column(f"{measure} of {segment}", texts)] for segment in SEGMENTS
        ]
        groups.append({"label": name, "options": options})
    return groups


def describe_line(line: LineShown, texts: Texts) -> str:
    """Say why a line is not used, or what a title gives to the figures."""
    if line.kind == shown.FOLD:
        return texts("sheet.fold", lines=texts.count("unit.lines", int(line.value)))
    if line.reason not in _REASONS:
        return ""
    return texts(f"sheet.reason.{line.reason}", value=_value(line, texts))


def _value(line: LineShown, texts: Texts) -> str:
    if line.reason == "month":
        return _shown(line.reason, line.value, texts)
    if line.reason == "segment":
        return texts(f"segment.{line.value}")
    if line.reason == "measure":
        return _measure(line.value, texts)
    return line.value


def _shown(key: str, value: str, texts: Texts) -> str:
    return texts.month(months.parse(value)) if key == "month" else value


def describe_reading(sheets: Sequence[SheetShown], texts: Texts) -> str:
    """Say in one line how much was read of the sheets, and what is left to do."""
    figures, targets = sum(sheet.figures for sheet in sheets), sum(sheet.targets for sheet in sheets)
    unclear = list(dict.fromkeys(header for sheet in sheets for header in sheet.unclear))
    counted = [texts.count("sheet.figures", figures)] + ([texts.count("sheet.targets", targets)] if targets else [])
    read = texts("sheet.and").join(counted)
    if unclear:
        return texts("sheet.headline_unclear", read=read, columns=texts.count("sheet.columns", len(unclear)))
    return texts("sheet.headline", read=read)


def _choices_of_title(line: LineShown, texts: Texts, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return what a title can be, as `[key, value, words]`, and which of these it is; nothing where there is no choice.

    What a title gives by itself can be said otherwise, but not unsaid: a map has no word for that.
    """
    options = [[key, value, texts(f"sheet.reason.{key}", value=_shown(key, value, texts))] for key, value in line.may]
    own = next((at for at, (key, value) in enumerate(line.may) if answers.get(key) == value), None)
    if own is None:
        own = next((at for at, (key, _) in enumerate(line.may) if key == line.reason and key not in answers), None)
    unsaid = own is None or options[own][0] in answers
    return {"options": options, "chosen": own, "none": texts("sheet.reason.title") if unsaid else None}


def sheet_for_browser(
    sheet: SheetShown, texts: Texts, *, readings: Mapping[str, str], of_titles: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return a sheet as the browser draws it: words and colours beside the cells; `readings` are the answers so far,
    `of_titles` what was said of its titles."""
    colours = settings.load().colours
    titles = [_choices_of_title(line, texts, of_titles or {}) for line in sheet.lines]
    columns = []
    for column in sheet.columns:
        meaning = readings.get(column.header, column.meaning)
        segment = meaning.rpartition(" of ")[2]
        columns.append(
            {
                "header": column.header,
                "meaning": meaning,
                "label": describe_column(meaning, texts) if meaning else texts("sheet.unclear"),
                "colour": colours.get(segment, ""),
                "counted": meaning not in KEYS,
                "state": "said"
                if column.header in readings
                else "unclear"
                if not meaning
                else "assumed"
                if column.assumed
                else "read",
            }
        )
    return {
        "label": sheet.label,
        "language": texts.language,
        "columns": columns,
        "lines": [
            {
                "number": line.number,
                "cells": list(line.cells),
                "kind": line.kind,
                "reason": describe_line(line, texts),
                "used": line.kind == shown.FIGURE
                or (line.kind == shown.TITLE and (line.reason != "title" or titles[at]["chosen"] is not None)),
                "title": titles[at] if line.may else None,
            }
            for at, line in enumerate(sheet.lines)
        ],
        "choices": choices_of_columns(texts),
        "words": {
            name: texts(f"sheet.{name}") for name in ("column", "unclear", "without_header", "first_values", "of_title")
        },
    }
