"""What does a careful reading cost, beside a plain typed `polars.read_csv` of the same rows, clean?

`python -m bench.intake` writes files into a temporary folder, measures the processor time of the two readings by turns
(the least of several: other work on the machine hurts it less than the clock) and the peak memory of each in a process
of its own, and prints a table. The plain reading is the floor: typed columns, no checks, no line numbers, months left
as text. Beside the dirty files too it reads the clean one, because it cannot read them.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from coverage.base import settings
from coverage.intake import read

MONTHS = 120
SETS = {"325 files x 120 months x 2 segments": (325, 1), "1 file of 1 000 080 rows": (1, 4167)}
"""Files, and branches in each; rows stand as `clean` writes them, by branch, segment and month."""
DIRTY = {
    "the same file: `Oktober 2019;…;174.000` in every line": "indonesian",
    "the same file: one line with three cells too many": "long",
    "the same file: one line with a stray quote": "quote",
}
NAMES = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
HEADER = "month,branch,segment,active,eligible"
PLAIN = {"month": pl.String, "branch": pl.String, "segment": pl.String, "active": pl.Int64, "eligible": pl.Int64}
FLOWS = {"new": pl.Int64, "lapsed": pl.Int64, "returned": pl.Int64, "funded": pl.Int64}
TEXTS = {"eligible_source": pl.String, "source": pl.String, "status": pl.String}


def write(folder: Path, files: int, branches: int, *, full: bool) -> list[Path]:
    """Write clean files: every figure is whole, every series complete and in balance, every row there once."""
    paths = []
    for file in range(files):
        path = folder / f"{files}-{file:04d}.csv"
        rows = [HEADER + ("," + ",".join([*FLOWS, *TEXTS]) if full else "")]
        for branch in range(branches):
            name = f"Cabang {file * branches + branch:05d}"
            for segment, size in (("formal", 120_000), ("informal", 60_000)):
                active = size + 7 * branch
                for month in range(MONTHS):
                    new, lapsed = 900 + month, 700 + branch % 90
                    active += new - lapsed if month else 0
                    row = f"{2013 + month // 12}-{month % 12 + 1:02d},{name},{segment},{active},{2 * size + 90 * month}"
                    more = f",{new},{lapsed},0,{month},Sakernas,Kantor {branch % 90:02d},illustrative"
                    rows.append(row + more if full else row)
        path.write_text("\n".join(rows) + "\n", "utf-8")
        paths.append(path)
    return paths


def write_dirty(clean: Path, kind: str) -> Path:
    """Write the clean file again, as branches write it or with one line spoilt in the middle."""
    path = clean.with_name(f"{kind}.csv")
    lines = clean.read_text("utf-8").splitlines()
    half = len(lines) // 2
    if kind == "indonesian":
        lines[1:] = [_indonesian(line) for line in lines[1:]]
        lines[0] = "bulan;cabang;segmen;aktif;potensi"
    elif kind == "long":
        lines[half] += ",1,2,3"
    else:
        lines[half] = lines[half].replace("Cabang", 'Ca"bang')
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _indonesian(line: str) -> str:
    month, branch, segment, *counts = line.split(",")
    name = f"{NAMES[int(month[5:]) - 1]} {month[:4]}"
    return ";".join([name, branch, segment, *(f"{int(count):,}".replace(",", ".") for count in counts)])


def plain(paths: list[Path], *, full: bool) -> int:
    schema = PLAIN | FLOWS | TEXTS if full else PLAIN
    return pl.read_csv(paths if len(paths) > 1 else paths[0], schema=schema).height


def ours(paths: list[Path], *, full: bool) -> int:  # noqa: ARG001 - the intake finds its columns itself
    return read.read(paths, settings=settings.load()).table.height


def seconds(work: Callable[..., int], paths: list[Path], *, full: bool) -> float:
    start = time.process_time()
    work(paths, full=full)
    return time.process_time() - start


def peak_megabytes(name: str, paths: list[Path], *, full: bool) -> float:
    """Measure in a process of its own; what a process with nothing read needs is part of both."""
    pattern = paths[0].name if len(paths) == 1 else f"{len(paths)}-*.csv"
    command = [sys.executable, "-m", "bench.intake", "--alone", name, "--files", str(paths[0].parent / pattern)]
    done = subprocess.run([*command, *(["--full"] if full else [])], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def own_peak() -> int:
    """Return this process's peak in kB. `ru_maxrss` alone would also count the parent that started it (Linux)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def compare(title: str, floor: list[Path], paths: list[Path], repeats: int, *, full: bool) -> str:
    """Return a row of the table: the plain reading of `floor` beside the intake of `paths`."""
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    for _ in range(repeats + 1):
        times["plain"].append(seconds(plain, floor, full=full))
        times["ours"].append(seconds(ours, paths, full=full))
    low, high = (min(times[name][1:]) * 1000 for name in ("plain", "ours"))
    least, peak = peak_megabytes("plain", floor, full=full), peak_megabytes("ours", paths, full=full)
    columns = len(PLAIN | FLOWS | TEXTS if full else PLAIN)
    return (
        f"| {title}, {columns} columns | {low:.0f} ms | {high:.0f} ms | {high / low:.2f} |"
        f" {least:.0f} MB | {peak:.0f} MB | {peak / least:.2f} |"
    )


def measure(repeats: int, *, full: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        for title, (files, branches) in SETS.items():
            paths = write(Path(name), files, branches, full=full)
            yield compare(title, paths, paths, repeats, full=full)
        for title, kind in ({} if full else DIRTY).items():
            yield compare(title, paths, [write_dirty(paths[0], kind)], repeats, full=full)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=9)
    options.add_argument("--alone", choices=("plain", "ours"), help=argparse.SUPPRESS)
    options.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--full", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.alone:
        paths = sorted(given.files.parent.glob(given.files.name))
        (plain if given.alone == "plain" else ours)(paths, full=given.full)
        print(own_peak())
        return
    print("| data | plain read | intake | ratio | plain memory | intake memory | ratio |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for full in (False, True):
        for line in measure(given.repeats, full=full):
            print(line, flush=True)


if __name__ == "__main__":
    main()
