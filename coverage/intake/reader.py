"""Reading what strangers hand in, in a process of its own, with limits of time and memory.

A file that breaks a limit ends that process and is refused; another process reads the others. One is kept warm, so that
a small file does not wait for its imports.
"""

from __future__ import annotations

import atexit
import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias, cast

from coverage.base.errors import FileRefused
from coverage.base.settings import Settings
from coverage.intake import finding, usage, worker
from coverage.intake.finding import Handed
from coverage.intake.read import Intake
from coverage.intake.worker import At, Reply, WorkOrder

_PROJECT = Path(__file__).resolve().parents[2]
_PROGRAM = f"import sys; sys.path.insert(0, {str(_PROJECT)!r}); from coverage.intake import worker; worker.serve()"
_LOOK = 0.05  # seconds between two looks at a process
_STARTS = 60  # seconds that a process may take to start, on a busy machine
_BUSY = 10  # times as long by the clock as by its own work may a process take: others may work beside it
_TOGETHER = 4  # times as long as one file may what comes after all are open take
_KEPT = 400_000_000  # bytes with which a process is still kept warm; it has 150 to 200 MB when it starts
_AT_ONCE = 2  # processes: a long file does not keep the next visitor waiting
_NATIVE = (".xls", ".xlsb", finding.ARCHIVE)
"""What is read by a library into which no limit of ours reaches."""


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """What ended a process (`time`, `memory` or `crash`), and which file it was opening; -1: all were open."""

    reason: str
    place: int

    def refused(self, file: str) -> FileRefused:
        return FileRefused(f"reader_{self.reason}", file=file)


def is_safe(source: Path | Handed) -> bool:
    """Say whether a file may be read in this process: our own readers look before they make room."""
    if source.name.lower().endswith(finding.TEXTS):
        return True
    if source.name.lower().endswith(_NATIVE):
        return False
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                head = file.read(4)
        else:
            head = source.content[:4]
    except OSError:
        return True  # it will be refused
    return head != b"\xd0\xcf\x11\xe0"


def read_apart(sources: Sequence[Path | Handed], *, settings: Settings, **options: Any) -> Intake:
    """Read files as `read.read` does, in another process; what ends that process is refused like any bad file."""
    remaining = [source.absolute() if isinstance(source, Path) else source for source in sources]
    stopped: list[FileRefused] = []
    while True:
        outcome = _ask(remaining, settings, options | {"refused": tuple(stopped)})
        if isinstance(outcome, Intake):
            return outcome
        if outcome.place >= 0:
            culprits = [remaining[outcome.place]]
        else:  # all were open: each for itself shows which it was
            culprits = [name for name in remaining if isinstance(_alone(name, settings, options), Stopped)]
        stopped += [outcome.refused(culprit.name) for culprit in culprits or remaining[:1]]
        remaining = [name for name in remaining if name not in culprits]
        if not culprits or not remaining or options.get("strict"):
            raise stopped[0]


_Watch: TypeAlias = Callable[[int, int], None]
_watch: ContextVar[_Watch | None] = ContextVar("watch", default=None)


