"""The process in which handed-in files are read: whatever a file does to it, the server lives on.

It takes one request after the other from its standard input and answers on its standard output (pickled; both ends are
ours). It ends when its input does, and so never outlives who started it. `reader` is the other end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from coverage.base.errors import CakupanError
from coverage.base.settings import Settings
from coverage.intake import archives, hand_in, read
from coverage.intake.finding import Handed
from coverage.intake.read import Intake

_SIZE = 8  # bytes that say how long a message is
_RESERVED = 1 << 31  # bytes of addresses that threads and allocators reserve without using them


@dataclass(frozen=True, kw_only=True)
class WorkOrder:
    """Files to be read, and how much memory that may take."""

    sources: Sequence[Path | Handed]
    settings: Settings
    options: dict[str, Any]
    memory: int


@dataclass(frozen=True, kw_only=True)
class At:
    """Which of the files is being opened now; -1: all are open."""

    place: int


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What was read, or why nothing was."""

    intake: Intake | None = None
    error: CakupanError | None = None


def send(stream: BinaryIO, message: object) -> None:
    """Write a message to a pipe: how long it is, then itself."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(len(content).to_bytes(_SIZE, "little"))
    stream.write(content)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read a message from a pipe; raise `EOFError` where the other end is gone."""
    size = int.from_bytes(_exactly(stream, _SIZE), "little")
    return pickle.loads(_exactly(stream, size))  # noqa: S301 - both ends of the pipe are ours


def _exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content


def serve() -> None:
    """Answer requests until the input ends."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not reach the pipe
    _die_first()
    send(replies, At(place=-1))  # imported, and so warm
    while True:
        try:
            request: WorkOrder = receive(requests)
        except EOFError:
            return
        _bound_memory(request.memory)
        _work(request, replies)
        del request
        gc.collect()


def _work(request: WorkOrder, replies: BinaryIO) -> None:
    def tell(source: Path | Handed | None) -> None:
        send(replies, At(place=-1 if source is None else _place(source, request.sources)))

    with hand_in.telling(tell):
        try:
            reply = Reply(intake=read.read(request.sources, settings=request.settings, **request.options))
        except CakupanError as error:
            reply = Reply(error=error)
        except MemoryError:  # the limit works: whoever waits is told, and this process starts anew
            sys.exit(1)
    send(replies, reply)


def _place(source: Path | Handed, sources: Sequence[Path | Handed]) -> int:
    """Return which of the files it is; a table in an archive stands for its archive."""
    for place, each_source in enumerate(sources):
        if each_source is source or (
            isinstance(source, archives.Member) and source.name.startswith(f"{each_source.name}/")
        ):
            return place
    return 0


def _die_first() -> None:
    """Let Linux end this process before the server where memory runs out."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _bound_memory(most: int) -> None:
    """Let the system refuse memory beyond a limit, where it can: a single request for 500 GB fails at once."""
    if sys.platform != "linux":
        return
    import resource

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (taken + most + _RESERVED, resource.RLIM_INFINITY))
