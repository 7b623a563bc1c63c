"""How much memory does another process hold, and how long has it worked?"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path


def resident(process: int) -> int:
    """Return the bytes of memory that a process holds; 0 where that cannot be told."""
    with contextlib.suppress(OSError, ValueError, IndexError, subprocess.SubprocessError):
        if sys.platform == "linux":
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGESIZE")
        if sys.platform == "win32":
            return _on_windows(process)
        result = subprocess.run(  # noqa: S603 - a number of ours
            ["/bin/ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, timeout=5, check=True
        )  # fmt: skip
        return int(result.stdout) * 1024
    return 0


def worked(process: int) -> float:
    """Return the seconds that a process has kept a processor busy; 0 where that cannot be told."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        if sys.platform == "linux":
            ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _on_windows(process: int) -> int:
    """Ask Windows (GetProcessMemoryInfo); not tried here, where there is no Windows."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("size", wintypes.DWORD), ("faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("peak", "resident", "a", "b", "c", "d", "private", "peak_private")),
        ]  # fmt: skip

    windows = vars(ctypes)["WinDLL"]
    kernel, wanted = windows("kernel32"), 0x1000 | 0x0010
    kernel.OpenProcess.restype = wintypes.HANDLE
    handle = wintypes.HANDLE(kernel.OpenProcess(wanted, False, process))
    counters = Counters(size=ctypes.sizeof(Counters))
    try:
        done = kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.size)
    finally:
        kernel.CloseHandle(handle)
    return int(counters.resident) if done else 0
