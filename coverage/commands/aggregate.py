"""What does `aggregate` answer? Counts in the place of a list of persons, and not a word that stands in the list."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from coverage.base import settings
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import listing, request
from coverage.commands.footnotes import NAMED
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import working
from coverage.intake import months as calendar
from coverage.intake import persons
from coverage.intake.persons import Counted


def answer_aggregate(options: Request, texts: Texts) -> Answer:
    """One row per month, branch and segment: how many active members the lists name; code 1 if a line is in doubt."""
    if not options.data:
        raise UsageRefused("option_empty", option="--data")
    month = request.month_of("as-of", options.as_of)
    if month is not None and calendar.number(month.year, month.month) is None:
        allowed = f"{calendar.FIRST_YEAR}-01 … {calendar.LAST_YEAR}-12"
        raise UsageRefused("option_value", option="--as-of", found=options.as_of, allowed=allowed)
    files = request.files_of(options, options.data)
    with working(texts("cli.reading"), sys.stderr):
        counted = persons.count(files, settings=settings.load(), month=month, strict=options.strict)
    options.unread.extend(counted.refused)
    in_doubt = not {*counted.aside["code"]} <= persons.HARMLESS or bool((counted.notes["severity"] != "note").any())
    return Answer(
        rows=counted.table,
        page=lambda: [listing.list_clean_rows(counted.table, texts)],
        notes=[*_notes(counted, texts), texts.fill("aggregate.account", counted.account)],
        code=int(in_doubt),
    )


def _notes(counted: Counted, texts: Texts) -> Iterator[str]:
    for row in counted.notes.to_dicts():
        place = row["file"] + (f":{row['line']}" if row["line"] is not None else "")
        own = f"aggregate.{row['code']}"
        yield f"{place}: {texts(own if own in texts else 'problem.' + row['code'] + '.message', **row)}"
    for written, name in counted.spelled:
        yield texts("problem.branch_spelling.message", value=written, name=name)
    for key, files in (
        ("without_standing", counted.without_standing),
        ("without_number", counted.without_number),
        ("dated", counted.dated),
    ):
        if files:
            yield texts(f"aggregate.{key}", files=_some(files))
    for key, lines in (
        ("not_active", counted.account["not_active"]),
        ("repeated", counted.account["repeated"]),
        ("anonymous", counted.anonymous),
    ):
        if lines:
            yield texts(f"aggregate.{key}", rows=texts.count("unit.rows", lines))
    for row in counted.aside.to_dicts():
        place = texts("aggregate.in_column", file=row["file"], column=row["column"]) if row["column"] else row["file"]
        first = _some([str(line) for line in row["first"]], more=row["lines"] > len(row["first"]))
        yield texts(
            "aggregate.set_aside",
            place=place,
            rows=texts.count("unit.rows", row["lines"]),
            why=texts(f"aggregate.aside.{row['code']}"),
            lines=texts.count("aggregate.lines", row["lines"], lines=first),
        )


def _some(names: Sequence[str], *, more: bool = False) -> str:
    return ", ".join(names[:NAMED]) + (", …" if more or len(names) > NAMED else "")
