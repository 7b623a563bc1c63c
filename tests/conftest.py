"""What do several tests pretend?"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import marks

# Some processes and their servers share the cores; threads for what is small only take them from each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("POLARS_MAX_THREADS", "1")
# To compile is half of collecting, and Python is started some fifty times: what is compiled once serves all of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# What collecting makes stays to the end; to look through it again and again takes a third of the time of collecting.
gc.disable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import what the edit loop leaves out as a whole."""
    return marks.nothing_left(collection_path, marks.left_out(config.option.markexpr)) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks.mark(items)
    slow = marks.slow(items, config.option.markexpr)
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in set(slow)]
    if hasattr(config, "workerinput"):  # one of several processes
        items.sort(key=marks.turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Hand out the tests by `marks.group`, in the order of `marks.turn`."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return marks.group(nodeid)

        def _assign_work_unit(self, node: Any) -> None:
            """Hand a process what it takes next, and forget what it has done: it is counted at each test."""
            self.workqueue.move_to_end(marks.chosen(self.workqueue, self.nodes.index(node)), last=False)
            mine = self.assigned_work.get(node, {})
            for done in [scope for scope, tests in mine.items() if all(tests.values())]:
                del mine[done]
            super()._assign_work_unit(node)

    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    if any(item.get_closest_marker("app") for item in session.items):
        remember_installed_components()
        sys.argv = ["app.py"]  # of pytest's own arguments the app would take one for the folder to watch
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)  # what tests leave is little: to look for it as often as ever takes 5 % of all
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look for garbage once: pytest does it five times at the end, for other Pythons than ours."""
    gc.collect()
    gc.freeze()


def remember_installed_components() -> None:
    """Let Streamlit look once through all installed packages for components of theirs: it does for every `AppTest`."""
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], None]:
    """Let a way of moving a file (`replace`, `rename`) fail so many times, as Windows does while somebody reads it."""

    def hold(way: str, times: int) -> None:
        left, real = [times], getattr(Path, way)

        def move(path: Path, target: Path) -> Path:
            if not left[0]:
                return real(path, target)
            left[0] -= 1
            error = PermissionError(13, f"{path} is being used by another process")
            error.winerror = 32
            raise error

        monkeypatch.setattr(Path, way, move)

    return hold
