"""Where do these figures come from, as of when, against which targets, and from which scenario?

Every file that leaves the project says so: as a line at its foot (`short`), as a list (`lines`), and as JSON inside
the file (`to_json`), so that whoever opens it later can tell what has changed since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from coverage import __version__
from coverage.base import declarations, months, settings
from coverage.base.errors import FileRefused
from coverage.base.texts import Texts, shortened
from coverage.model import scenarios
from coverage.model import view as views
from coverage.model.scenarios import Scenario
from coverage.model.view import Scope, View

FORMAT = 1
"""How `to_json` writes; a later format may say more or less, and opens all the same."""
_NAMED_SOURCES = 3
_PLACE = 40  # letters of what was looked at, on the one line of a foot
_FOOT_LETTERS = 100  # of the data's name at the foot of a slide
_NAME_LETTERS = (60, 40, 24, 12)  # of the names on that line, where it is too long
_SEED = re.compile(r" \(seed \d+\)")
_PAIR = " / "
_ADDRESS = re.compile(r"(?: -|[:.])? https?://.*", re.DOTALL)
_MOST_CHARACTERS = 2_000_000  # far beyond any export; what is larger was not written here


@dataclass(frozen=True, kw_only=True)
class Aim:
    """One branch and segment's target, as it was when the file was made."""

    branch: str
    segment: str
    target: float
    month: str  # YYYY-MM


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a file says about its figures.

    `statuses` are the shares of the rows by status, "" for those without one.
    `dataset`, `targets` and `scenario` are titles for people; `target_set` and `scenario_toml` are what the app opens
    again.
    """

    as_of: date
    dataset: str
    sample: bool
    illustrative_share: float
    statuses: tuple[tuple[str, float], ...]
    sources: tuple[str, ...]
    targets: str
    target_set: str
    aims: tuple[Aim, ...]
    regions: tuple[str, ...]
    branches: tuple[str, ...]
    segments: tuple[str, ...]
    scenario: str
    scenario_toml: str
    version: str
    fingerprint: str
    made_on: date
    others: tuple[tuple[str, str], ...] = ()  # what a later version says besides: its name, and its value as JSON


# Earlier versions drew their futures by chance: `seed`.
_KNOWN = {field.name for field in fields(Provenance)} - {"others"} | {"format", "seed"}


def of(
    view: View,
    *,
    dataset: str,
    sample: bool,
    targets_title: str,
    target_set: str,
    scenario: Scenario,
    fingerprint: str,
    made_on: date,
    texts: Texts,
    wanted: Scope | None = None,
) -> Provenance:
    """Note where the figures of a view under a scenario come from.

    `dataset` and `targets_title` are words in the reader's language; `wanted` is the choice that led to the view,
    everything without one. Data that ship with the project (`sample`) are none where no row is illustrative: published
    figures are not a sample. The day is the caller's: the model never asks for the date.
    """
    wanted = wanted or Scope()
    share = views.illustrative_share(view)
    rows = view.targets.sort("branch", "segment").iter_rows(named=True)
    return Provenance(
        as_of=view.as_of,
        dataset=dataset,
        sample=sample and share > 0,
        illustrative_share=share,
        statuses=tuple(views.statuses(view).items()),
        sources=tuple(
            dict.fromkeys(in_language(name, texts.language) if sample else name for name, _ in views.sources(view))
        ),
        targets=targets_title or target_set,
        target_set=target_set,
        aims=tuple(
            Aim(
                branch=str(row["branch"]),
                segment=str(row["segment"]),
                target=float(row["target"]),
                month=months.code(row["target_month"]),
            )
            for row in rows
        ),
        regions=wanted.regions,
        branches=wanted.branches,
        segments=wanted.segments,
        scenario=scenario_name(scenario, texts),
        scenario_toml=scenarios.dumps(scenario),
        version=__version__,
        fingerprint=fingerprint,
        made_on=made_on,
    )


def in_language(source: str, language: str) -> str:
    """Return a source of the data that ship with the project in one language: they say what is in words of their own
    twice, Indonesian first (`ilustrasi / illustrative`), as data/README.md explains. Others' sources stay as they are.
    """
    return re.sub(r"[^()]+", lambda part: _one_of_two(part.group(), language), source)


def _one_of_two(text: str, language: str) -> str:
    """Choose within one pair of brackets, or between two: where there are several pairs, in each of them."""
    if text.count(_PAIR) > 1 and "; " in text:
        return "; ".join(_one_of_two(piece, language) for piece in text.split("; "))
    first, pair, second = text.partition(_PAIR)
    if not pair or _PAIR in second:
        return text
    if language != "id":
        return second
    address = _ADDRESS.search(second)
    return first + (address.group() if address else " " * text.endswith(" "))


def is_sample(paths: Sequence[str | Path]) -> bool:
    """Say whether any of these data ship with the project: then they are a sample, whoever asked for them."""
    shipped = (settings.DATA / "samples").resolve()
    return any(Path(path).expanduser().resolve().is_relative_to(shipped) for path in paths)


def scenario_name(scenario: Scenario, texts: Texts) -> str:
    """Return a scenario's own name; without one, what it is."""
    named = declarations.words(scenario.name, texts.language)
    moved = scenarios.simplified(scenario).keys() & {"levers", "rule", "programme"}
    return named or texts("provenance.unnamed" if moved else "provenance.baseline")


