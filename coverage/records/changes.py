"""What changed from one scenario to the next: which lever from what to what, in words?

The same words tell the last steps of a discussion and the history of a saved scenario.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coverage.base import declarations
from coverage.base.texts import Texts
from coverage.model import scenarios
from coverage.model.levers import Levers, Programme
from coverage.model.scenarios import Scenario
from coverage.wording.rules import describe_rule
from coverage.wording.scenarios import describe_lever_value, describe_scenario

Place = tuple[str, str]  # segment, branch; no branch is the whole segment


def describe_changes(before: Scenario, after: Scenario, texts: Texts) -> list[str]:
    """Say each change in a sentence without a full stop: levers, rules, programmes, horizon, name and note."""
    return [
        *_levers(before, after, texts),
        *_rules(before, after, texts),
        *_programmes(before, after, texts),
        *_words(before, after, texts),
    ]


def _moved(where: str, before: str, after: str, texts: Texts) -> str:
    return texts("changes.moved", where=where, before=before, after=after)


def _levers(before: Scenario, after: Scenario, texts: Texts) -> Iterator[str]:
    old, new = _places(before), _places(after)
    for place in sorted({*old, *new}):
        segment, branch = place
        where = texts(f"segment.{segment}") + (f", {branch}" if branch else "")
        for name, field in scenarios.lever_fields():
            values = [_lever(levers.get(place), name, scenarios.unit_of(field), texts) for levers in (old, new)]
            if values[0] != values[1]:
                yield _moved(f"{where} · {texts(f'lever.{name}.name')}", values[0], values[1], texts)


def _places(scenario: Scenario) -> dict[Place, Levers]:
    levers: dict[Place, Levers] = {(str(segment), ""): wide for segment, wide in scenario.levers.items()}
    return levers | scenario.branch_levers


def _lever(levers: Levers | None, name: str, unit: str, texts: Texts) -> str:
    """Write a lever's value; one that a branch does not set follows its segment, which reads as usual."""
    value = getattr(levers, name) if levers is not None else None
    # What does nothing is written alike, whether it was said or left out.
    if value is None or value == Levers.model_fields[name].default or (unit == "months" and value <= 1):
        return texts("scenario.next_month" if name == "starts" else "scenario.as_usual")
    return describe_lever_value(value, unit, texts)


def _rules(before: Scenario, after: Scenario, texts: Texts) -> Iterator[str]:
    old = {str(segment): describe_rule(rule, texts) for segment, rule in before.rule.items()}
    new = {str(segment): describe_rule(rule, texts) for segment, rule in after.rule.items()}
    none = texts("rules.none")
    for segment in sorted({*old, *new}):
        pair = old.get(segment, none), new.get(segment, none)
        if pair[0] != pair[1]:
            yield _moved(f"{texts(f'segment.{segment}')} · {texts('rules.heading')}", pair[0], pair[1], texts)


def _programmes(before: Scenario, after: Scenario, texts: Texts) -> Iterator[str]:
    old, new = _named(before), _named(after)
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield texts("changes.programme_gone", name=name[0])
        elif name not in old:
            yield texts("changes.programme_new", programme=_one_programme(after, new[name], texts))
        else:
            yield from _edited(old[name], new[name], texts)


def _named(scenario: Scenario) -> dict[tuple[str, int], Programme]:
    """Return the programmes by name; a second one of the same name is another one."""
    programmes: dict[tuple[str, int], Programme] = {}
    for programme in scenario.programme:
        programmes[programme.name, sum(name == programme.name for name, _ in programmes)] = programme
    return programmes


def _one_programme(scenario: Scenario, programme: Programme, texts: Texts) -> str:
    alone = scenario.model_copy(update={"levers": {}, "rule": {}, "programme": (programme,)})
    return describe_scenario(alone, texts)[0]


def _edited(old: Programme, new: Programme, texts: Texts) -> Iterator[str]:
    for field in Programme.model_fields:
        if getattr(old, field) != getattr(new, field):
            where = f"{new.name} · {texts(f'programme.{field}')}"
            yield _moved(where, _field(old, field, texts), _field(new, field, texts), texts)


def _field(programme: Programme, field: str, texts: Texts) -> str:
    value = getattr(programme, field)
    writers: Mapping[str, Any] = {
        "segment": lambda segment: texts(f"segment.{segment}"),
        "fund": lambda fund: texts(f"fund.{fund}"),
        "spread": lambda spread: texts(f"spread.{spread}"),
        "workers": texts.people,
        "months": texts.people,
        "starts": texts.month,
        "stay": lambda share: texts.share(share, 0),
        "share": lambda share: texts.share(share, 0),
        "premium": texts.rupiah,
        "branches": lambda choice: ", ".join(choice) if choice else texts("frame.all_branches"),
    }
    return str(writers[field](value)) if field in writers else str(value)


def _words(before: Scenario, after: Scenario, texts: Texts) -> Iterator[str]:
    until = [
        texts.month(scenario.until) if scenario.until else texts("scenario.as_usual") for scenario in (before, after)
    ]
    if until[0] != until[1]:
        yield _moved(texts("changes.until"), until[0], until[1], texts)
    for key in ("name", "note"):
        pair = [declarations.words(getattr(scenario, key), texts.language) for scenario in (before, after)]
        if pair[0] != pair[1]:
            yield _moved(texts(f"changes.{key}"), f"“{pair[0]}”", f"“{pair[1]}”", texts)
