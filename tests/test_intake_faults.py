"""Is every hostile file refused or read within a second of work and little memory, and is nobody else disturbed?

Each is read in the process that reads handed-in files; that process has to live on. Processor time and the peak of
memory are looked up where the system tells them (Linux). `cases/faults` of the issue stand at the top of the list.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coverage.base import settings, texts
from coverage.base.errors import FileRefused
from coverage.commands import cli
from coverage.intake import reader
from coverage.intake.read import Handed, read
from tests import hostile
from tests.test_intake_sheets import calls

SETTINGS = settings.load()
SECONDS = 2.0  # of a processor; measured: the worst take half of it
MEGABYTES = 300


@dataclass
class Watched:
    """The process that reads: what it has used."""

    process: int
    seconds: float = 0
    peak: int = 0

    def look(self) -> None:
        folder = Path(f"/proc/{self.process}")
        ticks = (folder / "stat").read_text().rpartition(")")[2].split()
        self.seconds = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
        status = (folder / "status").read_text()
        self.peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024


@pytest.fixture(scope="module")
def _warm() -> Iterator[None]:
    reader.read_apart([Handed(name="a.csv", content=b"month,branch,segment,active\n")], settings=SETTINGS)
    yield
    reader.close()


@pytest.mark.usefixtures("_warm")
@pytest.mark.parametrize("name", hostile.FILES)
def test_a_hostile_file_is_refused_or_read_in_a_second_and_the_reader_lives_on(name: str) -> None:
    content = hostile.FILES[name]()
    (process,) = reader.processes()
    watched, before = Watched(process), 0.0
    done = threading.Event()
    if sys.platform == "linux":
        Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak begins anew
        watched.look()
        before = watched.seconds

    def watch() -> None:
        while not done.wait(0.02):
            watched.look()

    refused: FileRefused | None = None
    watcher = threading.Thread(target=watch)
    if sys.platform == "linux":
        watcher.start()
    try:
        reader.read_apart([Handed(name=name, content=content)], settings=SETTINGS)
    except FileRefused as error:
        refused = error
    finally:
        done.set()
        if sys.platform == "linux":
            watcher.join()

    assert reader.processes() == [process]
    assert watched.seconds - before < SECONDS
    assert watched.peak < MEGABYTES
    if refused is not None:
        assert not refused.code.startswith("reader_")
        assert not any("\n" in texts.load(language).error(refused) for language in texts.languages())


@pytest.mark.parametrize(
    "name", ["far corner.xlsx", "entities.xlsx", "far.ods", "circle.xls", "open tags.html", "bomb.zip"]
)
def test_on_the_command_line_a_hostile_file_gets_one_line_and_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(hostile.FILES[name]())
    assert cli.main(["check", "--data", str(tmp_path / name)]) == 2
    out, errors = capsys.readouterr()
    assert (out, len(errors.splitlines())) == ("", 1)
    assert name in errors


def months(rows: int) -> list[list[str]]:
    lines = [
        [f"{2000 + row // 12 % 24}-{row % 12 + 1:02}", f"Cabang {row // 288}", "PU", str(row)] for row in range(rows)
    ]
    return [["Bulan", "Cabang", "Segmen", "Aktif"], *lines]


def as_xlsx(lines: list[list[str]]) -> bytes:
    cells = (f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for line in lines for cell in line)
    return hostile.workbook(
        hostile.sheet("".join("<row>" + "".join(next(cells) for _ in line) + "</row>" for line in lines))
    )


def as_ods(lines: list[list[str]]) -> bytes:
    rows = ("".join(hostile.ods_cell(cell) for cell in line) for line in lines)
    return hostile.ods("".join(f"<table:table-row>{row}</table:table-row>" for row in rows))


def as_html(lines: list[list[str]]) -> bytes:
    rows = ("".join(f"<td>{cell}</td>" for cell in line) for line in lines)
    return ("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>").encode()


def as_xls(lines: list[list[str]]) -> bytes:
    cells: list[tuple[int, int, object]] = [
        (row, at, cell) for row, line in enumerate(lines) for at, cell in enumerate(line)
    ]
    return hostile.old_workbooks.compound(hostile.old_workbooks.stream(cells))


def as_text(lines: list[list[str]]) -> bytes:
    return "\n".join(",".join(line) for line in lines).encode()


KINDS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "a.csv": as_text, "a.xlsx": as_xlsx, "a.ods": as_ods, "a.html": as_html, "a.xls": as_xls,
    "a.zip": lambda lines: hostile.packed({"a.csv": as_text(lines)}),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_twice_the_size_is_at_most_two_and_a_half_times_the_work_for_every_kind(name: str) -> None:
    small, large = (KINDS[name](months(rows)) for rows in (1_500, 3_000))
    read([Handed(name=name, content=small)], settings=SETTINGS)  # what is only done once is done

    counts = [
        calls(lambda content=content: read([Handed(name=name, content=content)], settings=SETTINGS))
        for content in (small, large)
    ]

    assert counts[1] < 2.5 * counts[0]


def test_a_small_clean_file_more_costs_few_steps() -> None:
    """A step is a call: some 480 for a file of 24 lines, and 830 while its header was looked for twice, each of its
    lines was cut into cells for that, and each branch asked every other whether they add up to a third."""

    def steps(many: int) -> int:
        every = [
            [[cell.replace("Cabang 0", f"Cabang {number:03d}") for cell in line] for line in months(24)]
            for number in range(many)
        ]
        sources = [Handed(name=f"{number:03d}.csv", content=as_text(lines)) for number, lines in enumerate(every)]
        return calls(lambda: read(sources, settings=SETTINGS))

    steps(20)  # what is only done once is done
    assert (steps(120) - steps(20)) / 100 < 600


def across(lines: int, heads: list[str], first: str) -> bytes:
    """Write lines of some names and twelve figures of another column each, below these headers."""
    body = [
        f"{first} {line};t{line};" + ";".join(str(1_000 + line % 97 + at) for at in range(12)) for line in range(lines)
    ]
    return "\n".join([";".join(heads), *body]).encode()


def test_a_large_table_of_another_subject_is_refused_with_few_steps_a_line() -> None:
    """Each line has a key that cannot be read: some 340 calls a line, and 1 300 while each was told by itself of a
    file that is refused."""
    heads = ["Sensor", "Waktu", *[f"Kanal {at}" for at in range(12)]]

    def steps(lines: int) -> int:
        return calls(lambda: read_alone("kanal.csv", across(lines, heads, "S")))

    steps(200)
    assert (steps(1_200) - steps(200)) / 1_000 < 450


def test_a_line_more_of_a_recap_costs_few_steps() -> None:
    """Twelve months across: columns are read as wholes, and a different text is looked at once:
    some 360 calls a line, and 570 before."""
    heads = [
        "Kabupaten/Kota",
        "Ket",
        *[f"{month:02d}/2023" for month in range(1, 13)],
    ]

    def steps(lines: int) -> int:
        return calls(lambda: read_alone("peserta aktif.csv", across(lines, heads, "Kab. Contoh")))

    steps(200)
    assert (steps(1_200) - steps(200)) / 1_000 < 450


def read_alone(name: str, content: bytes) -> None:
    with contextlib.suppress(FileRefused):
        read([Handed(name=name, content=content)], settings=SETTINGS)