def describe_place(provenance: Provenance, texts: Texts) -> str:
    """Say what was looked at: the branches, else the regions, else all; and the segments where they were chosen."""
    where = ", ".join(provenance.branches or provenance.regions) or texts("provenance.everywhere")
    if not provenance.segments:
        return where
    return where + " · " + ", ".join(texts(f"segment.{segment}") for segment in provenance.segments)


def describe_provenance(provenance: Provenance, texts: Texts, *, seen: bool = False) -> list[str]:
    """Say everything, a sentence or a pair of words and value on each line.

    What a room sees (`seen`) is without what only a computer needs: seed, version and fingerprint.
    """
    sentences = [
        texts("provenance.data", dataset=provenance.dataset, place=describe_place(provenance, texts)),
        texts("provenance.as_of", month=texts.month(provenance.as_of)),
    ]
    if provenance.sample:
        sentences.append(texts("provenance.sample_status"))
    if provenance.illustrative_share > 0:
        sentences.append(texts("provenance.illustrative", share=texts.part(provenance.illustrative_share)))
    parts = [
        texts(f"provenance.status.{name or 'unstated'}", share=texts.part(share))
        for name, share in provenance.statuses
        if name != "illustrative"
    ]
    if parts and any(name for name, _ in provenance.statuses):  # where no row has one there is nothing to say
        sentences.append(texts("provenance.status.rows", parts=", ".join(parts)))
    named = provenance.sources[:_NAMED_SOURCES]
    sentences += [texts("provenance.source", source=_SEED.sub("", name) if seen else name) for name in named]
    rest = len(provenance.sources) - _NAMED_SOURCES
    if rest > 0:
        sentences.append(texts.count("provenance.more_sources", rest))
    sentences.append(texts("provenance.targets", targets=provenance.targets, set=provenance.target_set))
    sentences.append(texts("provenance.scenario", scenario=provenance.scenario))
    if not seen:
        sentences.append(texts("provenance.version", version=provenance.version, fingerprint=provenance.fingerprint))
    sentences.append(texts("provenance.made", day=texts.day(provenance.made_on)))
    return sentences


def short(provenance: Provenance, texts: Texts, *, most: int | None = None) -> str:
    """Say it in one line, for the foot of a page; a sample says so first.

    Where there is room for `most` letters only, names give way: never the version, fingerprint and day behind.
    """
    text = _short(provenance, texts, None)
    for letters in _NAME_LETTERS:
        if most is None or len(text) <= most:
            break
        text = _short(provenance, texts, letters)
    return text


def _short(provenance: Provenance, texts: Texts, letters: int | None) -> str:
    def named(name: str, most: int | None = letters) -> str:
        return name if most is None else shortened(name, most)

    parts = [texts("provenance.sample")] if provenance.sample else []
    parts += [
        named(describe_place(provenance, texts), min(letters or _PLACE, _PLACE)),
        named(provenance.dataset, min(letters or _PLACE, _PLACE)),
        texts.month(provenance.as_of, short=True),
        named(provenance.targets),
        texts("provenance.scenario", scenario=named(provenance.scenario)),
    ]
    parts.append(texts("provenance.version_short", version=provenance.version, fingerprint=provenance.fingerprint))
    parts.append(texts.day(provenance.made_on))
    return " · ".join(part for part in parts if part)


