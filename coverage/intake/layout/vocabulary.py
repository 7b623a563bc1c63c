"""What do the words of a text say: measure, segment, time, unit, or that it heads a column of keys?

One vocabulary for cells, headers, captions, titles and names: the longest phrase at each place wins, and what no
phrase covers is left over, which is information too. The phrases stand in `words.toml`; the names of columns are those
of `tables.COLUMNS`, and the names of segments those of the settings.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from coverage.base import settings, tables
from coverage.intake.layout import times
from coverage.intake.layout.times import Time

PLACES = ("village", "district", "office", "branch", "regency", "area", "province", "region")
"""Levels of places, the finest first."""
MEASURES = ("active", "inactive", "eligible", "new", "lapsed", "returned", "funded")
_MARKS = re.compile(r"[*†‡¹²³ᵃᵇ]+|(?<=\w)\s+[0-9a-z]\)(?=\s|$)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+|%", re.UNICODE)
_COLUMN_FACETS = {"month": "role", "branch": "role", "segment": "role", "eligible_source": "text", "source": "text"}
_SILENT = frozenset({"filler", "total", "counted", "code", "note"})
"""Facets of words that come with others and say little by themselves."""


@dataclass(frozen=True)
class Reading:
    """What a text says: one value for each facet, and the words that nothing is known of.

    `several` are facets of which it names two values, `place` the words behind a word for a kind of place.
    """

    facets: Mapping[str, str] = field(default_factory=dict)
    time: Time | None = None
    several: frozenset[str] = frozenset()
    rest: tuple[str, ...] = ()
    place: str = ""
    years: tuple[int, ...] = ()

    @property
    def known(self) -> bool:
        """Say whether every word is known and at least one says something."""
        return not self.rest and (bool(self.facets) or self.time is not None)

    @property
    def is_prose(self) -> bool:
        """Say whether most of a long text is unknown: a sentence, not a title."""
        return len(self.rest) > _MOST_UNKNOWN

    @property
    def speaks(self) -> bool:
        """Say whether it gives a facet that a figure's address has."""
        return self.time is not None or any(name not in _SILENT and name != "role" for name in self.facets)

    @property
    def speaks_besides_time(self) -> bool:
        """Say whether it gives a facet besides a time."""
        return any(name not in _SILENT and name != "role" for name in self.facets)

    def get(self, facet: str) -> str:
        return self.facets.get(facet, "")


_NOTHING = Reading()
_MOST_UNKNOWN = 5


def words_of(text: str) -> list[str]:
    """Split a text into words without case, marks and punctuation; `%` is a word."""
    folded = _HUMP.sub(" ", text) if " " not in text.strip() and "_" not in text else text
    folded = unicodedata.normalize("NFKC", _MARKS.sub(" ", times.spread(folded))).casefold()
    return ["persen" if word == "%" else word for word in _WORD.findall(folded)]


@lru_cache(maxsize=50_000)
def read(text: str) -> Reading:
    """Say what a text says."""
    stripped = text.strip()
    if not stripped:
        return _NOTHING
    if (time := times.whole(stripped)) is not None and not stripped.isdigit():
        return Reading(time=time)
    known_times, bare = times.dates(stripped)
    return _Sentence(words_of(bare), known_times).read()


class _Sentence:
    """The words of a text while they are looked at one after the other."""

    def __init__(self, words: list[str], known_times: list[Time]) -> None:
        self.words = words
        self.times = known_times
        self.found: dict[str, list[str]] = {}
        self.rest: list[str] = []
        self.place: list[str] = []
        self.since = False

    def read(self) -> Reading:
        at, behind_place = 0, False
        while at < len(self.words):
            if (time := times.find(self.words, at)) is not None and self._is_time(time):
                self.times.append(time.time)
                at, behind_place = time.stop, False
                continue
            phrase, stop = _longest(self.words, at)
            if stop > at:
                for facet, value in phrase:
                    self.found.setdefault(facet, []).append(value)
                behind_place = any(facet == "role" and value in PLACES for facet, value in phrase)
                self.since = self.since or " ".join(self.words[at:stop]) in ("s d", "sd", "sampai dengan", "hingga")
                at = stop
                continue
            self.rest.append(self.words[at])
            if behind_place:
                self.place.append(self.words[at])
            at += 1
        return self._reading()

    def _is_time(self, time: times.Found) -> bool:
        """Say whether these words are a time here: `mar` alone may be one, the year in `PP 44 2015` is one too."""
        return time.stop > time.start

    def _reading(self) -> Reading:
        values = {facet: list(dict.fromkeys(given)) for facet, given in self.found.items()}
        values = _settled(values)
        time, several_times = _one_time(self.times, since=self.since)
        several = {facet for facet, given in values.items() if len(given) > 1 and facet not in ("filler", "foreign")}
        facets = {facet: given[0] for facet, given in values.items() if facet not in several}
        facets.pop("filler", None)
        if "filler" in values and not facets and time is None and not several and not self.rest:
            facets["filler"] = "yes"
        return Reading(
            facets=facets,
            time=time,
            several=frozenset(several | ({"time"} if several_times else set())),
            rest=tuple(self.rest),
            place=" ".join(self.place),
            years=tuple(sorted({time.year for time in self.times if time.year})),
        )


