"""How does a person who reads this language see a word, a number, a month, an error?

One folder in `languages/` is one language, split as the program is: its messages, and the locale whose number and
month forms Babel knows (Unicode CLDR). Streamlit's own formats follow the browser or are always English, so nothing
is left to it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal

from coverage.base import months
from coverage.base.errors import CakupanError

FOLDER = Path(__file__).with_name("languages")
NONE = "–"
_LARGE, _DIGITS = 1e20, 400  # a float has at most 309 digits before its point
_MINUS = "\u2212"  # as long as a plus; a hyphen reads as a dash


def languages() -> tuple[str, ...]:
    """Return the languages there are, Indonesian first, since it is the default."""
    names = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
    return tuple(sorted(names, key=lambda name: name != "id"))


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The words and forms of one language; `texts("key", name=value)` is the message with its values filled in."""

    language: str
    messages: Mapping[str, str]
    locale: Locale

    def __call__(self, key: str, /, **values: object) -> str:
        return self.messages[key].format_map(values) if values else self.messages[key]

    def __contains__(self, key: str) -> bool:
        return key in self.messages

    def count(self, key: str, number: float, /, **values: object) -> str:
        """Return the message for so many, `key.one` or `key.other`, with `{n}` as this language writes it."""
        form = str(self.locale.plural_form(abs(round(number))))
        chosen = f"{key}.{form}" if f"{key}.{form}" in self.messages else f"{key}.other"
        return self(chosen, n=self.people(number), **values)

    def people(self, number: float | None) -> str:
        """Write a head count in whole people: `174.000`."""
        if number is None or not math.isfinite(number):
            return NONE
        return self._formed(round(number), "#,##0").replace("-", _MINUS)

    def signed(self, number: float | None) -> str:
        """Write a difference in whole people with its sign: `+1.200`, `−350`, `0`."""
        if number is None or not math.isfinite(number):
            return NONE
        return self._formed(round(number), "+#,##0;−#,##0") if round(number) else "0"

    def decimal(self, number: float | None, places: int = 1) -> str:
        """Write a number with so many decimals: `3.163,6`."""
        if number is None or not math.isfinite(number):
            return NONE
        form = "#,##0" + ("." + "0" * places if places else "")
        return self._formed(number, form).replace("-", _MINUS)

    def _formed(self, number: float, form: str) -> str:
        """Write a number as Babel does, which rounds within the 28 digits that Python's decimals have unless told."""
        if isinstance(number, int) and abs(number) < _LARGE:
            return _whole(number, form, self.locale)
        if abs(number) < _LARGE:
            return format_decimal(number, format=form, locale=self.locale)
        with localcontext(prec=_DIGITS):
            return format_decimal(number, format=form, locale=self.locale)

    def share(self, share: float | None, places: int = 1) -> str:
        """Write a share (0 to 1) as a percentage: `65,0 %`."""
        if share is None or not math.isfinite(share):
            return NONE
        return self("form.percent", number=self.decimal(share * 100, places))

    def part(self, share: float) -> str:
        """Write a share as a whole percentage: two real rows among a thousand do not read as none, nor as all."""
        return self.share(share if share in (0, 1) else min(max(share, 0.01), 0.99), 0)

    def change(self, share: float | None, places: int = 0) -> str:
        """Write a relative change with its sign: `+20 %`, `−25 %`."""
        if share is None or not math.isfinite(share):
            return NONE
        sign = "+" if share > 0 else "−" if share < 0 else ""
        return sign + self.share(abs(share), places)

    def compact(self, number: float | None) -> str:
        """Write a large number short: `1,2 jt`, `174 rb`."""
        if number is None or not math.isfinite(number):
            return NONE
        if abs(number) >= _LARGE:
            return self.people(number)
        return format_compact_decimal(number, locale=self.locale, fraction_digits=1).replace("\xa0", " ")

    def rupiah(self, amount: float | None, *, short: bool = False) -> str:
        """Write an amount of money: `Rp16.800`; short and in words: `Rp2,02 miliar`."""
        if amount is None or not math.isfinite(amount):
            return NONE
        sign, amount = _MINUS if round(amount) < 0 else "", abs(amount)
        if short and 1e6 <= amount < _LARGE:
            words = format_compact_decimal(amount, format_type="long", locale=self.locale, fraction_digits=2)
            return f"{sign}Rp" + words.replace("\xa0", " ")
        return f"{sign}Rp{self.people(amount)}"

    def month(self, month: date | None, *, short: bool = False) -> str:
        """Write a month: `Januari 2023`, short `Jan 2023`."""
        if month is None:
            return NONE
        if isinstance(month, months.Ahead):
            return self.count("unit.months_ahead", month.months)
        return format_date(month, "LLL yyyy" if short else "LLLL yyyy", locale=self.locale)

    def period(self, first: date, last: date) -> str:
        """Write the months of a year that a sum is made of: `2024` for a whole year, else `Feb–Des 2023`."""
        if (first.month, last.month) == (1, 12):
            return str(first.year)
        if first == last:
            return self.month(first, short=True)
        return f"{format_date(first, 'LLL', locale=self.locale)}–{self.month(last, short=True)}"

    def day(self, day: date) -> str:
        """Write a day: `22 November 2026`."""
        return format_date(day, "d MMMM yyyy", locale=self.locale)

    def error(self, error: CakupanError, *, on_screen: bool = False) -> str:
        """Say in one sentence what went wrong and what would be right; on the screen no command is named."""
        values = {key: self._value(value) for key, value in error.data.items()}
        if "missing" in values:  # columns that a file needs, by their canonical names
            names = values["missing"].split(", ")
            values["missing"] = ", ".join(self(f"column.{name}.name").lower() for name in names)
        if "found" in values:
            values["found"] = self.reason(values["found"])
        key = f"error_on_screen.{error.code}"
        sentence = self(key if on_screen and key in self else f"error.{error.code}", **values)
        # `others`: more files that were refused with this one; `more`: more mistakes in this one declaration.
        for name, key in (("others", "error_others"), ("more", "error_more")):
            count = error.data.get(name)
            if isinstance(count, int) and count > 0:
                sentence += "" if sentence.endswith((".", "!", "?")) else "."
                sentence += " " + self.count(key, count)
        return sentence

    def reason(self, words: str) -> str:
        """Return in this language what the computer says of a file that it cannot open or write."""
        return self.messages.get(f"reason.{words}", words)

    def _value(self, value: object) -> str:
        if isinstance(value, bool) or value is None:
            return NONE if value is None else str(value)
        if isinstance(value, int):
            return self.people(value)
        if isinstance(value, float):
            return self.decimal(value, 2)
        return str(value)

    def fill(self, key: str, values: Mapping[str, object]) -> str:
        """Return a message filled in with raw values: counts and decimals take this language's form."""
        return self(key, **{name: self._value(value) for name, value in values.items()})


