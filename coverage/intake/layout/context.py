"""What do captions, titles and the names of sheet, file and folder say of every figure below them?

The nearest wins. What names two values of a facet says nothing of it, and none of them ever makes a figure a share:
`Capaian Kepesertaan 2023` above counts is a title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coverage.base import settings, tables
from coverage.intake.layout import blocks, headers, vocabulary
from coverage.intake.layout.grid import Grid
from coverage.intake.layout.times import Time
from coverage.intake.layout.vocabulary import PLACES, Reading

FACETS = ("segment", "measure", "kind", "span", "unit", "version", "gender", "funding", "programme")
"""Facets with few values, that may stand anywhere."""
FROM = ("", "cell", "header", "caption", "title", "sheet", "file", "folder", "default", "map")
"""Where a part of an address may come from, by number."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is known of all figures of a block besides their own lines and columns.

    `sources` says for each facet (and `time`, `place`) where it comes from. `members` says that something speaks of the
    scheme's members, `foreign` quotes a word of another subject.
    """

    facets: dict[str, str] = field(default_factory=dict)
    time: Time | None = None
    place: str = ""
    sources: dict[str, str] = field(default_factory=dict)
    members: bool = False
    foreign: str = ""

    def below(self, nearer: Context) -> Context:
        """Return what holds where a nearer context says more."""
        sources = {**self.sources, **nearer.sources}
        if nearer.time is not None and self.time is not None and nearer.time.month < 0:
            sources["time"] = nearer.sources.get("time", "")
        return Context(
            facets={**self.facets, **nearer.facets},
            time=headers.join(nearer.time, self.time),
            place=nearer.place or self.place,
            sources=sources,
            members=self.members or nearer.members,
            foreign=nearer.foreign or self.foreign,
        )


def of_text(text: str, source: str) -> Context:
    """Return what a title, a caption or a name says."""
    return of_reading(vocabulary.read(text), text, source)


def of_reading(reading: Reading, text: str, source: str) -> Context:
    """Return what a text says that was read before; prose says nothing."""
    if reading.is_prose:
        return Context()
    facets = {facet: value for facet in FACETS if (value := reading.get(facet)) and facet != "gender"}
    place = _place(reading, text, source)
    time = reading.time
    if "time" in reading.several and time is None and len(reading.years) == 1:
        time = Time(year=reading.years[0], grain="year")
    sources = dict.fromkeys(facets, source)
    sources |= ({"time": source} if time is not None else {}) | ({"place": source} if place else {})
    foreign = _quoted(text) if reading.get("foreign") or "foreign" in reading.several else ""
    return Context(
        facets=facets, time=time, place=place, sources=sources, members=speaks_of_members(reading), foreign=foreign
    )


def speaks_of_members(reading: Reading) -> bool:
    """Say whether a text speaks of members of the scheme: a segment, `peserta`, `kepesertaan`, `realisasi`."""
    return bool(
        reading.get("segment")
        or "segment" in reading.several
        or reading.get("counted") == "members"
        or "counted" in reading.several
        or reading.get("kind")
        or "kind" in reading.several
        or reading.get("role") in ("segment", "standing")
        or reading.get("programme")
    )


def _quoted(text: str) -> str:
    return " ".join(text.split())[:60]


def _place(reading: Reading, text: str, source: str) -> str:
    """Return the place that a text names: behind `Kantor Cabang`, or a name that is known."""
    if reading.place and reading.get("role") in PLACES:
        return original(text, reading.place)
    if reading.rest and (known := known_place(" ".join(reading.rest))):
        return original(text, known)
    if source in ("title", "caption") and reading.get("nation") and not reading.rest:
        return "Indonesia"
    return ""


def original(text: str, words: str) -> str:
    """Return words as the text writes them."""
    folded = " ".join(text.replace("_", " ").split())
    at = folded.casefold().find(words)
    name = folded[at : at + len(words)] if at >= 0 else words
    return name.title() if name.isupper() or name.islower() else name


def known_place(words: str) -> str:
    """Return the longest run of these words that is a known branch or province; nothing where none is."""
    parts = words.split()
    known = _known_places()
    for length in range(len(parts), 0, -1):
        for start in range(len(parts) - length + 1):
            run = " ".join(parts[start : start + length])
            if tables.branch_key(run) in known:
                return run
    return ""


def _known_places() -> frozenset[str]:
    from coverage.intake.layout import places

    return places.known()


def of_pair(role: str, value: str) -> Context:
    """Return what a line of key and value says."""
    if role in PLACES:
        return Context(place=value, sources={"place": "title"})
    return replace(of_text(value, "title"), foreign="", place="")


def above(grid: Grid, lines: Sequence[int], left: int, right: int) -> Context:
    """Return what the lines above a table say, the lowest nearest."""
    context = Context()
    for line in lines:
        pair = blocks.key_and_value(grid, line)
        if pair is not None:
            context = context.below(of_pair(*pair))
            continue
        for code in grid.code[line, left:right] if right - left < grid.width else grid.code[line]:
            if code and not grid.reading(int(code)).get("note"):
                context = context.below(of_text(grid.texts[code], "title"))
    return context


_NO_PLACE = frozenset(
    {"sheet", "lembar", "book", "buku", "export", "hasil", "download", "query", "data", "final", "draft"}
)


def name_as_place(name: str) -> str:
    """Return the place that the name of a sheet or file may stand for; nothing where it cannot be one's."""
    reading = vocabulary.read(name)
    if reading.get("role") in PLACES and reading.place:
        return original(name, reading.place)
    words = [word for word in reading.rest if word not in _NO_PLACE]
    if not words or reading.get("foreign"):
        return ""
    text = " ".join(words)
    if sum(character.isalpha() for character in text) < 3 or any(character.isdigit() for character in text):
        return ""
    plain = not any(facet not in ("filler", "role") for facet in reading.facets) and reading.time is None
    if plain and len(words) == len(vocabulary.words_of(name)):
        return " ".join(name.replace("_", " ").split())
    return original(name, text)


def segments_together() -> str:
    """Return the segment of figures that nobody splits."""
    return next(segment.name for segment in settings.load().segments if segment.rest)
