"""What do several tests pretend?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import marks


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    marks.mark(items)


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
