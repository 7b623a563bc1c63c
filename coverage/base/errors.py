"""What went wrong, as data; the sentence is made at the edge, in the reader's language.

An exception carries a `code` (a key below `error.` in `languages/*/*.toml`) and the values that fill the sentence
in. `texts.Texts.error` turns it into words. Bad rows are not exceptions: they are rows of `Problems`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Value: TypeAlias = str | int | float | None


class CakupanError(Exception):
    """Something that a person has to mend before the work can go on."""

    def __init__(self, code: str, **data: Value) -> None:
        super().__init__(code, data)
        self.code = code
        self.data = data

    def __reduce__(self) -> tuple[Callable[..., CakupanError], tuple[type[CakupanError], str, dict[str, Value]]]:
        return _again, (type(self), self.code, self.data)

    def __str__(self) -> str:
        return f"{self.code}: " + ", ".join(f"{key}={value!r}" for key, value in self.data.items())


def _again(kind: type[CakupanError], code: str, data: dict[str, Value]) -> CakupanError:
    """Make an error again that came from another process."""
    return kind(code, **data)


class FileRefused(CakupanError):
    """A file that is refused as a whole; `data` always has `file`."""


class DeclarationRefused(CakupanError):
    """A setting, target, scenario or link that is refused; `data` says file, line, key, found and allowed."""


class NothingToShow(CakupanError):
    """A question whose scope holds no rows; `data` says what was asked for and what there is."""


class UsageRefused(CakupanError):
    """A command line that asks for what there is not; `data` says option, found and allowed."""
