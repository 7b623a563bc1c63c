"""What does each command of the command line answer?

A command reads what was handed in, asks the model once and returns an `Answer`: the table for programs, the same in
words for people, and what else they have to know. `run` delivers it.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from coverage.base import files
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import aggregate, backtest, compare, mix, money, report, rules, solve, standing, weighing
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, plain, show
from coverage.intake import template
from coverage.reports import export

FORMATS = ("table", "csv", "json")
FOR_PROGRAMS = frozenset({"clean", "aggregate"})
"""Commands whose answer is read again: CSV unless told otherwise."""
COMMANDS: dict[str, Callable[[Request, Texts], Answer]] = {
    "check": standing.check,
    "clean": standing.clean,
    "aggregate": aggregate.aggregate,
    "gaps": standing.gaps,
    "simulate": standing.simulate,
    "solve": solve.solve,
    "backtest": backtest.backtest,
    "compare": compare.compare,
    "plan": weighing.plan,
    "tornado": weighing.tornado,
    "mix": mix.mix,
    "curve": mix.curve,
    "money": money.paid,
    "cliffs": money.cliffs,
    "rules": rules.takes,
    "targets": rules.targets,
    "ladders": rules.ladders,
    "milestones": rules.milestones,
}


def run(name: str, asked: Request, texts: Texts) -> int:
    """Answer a command: the result to standard output or the file asked for, everything else to standard error."""
    if name == "template":
        return _template(asked, texts)
    if name in {"report", "handout"}:
        return _report(asked, texts, report.handout if name == "handout" else report.report)
    form = _form(asked, default="csv" if name in FOR_PROGRAMS else "table")
    _check_out(asked)
    answer = COMMANDS[name](asked, texts)
    if form == "table":
        _deliver_page(answer.page(), asked)
    else:
        _deliver((export.csv if form == "csv" else export.json)(answer.rows).encode(), asked)
    for note in answer.notes:
        sys.stderr.write(plain(note) + "\n")
    return max(answer.code, _tell_unread(asked, texts))


def _tell_unread(asked: Request, texts: Texts) -> int:
    """Write a line for each file that could not be read; return 1 if there is one."""
    for error in asked.unread:
        sys.stderr.write(plain(texts.error(error)) + "\n")
    return int(bool(asked.unread))


def _template(asked: Request, texts: Texts) -> int:
    ending = Path(asked.out).suffix.lower() if asked.out is not None else ".csv"
    if ending not in {".csv", ".xlsx"}:
        raise UsageRefused("out_ending", file=asked.out, allowed=".csv | .xlsx")
    _check_out(asked)
    _deliver(template.csv(texts) if ending == ".csv" else template.workbook(texts), asked)
    return 0


def _report(asked: Request, texts: Texts, make: Callable[[Request, Texts], tuple[bytes, list[str]]]) -> int:
    _check_out(asked)
    content, notes = make(asked, texts)
    _deliver(content, asked)
    for note in notes:
        sys.stderr.write(plain(note) + "\n")
    return _tell_unread(asked, texts)


def _form(asked: Request, default: str) -> str:
    """Return how to print: what was asked for, else what the file's ending says."""
    ending = Path(asked.out).suffix.lower() if asked.out is not None else ""
    if asked.format is not None:
        form = asked.format.lower()
        if form not in FORMATS:
            raise UsageRefused("option_value", option="--format", found=asked.format, allowed=" | ".join(FORMATS))
        return form
    if ending in {".csv", ".json"}:
        return ending[1:]
    if ending not in {"", ".txt"}:
        raise UsageRefused("out_ending", file=asked.out, allowed=".csv | .json | .txt")
    return default


def _check_out(asked: Request) -> None:
    """Refuse at once, before any work, a file that cannot be written."""
    if asked.out is None:
        return
    path = Path(asked.out).expanduser()
    folder = path.absolute().parent
    if path.is_dir():
        raise UsageRefused("out_refused", file=str(path), found=os.strerror(errno.EISDIR))
    if not folder.is_dir():
        raise UsageRefused("out_refused", file=str(path), found=os.strerror(errno.ENOENT))


def _deliver_page(parts: list[Part], asked: Request) -> None:
    if asked.out is None:
        show(parts, sys.stdout)
        return
    text = io.StringIO()
    show(parts, text)
    _deliver(text.getvalue().encode(), asked)


def _deliver(content: bytes, asked: Request) -> None:
    """Write to standard output, or to the file asked for: whole or not at all."""
    if asked.out is None:
        sys.stdout.write(content.decode())
        return
    path = Path(asked.out).expanduser()
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a device or a pipe: replacing it would destroy it
        else:
            files.write_whole(path.resolve(), content)
    except OSError as error:
        raise UsageRefused("out_refused", file=asked.out, found=error.strerror or type(error).__name__) from error