def _settled(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Settle what words mean together: `BPU Rentan` is informal and funded, `Non Aktif` no active."""
    if "code" in values and "role" in values:
        values["role"] = ["ignore"]
    if "role" in values and len(values["role"]) > 1:
        places = [role for role in values["role"] if role in PLACES]
        named = [role for role in values["role"] if role not in ("value", "ignore")]
        values["role"] = [min(places, key=PLACES.index)] if len(places) == len(named) > 0 else named or values["role"]
    if "share" in values and len(values["share"]) > 1:  # `Capaian (%)`
        values["share"] = [share for share in values["share"] if share != "share"]
    if "measure" in values and len(values["measure"]) > 1 and "active" in values["measure"]:
        others = [measure for measure in values["measure"] if measure != "active"]
        if others in (["new"], ["funded"], ["returned"]):  # `Peserta Baru Aktif`
            values["measure"] = others
    if "funding" in values and "segment" not in values and "measure" not in values and values["funding"] == ["funded"]:
        values["measure"] = ["funded"]
        del values["funding"]
    return values


def _one_time(given: list[Time], *, since: bool) -> tuple[Time | None, bool]:
    """Return the one time of several that agree: a month beside its year, the last of a stretch since January."""
    times_ = list(dict.fromkeys(given))
    if not times_:
        return None, False
    whole = [time for time in times_ if time.month >= 0]
    months_ = [time for time in times_ if time.month < 0 and time.of_year]
    years = {time.year for time in times_ if time.year}
    if len(times_) == 1:
        return (times.of_month(whole[0].month, whole[0].grain, since=True) if since and whole else times_[0]), False
    if len(years) == 1 and not whole and len(months_) == 1:
        return times.of_month(min(years) * 12 + months_[0].of_year - 1, months_[0].grain, since=since), False
    if len(whole) == 1 and len(years) == 1 and all(time.of_year == 1 for time in months_) and months_ and since:
        return times.of_month(whole[0].month, whole[0].grain, since=True), False
    if len(whole) == 1 and not months_ and years == {whole[0].year}:
        return whole[0], False
    if len(years) == 1:
        return Time(year=min(years), grain="year"), True
    return None, True


def _longest(words: list[str], at: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the facets of the longest phrase that begins here, and where it ends."""
    phrases, longest = _phrases()
    for length in range(min(longest, len(words) - at), 0, -1):
        known = phrases.get(" ".join(words[at : at + length]))
        if known is not None:
            return known, at + length
    return (), at


@lru_cache
def _phrases() -> tuple[dict[str, tuple[tuple[str, str], ...]], int]:
    """Return every phrase with what it gives, and how many words the longest has."""
    known: dict[str, dict[str, str]] = {}

    def add(phrase: str, facet: str, value: str) -> None:
        words = " ".join(words_of(phrase))
        if words:
            known.setdefault(words, {}).setdefault(facet, value)

    for segment in settings.load().segments:
        for word in (segment.name, segment.code, *segment.synonyms):
            add(word, "segment", segment.name)
    document = tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
    for group in document["group"]:
        for value, phrases in group.items():
            if value not in ("facet", "source"):
                for phrase in phrases:
                    add(phrase, group["facet"], value)
    for column in tables.COLUMNS:
        for name in (column.name, *column.synonyms):
            words = " ".join(words_of(name))
            if column.kind == "text" or (words not in known and _sums_up(words, known) is None):
                add(name, *_of_column(column))
    return {phrase: tuple(given.items()) for phrase, given in known.items()}, max(len(key.split()) for key in known)


@lru_cache
def single_words() -> frozenset[str]:
    """Return the words that known phrases are made of, without the shortest."""
    return frozenset(word for phrase in _phrases()[0] for word in phrase.split() if len(word) >= 4)


def _sums_up(words: str, known: dict[str, dict[str, str]]) -> bool | None:
    """Say whether each word of a name is known by itself, so that the name needs no entry of its own."""
    return True if all(word in known for word in words.split()) else None


def _of_column(column: tables.Column) -> tuple[str, str]:
    if column.kind == "count" and column.kept:
        return "measure", column.name
    if column.name == "stated_target":
        return "kind", "target"
    if column.kind == "percentage":
        return "share", column.name.removeprefix("stated_")
    if column.kind == "status":
        return "role", "status"
    return _COLUMN_FACETS[column.name], column.name
