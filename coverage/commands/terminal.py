"""How do help, tables and waiting look to a person at a terminal?

Text that comes from files is shown as plain text: neither markup nor control characters of a cell reach the terminal.
Where the output is no terminal there are no colours, and a table is as wide as a page.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TextIO, TypeAlias

from rich import box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

PAGE = 100
"""Columns of text where no terminal says how wide it is."""
LONGEST_WORD = 20
"""A longer word may be broken to save a column."""
PATIENCE_SECONDS = 1.0
"""Whatever takes longer shows that it is at work."""


@dataclass(frozen=True, kw_only=True)
class ListingColumn:
    """A column of a table for people: its head, its cells, and whether they are figures (never broken or cut)."""

    head: str
    cells: Sequence[str]
    figures: bool = False
    style: Sequence[str] = ()  # one for each cell, or none


@dataclass(frozen=True, kw_only=True)
class HelpEntry:
    """One line of a help page: a command, or an option with what it takes."""

    name: str
    takes: str = ""
    words: str = ""


def on_one_line(text: object) -> str:
    """Return a text on one line, without control characters."""
    shown = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return " ".join(shown.split())


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A table for people; how wide its columns are is settled where it is shown."""

    columns: Sequence[ListingColumn]
    title: str = ""


Part: TypeAlias = Listing | str
"""What a page consists of: tables and paragraphs."""


def print_parts(parts: Sequence[Part], stream: TextIO) -> None:
    """Print to a stream: as wide as its terminal, else as a page, and wider where figures need it."""
    console = _console(stream)
    if not console.is_terminal:
        stream.write(_as_page(parts))
        return
    for part in parts:
        _show_one(console, part)


def _show_one(console: Console, part: Part | RenderableType) -> None:
    if not isinstance(part, Listing):
        console.print(part)
        return
    page = console.width
    widths, gap = _widths(part.columns, page)
    console.width = max(page, sum(widths) + gap * (len(widths) - 1) + 2)
    console.print(_grid(part, widths, gap))
    console.width = page


def _widths(columns: Sequence[ListingColumn], page: int) -> tuple[list[int], int]:
    """Return how wide each column is, and the gap between them.

    Where a page has no room, the gap goes first, then what can be spared by breaking lines between words.
    """
    widths = [max(len(on_one_line(column.head)), *map(len, column.cells), 0) for column in columns]
    least = [_least(column) for column in columns]
    gap = 2 if sum(widths) + 2 * len(widths) <= page else 1
    over = sum(widths) + gap * (len(widths) - 1) + 2 - page
    # The head of a figure breaks first: that costs one line, a broken cell one in each row.
    for place in sorted(range(len(columns)), key=lambda column: not columns[column].figures):
        spared = min(max(over, 0), widths[place] - least[place])
        widths[place] -= spared
        over -= spared
    return widths, gap


def _least(column: ListingColumn) -> int:
    """Return the width below which a figure would be cut, or a word broken that is not very long."""
    head = max(map(len, on_one_line(column.head).split()), default=0)
    if column.figures:
        return max(head, *map(len, column.cells), 0)
    words = (word for cell in column.cells for word in on_one_line(cell).split())
    return max(head, min(LONGEST_WORD, max(map(len, words), default=0)))


def _grid(part: Listing, widths: Sequence[int], gap: int) -> Table:
    """Arrange columns; figures stand right and whole, words may run over several lines."""
    grid = Table(
        title=Text(on_one_line(part.title), style="bold") if part.title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, gap - 1, 0, 0),
    )
    for column, width in zip(part.columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.figures else "left"
        grid.add_column(Text(on_one_line(column.head)), justify=justify, width=width, overflow="fold")
    for place in range(len(part.columns[0].cells)):
        cells = ((on_one_line(cells.cells[place]), cells.style[place] if cells.style else "") for cells in part.columns)
        grid.add_row(*(Text(words, style=style) for words, style in cells))
    return grid


def help_page(
    usage: str, about: Sequence[str], lists: Sequence[tuple[str, Sequence[HelpEntry]]], stream: TextIO
) -> str:
    """Return how a command is used, what it does, and its parts under their headings, as this stream can show it."""
    parts: list[RenderableType] = [Text(usage, style="bold", no_wrap=True)]
    for paragraph in about:
        parts += ["", Text(paragraph)]
    for heading, entries in lists:
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column()
        for entry in entries:
            name = Text.assemble("  ", (entry.name, "cyan"), f" {entry.takes}" if entry.takes else "")
            grid.add_row(name, Text(entry.words))
        parts += ["", Text(heading, style="bold"), grid]
    console = _console(stream)
    if not console.is_terminal or console.legacy_windows:
        return _as_page(parts)
    with console.capture() as captured:
        console.width = min(console.width, PAGE)
        for part in parts:
            console.print(part)
    return captured.get()


def _as_page(parts: Sequence[Part | RenderableType]) -> str:
    """Return plain text, without colours and without spaces at the ends of lines."""
    text = io.StringIO()
    console = _console(text)
    console.width = PAGE
    for part in parts:
        _show_one(console, part)
    return "".join(line.rstrip() + "\n" for line in text.getvalue().splitlines())


@contextmanager
def working(words: str, stream: TextIO) -> Iterator[None]:
    """Show that something is going on, if it takes long and a person is watching."""
    if not stream.isatty():
        yield
        return
    done = threading.Event()
    watcher = threading.Thread(target=_wait, args=(done, words, stream), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _wait(done: threading.Event, words: str, stream: TextIO) -> None:
    if done.wait(PATIENCE_SECONDS):
        return
    parts = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*parts, console=_console(stream), transient=True) as progress:
        progress.add_task(on_one_line(words), total=None)
        done.wait()


def _console(stream: TextIO) -> Console:
    return Console(file=stream, force_terminal=stream.isatty(), highlight=False, markup=False, emoji=False)
