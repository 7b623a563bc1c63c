"""How is a file replaced whole or not at all, also where somebody else holds it?"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path

_HELD = {5, 32}  # what Windows calls "access denied" and "sharing violation"
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)  # seconds


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step (write beside it, flush, rename)."""
    # Where Windows refuses a folder, `tempfile` thinks its name is taken, and tries others for hours (cpython#66305).
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        patiently(beside.replace, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def patiently(move: Callable[[Path], object], target: Path) -> None:
    """Move a file or folder; where Windows says that somebody holds it, try again for a second.

    There a reader, a virus scanner or what keeps folders alike holds what it has open against every move, for a moment.
    """
    for seconds in _WAITS:
        try:
            move(target)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
        time.sleep(seconds)
    move(target)