def describe_source_and_day(provenance: Provenance, texts: Texts) -> str:
    """Say where the figures come from and of which day, for the foot of a slide: the rest stands in its notes."""
    data = shortened(provenance.dataset, _FOOT_LETTERS)
    source = texts("provenance.source", source=data)
    return f"{source}, {texts.month(provenance.as_of, short=True)} · {texts.day(provenance.made_on)}"


def to_json(provenance: Provenance) -> str:
    """Write it as JSON, to be carried inside a file."""
    plain = {name: value for name, value in asdict(provenance).items() if name != "others"}
    plain |= {"as_of": months.code(provenance.as_of), "made_on": provenance.made_on.isoformat(), "format": FORMAT}
    plain |= {name: json.loads(value) for name, value in provenance.others}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def from_json(text: str, file: str) -> Provenance:
    """Read it back; raise `FileRefused` where it was not written by `to_json`, in this version or any other.

    What is missing takes its default, what is not known is kept (`others`), so that a file of a later version opens
    here, and ours there. The file has been in other hands: every value is checked, and the scenario is read by whoever
    opens it.
    """
    try:
        if len(text) > _MOST_CHARACTERS:
            raise ValueError("too long")
        plain = json.loads(text)
        written = {name: plain[name] for name in ("as_of", "scenario_toml")}  # without these it is none of ours
        as_of = months.parse(_words(written["as_of"]))
        taken = plain.get
        return Provenance(
            as_of=as_of,
            dataset=_words(taken("dataset", "")),
            sample=bool(taken("sample", False)),
            illustrative_share=float(taken("illustrative_share", 0)),
            statuses=tuple((_words(name), float(share)) for name, share in taken("statuses", ())),
            sources=_listed(taken("sources", ())),
            targets=_words(taken("targets", "")),
            target_set=_words(taken("target_set", "")),
            aims=tuple(_aim(aim) for aim in taken("aims", ())),
            regions=_listed(taken("regions", ())),
            branches=_listed(taken("branches", ())),
            segments=_listed(taken("segments", ())),
            scenario=_words(taken("scenario", "")),
            scenario_toml=_words(written["scenario_toml"]),
            version=_words(taken("version", "")),
            fingerprint=_words(taken("fingerprint", "")),
            made_on=date.fromisoformat(_words(taken("made_on", as_of.isoformat()))),
            others=tuple(
                (name, json.dumps(value, ensure_ascii=False, sort_keys=True))
                for name, value in sorted(plain.items())
                if name not in _KNOWN
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise FileRefused("provenance_unreadable", file=file) from error


def _aim(plain: Mapping[str, object]) -> Aim:
    return Aim(
        branch=_words(plain["branch"]),
        segment=_words(plain["segment"]),
        target=float(str(plain["target"])),
        month=months.code(months.parse(_words(plain["month"]))),
    )


def _listed(values: Iterable[object]) -> tuple[str, ...]:
    return tuple(_words(value) for value in values)


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def describe_differences(then: Provenance, now: Provenance, texts: Texts) -> list[str]:
    """Say in sentences what the data, targets and version of today differ in from those in a file; nothing: none."""
    sentences = []
    if then.fingerprint != now.fingerprint:
        sentences.append(
            texts("provenance.other_data", dataset=then.dataset, then=then.fingerprint, now=now.fingerprint)
        )
    if then.as_of != now.as_of:
        sentences.append(texts("provenance.other_month", then=texts.month(then.as_of), now=texts.month(now.as_of)))
    if then.target_set != now.target_set:
        sentences.append(texts("provenance.other_targets", then=then.targets, now=now.targets))
    elif then.aims != now.aims:
        sentences.append(_other_aims(then, now, texts))
    if then.version != now.version:
        sentences.append(texts("provenance.other_version", then=then.version, now=now.version))
    return sentences


def _other_aims(then: Provenance, now: Provenance, texts: Texts) -> str:
    """Say how many targets of the same set have other figures, and the sums."""
    old = {(aim.branch, aim.segment): aim for aim in then.aims}
    new = {(aim.branch, aim.segment): aim for aim in now.aims}
    changed = sum(old.get(key) != new.get(key) for key in {*old, *new})
    return texts(
        "provenance.other_aims",
        targets=now.targets,
        count=texts.people(changed),
        then=texts.people(sum(aim.target for aim in then.aims)),
        now=texts.people(sum(aim.target for aim in now.aims)),
    )