@lru_cache(maxsize=4096)
def _whole(number: int, form: str, locale: Locale) -> str:
    """Write a whole number: the same few stand on every slide, in every note and table."""
    written: str = format_decimal(number, format=form, locale=locale)
    return written


@lru_cache
def load(language: str) -> Texts:
    """Read one language; raise `KeyError` where none has that name, `ValueError` where two files hold one message."""
    if language not in languages():
        raise KeyError(language)
    messages: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        for key, message in _flat(tomllib.loads(path.read_text("utf-8"))):
            if key in messages:
                raise ValueError(f"{path.name}: {key} stands in two files of one language")
            messages[key] = message
    return Texts(language=language, messages=messages, locale=Locale.parse(messages["locale"]))


def choose(wanted: str | None) -> str:
    """Return the language that fits a locale such as `id-ID` or `en_US.UTF-8` best; Indonesian if none does."""
    short = (wanted or "").replace("_", "-").split("-")[0].casefold()
    return short if short in languages() else languages()[0]


def _flat(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{key}.")
        else:
            rows.append((prefix + key, str(value)))
    return rows


def shortened(text: str, most: int) -> str:
    """Cut a text behind a word so that it has at most so many letters; one that has no more stays as it is."""
    return text if len(text) <= most else text[: most - 2].rsplit(" ", 1)[0].rstrip() + " …"
