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
from coverage.commands import aggregate, backtest, compare, mix, money, rules, solve, standing, weighing
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part, on_one_line, print_parts
from coverage.intake import template
from coverage.reports import export

FORMATS = ("table", "csv", "json")
FOR_PROGRAMS = frozenset({"clean", "aggregate"})
"""Commands whose answer is read again: CSV unless told otherwise."""
COMMANDS: dict[str, Callable[[Request, Texts], Answer]] = {
    "check": standing.answer_check,
    "clean": standing.answer_clean,
    "aggregate": aggregate.answer_aggregate,
    "gaps": standing.answer_gaps,
    "simulate": standing.answer_simulate,
    "solve": solve.answer_solve,
    "backtest": backtest.answer_backtest,
    "compare": compare.answer_compare,
    "plan": weighing.answer_plan,
    "tornado": weighing.answer_tornado,
    "mix": mix.answer_mix,
    "curve": mix.answer_curve,
    "money": money.answer_money,
    "cliffs": money.answer_cliffs,
    "rules": rules.answer_rules,
    "targets": rules.answer_targets,
    "ladders": rules.answer_ladders,
    "milestones": rules.answer_milestones,
}


def run(name: str, options: Request, texts: Texts) -> int:
    """Answer a command: the result to standard output or the file asked for, everything else to standard error."""
    if name == "template":
        return _template(options, texts)
    if name in {"report", "handout"}:
        from coverage.commands import report  # what makes files takes as long to import as all else together

        return _report(options, texts, report.handout if name == "handout" else report.report)
    form = _form(options, default="csv" if name in FOR_PROGRAMS else "table")
    _check_out(options)
    answer = COMMANDS[name](options, texts)
    if form == "table":
        _deliver_page(answer.page(), options)
    else:
        _deliver((export.csv if form == "csv" else export.json)(answer.rows).encode(), options)
    for note in answer.notes:
        sys.stderr.write(on_one_line(note) + "\n")
    return max(answer.code, _tell_unread(options, texts))


def _tell_unread(options: Request, texts: Texts) -> int:
    """Write a line for each file that could not be read; return 1 if there is one."""
    for error in options.unread:
        sys.stderr.write(on_one_line(texts.error(error)) + "\n")
    return int(bool(options.unread))


def _template(options: Request, texts: Texts) -> int:
    ending = Path(options.out).suffix.lower() if options.out is not None else ".csv"
    if ending not in {".csv", ".xlsx"}:
        raise UsageRefused("out_ending", file=options.out, allowed=".csv | .xlsx")
    _check_out(options)
    _deliver(template.csv(texts) if ending == ".csv" else template.workbook(texts), options)
    return 0


def _report(options: Request, texts: Texts, make: Callable[[Request, Texts], tuple[bytes, list[str]]]) -> int:
    _check_out(options)
    content, notes = make(options, texts)
    _deliver(content, options)
    for note in notes:
        sys.stderr.write(on_one_line(note) + "\n")
    return _tell_unread(options, texts)


def _form(options: Request, default: str) -> str:
    """Return how to print: what was asked for, else what the file's ending says."""
    ending = Path(options.out).suffix.lower() if options.out is not None else ""
    if options.format is not None:
        form = options.format.lower()
        if form not in FORMATS:
            raise UsageRefused("option_value", option="--format", found=options.format, allowed=" | ".join(FORMATS))
        return form
    if ending in {".csv", ".json"}:
        return ending[1:]
    if ending not in {"", ".txt"}:
        raise UsageRefused("out_ending", file=options.out, allowed=".csv | .json | .txt")
    return default


def _check_out(options: Request) -> None:
    """Refuse at once, before any work, a file that cannot be written."""
    if options.out is None:
        return
    path = Path(options.out).expanduser()
    folder = path.absolute().parent
    if path.is_dir():
        raise UsageRefused("out_refused", file=str(path), found=os.strerror(errno.EISDIR))
    if not folder.is_dir():
        raise UsageRefused("out_refused", file=str(path), found=os.strerror(errno.ENOENT))


def _deliver_page(parts: list[Part], options: Request) -> None:
    if options.out is None:
        print_parts(parts, sys.stdout)
        return
    text = io.StringIO()
    print_parts(parts, text)
    _deliver(text.getvalue().encode(), options)


def _deliver(content: bytes, options: Request) -> None:
    """Write to standard output, or to the file asked for: whole or not at all."""
    if options.out is None:
        sys.stdout.write(content.decode())
        return
    path = Path(options.out).expanduser()
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a device or a pipe: replacing it would destroy it
        else:
            files.write_whole(path.resolve(), content)
    except OSError as error:
        raise UsageRefused("out_refused", file=options.out, found=error.strerror or type(error).__name__) from error
