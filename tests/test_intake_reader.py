"""Does whatever a file does to the process that reads it leave this one, and the other files, alone?"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coverage.base import settings
from coverage.base.errors import FileRefused
from coverage.intake import reader, usage
from coverage.intake.read import Handed, find, read
from tests import hostile
from tests.test_intake_kinds import CSV, EXPECTED, figures, xls, zipped

SETTINGS = settings.load()
SAMPLE = Path("tests/frozen/sumbagsel")


def limited(**values: float) -> settings.Settings:
    facts = tuple(replace(fact, value=values.get(fact.name, fact.value)) for fact in SETTINGS.facts)
    return replace(SETTINGS, facts=facts)


@pytest.fixture(autouse=True)
def _own_processes() -> Iterator[None]:
    yield
    reader.close()


@pytest.fixture(scope="module")
def slow() -> Handed:
    """A workbook whose reading takes seconds, and hundreds of megabytes."""
    rows = (
        f'<row><c t="inlineStr"><is><t>Bulan {row}</t></is></c>{f"<c><v>{row}</v></c>" * 20}</row>'
        for row in range(40_000)
    )
    return Handed(name="slow.xlsx", content=hostile.workbook(hostile.sheet("".join(rows))))


def test_what_is_read_apart_is_what_is_read_here() -> None:
    files = find([str(SAMPLE)])
    here, apart = read(files, settings=SETTINGS), reader.read_apart(files, settings=SETTINGS)
    assert apart.table.equals(here.table)
    assert apart.problems.equals(here.problems)
    assert apart.files.equals(here.files)
    assert apart.fingerprint == here.fingerprint


def test_whoever_waits_is_told_how_many_files_are_read() -> None:
    files = find([str(SAMPLE)])
    seen: list[tuple[int, int]] = []
    with reader.watching(lambda read, every: seen.append((read, every))):
        reader.read_apart(files, settings=SETTINGS)
    assert seen == [(number, len(files)) for number in range(len(files) + 1)]


def test_a_refusal_comes_back_as_it_was_raised() -> None:
    with pytest.raises(FileRefused) as refused:
        reader.read_apart([Handed(name="a.csv", content=b"")], settings=SETTINGS)
    assert (refused.value.code, refused.value.data) == ("empty_file", {"file": "a.csv"})


def test_an_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(FileRefused("empty_file", file="a.csv", found=None)))  # noqa: S301
    assert isinstance(error, FileRefused)
    assert (error.code, error.data) == ("empty_file", {"file": "a.csv", "found": None})


def test_a_file_that_takes_too_long_is_stopped_and_the_others_are_read(slow: Handed) -> None:
    good = Handed(name="good.csv", content=CSV.encode())
    reader.read_apart([good], settings=SETTINGS)
    intake = reader.read_apart([slow, good], settings=limited(reader_seconds=0.4))
    assert figures(intake) == EXPECTED
    assert [(error.code, error.data["file"]) for error in intake.refused] == [("reader_time", "slow.xlsx")]


def test_a_file_that_takes_too_much_memory_is_stopped_and_the_others_are_read(slow: Handed) -> None:
    good = Handed(name="good.csv", content=CSV.encode())
    reader.read_apart([good], settings=SETTINGS)
    intake = reader.read_apart([slow, good], settings=limited(reader_memory_bytes=150_000_000))
    assert figures(intake) == EXPECTED
    assert {error.data["file"] for error in intake.refused} == {"slow.xlsx"}
    assert {error.code for error in intake.refused} <= {"reader_memory", "reader_crash"}


def test_where_only_one_file_was_handed_in_it_is_refused(slow: Handed) -> None:
    with pytest.raises(FileRefused, match="reader_time") as refused:
        reader.read_apart([slow], settings=limited(reader_seconds=0.1))
    assert refused.value.data == {"file": "slow.xlsx"}


def test_after_a_file_was_stopped_the_next_is_read(slow: Handed) -> None:
    with pytest.raises(FileRefused):
        reader.read_apart([slow], settings=limited(reader_seconds=0.1))
    assert figures(reader.read_apart([Handed(name="a.csv", content=CSV.encode())], settings=SETTINGS)) == EXPECTED


def test_a_warm_process_reads_a_small_file_at_once() -> None:
    small = [Handed(name="a.csv", content=CSV.encode())]
    reader.read_apart(small, settings=SETTINGS)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        reader.read_apart(small, settings=SETTINGS)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5  # its start takes a second and more


def test_only_what_a_foreign_library_reads_has_to_be_read_apart(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xls())
    (tmp_path / "b.csv").write_text(CSV)
    assert not reader.is_safe(tmp_path / "a.xlsx")
    assert reader.is_safe(tmp_path / "b.csv")
    assert reader.is_safe(tmp_path / "gone.csv")
    assert not reader.is_safe(Handed(name="a.zip", content=zipped({"a.xls": xls()})))
    assert not reader.is_safe(Handed(name="a.xls", content=b"x"))


def test_how_much_memory_a_process_holds_is_told() -> None:
    assert 20_000_000 < usage.resident(os.getpid()) < 8_000_000_000
    assert usage.resident(2**30) == 0
    assert usage.worked(2**30) == 0
    assert usage.worked(os.getpid()) > 0 or sys.platform != "linux"


def test_the_memory_of_what_was_read_comes_back() -> None:
    lines = (
        f"{2000 + at % 240 // 12}-{at % 12 + 1:02},Cabang {at // 240},PU,{1_000 + at % 7}" for at in range(120_000)
    )
    content = ("month,branch,segment,active\n" + "\n".join(lines)).encode()
    reader.read_apart([Handed(name="a.csv", content=content)], settings=SETTINGS)
    gc.collect()
    before = usage.resident(os.getpid())

    kept = [reader.read_apart([Handed(name="a.csv", content=content)], settings=SETTINGS) for _ in range(4)]
    assert len(kept) == 4
    del kept
    gc.collect()

    patience = time.monotonic() + 60  # the allocator gives pages back after a while, when it is asked for others
    while usage.resident(os.getpid()) > before * 1.2 and time.monotonic() < patience:
        reader.read_apart([Handed(name="a.csv", content=CSV.encode())], settings=SETTINGS)
        time.sleep(0.5)
    assert usage.resident(os.getpid()) < before * 1.2
    assert all(usage.resident(process) < 500_000_000 for process in reader.processes())