@contextlib.contextmanager
def watching(watch: _Watch) -> Iterator[None]:
    """Call `watch` with how many files are read, of how many, whenever one more is."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def warm() -> None:
    """Start a process in the background, so that the first file does not wait for it."""
    threading.Thread(target=lambda: _pool().warm(), name="reader", daemon=True).start()


def _alone(source: Path | Handed, settings: Settings, options: dict[str, Any]) -> Intake | Stopped | None:
    with contextlib.suppress(FileRefused):
        return _ask([source], settings, options)
    return None


def _ask(sources: Sequence[Path | Handed], settings: Settings, options: dict[str, Any]) -> Intake | Stopped:
    request = WorkOrder(
        sources=sources, settings=settings, options=options, memory=settings.whole("reader_memory_bytes")
    )
    reply = _pool().ask(request, seconds=settings["reader_seconds"])
    if isinstance(reply, Stopped):
        return reply
    if reply.intake is None:
        raise reply.error or FileRefused("reader_crash", file=sources[0].name)
    return reply.intake


class _Process:
    """A process that reads files; one request at a time."""

    def __init__(self) -> None:
        flags = vars(subprocess).get("CREATE_NO_WINDOW", 0)
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, creationflags=flags,
        )  # fmt: skip
        self._requests = cast("BinaryIO", self._process.stdin)
        self._replies = cast("BinaryIO", self._process.stdout)
        self._begun, self._worked, self._seconds = time.monotonic(), 0.0, 0.0
        self._most = 0
        self._ended_for = ""
        self._is_warm = False

    def ask(self, request: WorkOrder, *, seconds: float) -> Reply | Stopped:
        """Have files read; each may take so long, and what comes after all are open several times as long."""
        place = 0
        self._ended_for = ""
        self._allow(seconds if self._is_warm else _STARTS)
        self._most = request.memory
        done = threading.Event()
        guard = threading.Thread(target=self._watch, args=(done,), name="reader-guard", daemon=True)
        guard.start()
        try:
            if not self._is_warm:
                worker.receive(self._replies)
                self._is_warm = True
                self._allow(seconds)
            worker.send(self._requests, request)
            while isinstance(message := worker.receive(self._replies), At):
                place = message.place
                self._allow(seconds * (_TOGETHER if place < 0 else 1))
                if (watch := _watch.get()) is not None:
                    watch(place if place >= 0 else len(request.sources), len(request.sources))
        except (EOFError, OSError):
            self.close()
            return Stopped(reason=self._ended_for or "crash", place=place)
        finally:
            done.set()
            guard.join()
        return cast("Reply", message)

    def _allow(self, seconds: float) -> None:
        """Give the process so many seconds from now on: of its own work where that is told, else by the clock."""
        self._begun, self._worked, self._seconds = time.monotonic(), usage.worked(self._process.pid), seconds

    def _is_late(self) -> bool:
        by_clock = time.monotonic() - self._begun
        worked = usage.worked(self._process.pid)
        if not worked:  # nobody tells
            return by_clock > self._seconds
        return worked - self._worked > self._seconds or by_clock > self._seconds * _BUSY

    def _watch(self, done: threading.Event) -> None:
        """End the process where it takes too long or too much."""
        while not done.wait(_LOOK):
            if usage.resident(self._process.pid) > self._most:
                self._ended_for = "memory"
            elif self._is_late():
                self._ended_for = "time"
            else:
                continue
            self._process.kill()
            return

    @property
    def number(self) -> int:
        return self._process.pid

    def start(self) -> None:
        """Wait until the process is warm; raise `EOFError` or `OSError` where it does not start."""
        worker.receive(self._replies)
        self._is_warm = True

    def is_small(self) -> bool:
        return self._process.poll() is None and usage.resident(self._process.pid) < _KEPT

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._requests, self._replies):
            with contextlib.suppress(OSError):
                stream.close()


class _Pool:
    """The processes: at most two at work, and one kept warm."""

    def __init__(self) -> None:
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    def ask(self, request: WorkOrder, *, seconds: float) -> Reply | Stopped:
        with self._free:
            process = self._taken() or _Process()
            outcome: Reply | Stopped | None = None
            try:
                outcome = process.ask(request, seconds=seconds)
                return outcome
            finally:
                if isinstance(outcome, Reply) and process.is_small():
                    self._keep(process)
                else:  # its memory comes back; where nobody waits any more, nobody reads the rest of its reply
                    process.close()
                    warm()

    def warm(self) -> None:
        if self._idle:
            return
        with contextlib.suppress(OSError, EOFError):
            process = _Process()
            try:
                process.start()
            except (OSError, EOFError):
                process.close()
                raise
            self._keep(process)

    def _taken(self) -> _Process | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _keep(self, process: _Process) -> None:
        with self._lock:
            if not self._idle:
                self._idle.append(process)
                return
        process.close()

    def numbers(self) -> list[int]:
        with self._lock:
            return [process.number for process in self._idle]

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop().close()


@cache
def _pool() -> _Pool:
    pool = _Pool()
    atexit.register(pool.close)
    return pool


def close() -> None:
    """End the processes that are kept; the next file starts one."""
    _pool().close()


def processes() -> list[int]:
    """Return the numbers of the processes that wait for a file."""
    return _pool().numbers()
