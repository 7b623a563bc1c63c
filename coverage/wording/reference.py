"""What do the words, figures and rules mean that Cakupan computes with?

Every list here is read from the declaration that the code itself runs on: the levers' and programmes' fields, the
settings file, the canonical columns, the set of targets. A new one appears by itself; only its words are written, in
`languages/*/*.toml`. Each function returns a table ready to be shown, heading -> cells, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from coverage.base import declarations, tables
from coverage.base.settings import Fact, Settings
from coverage.base.texts import NONE, Texts
from coverage.model import scenarios
from coverage.model.levers import Programme
from coverage.model.targets import Target, TargetSet
from coverage.wording import formulas
from coverage.wording.scenarios import describe_lever_value

Words = dict[str, list[str]]
"""A table ready to be shown: heading -> cells, in the reader's language."""

_AROUND = {"rates", "count"}
"""Parts of a month that are none of the model's eight steps."""
_WORDED = {"segment": "segment", "fund": "fund", "spread": "spread"}
"""Fields that hold one of a few words -> where those words are translated."""


def describe_method(key: str, given: Settings, texts: Texts) -> str:
    """Return a text of the method with the settings that it speaks of, as they stand."""
    text = texts.messages[f"method.{key}"]
    return text.format_map({fact.name: value(fact, texts) for fact in given.facts if f"{{{fact.name}" in text})


def table_of_terms(given: Settings, texts: Texts) -> Words:
    """One row per term: what it means."""
    rows = [
        (texts(f"method.term.{name}.name"), describe_method(f"term.{name}.meaning", given, texts))
        for name in _in("term", texts)
    ]
    return _table(("term", "meaning"), rows, texts)


def table_of_measures(given: Settings, texts: Texts) -> Words:
    """One row per measure of `tables.GAPS` that is computed: its formula and what it says."""
    rows = [
        (
            texts(f"table.{name}"),
            describe_method(f"measure.{name}.formula", given, texts),
            describe_method(f"measure.{name}.meaning", given, texts),
        )
        for name in tables.GAPS
        if f"method.measure.{name}.formula" in texts
    ]
    return _table(("measure", "formula", "meaning"), rows, texts)


def table_of_rates(given: Settings, texts: Texts) -> Words:
    """One row per rate of the baseline: how it is found with flows, and without."""
    parts = ("name", "flows", "stocks")
    rows = [
        tuple(describe_method(f"rate.{name}.{part}", given, texts) for part in parts) for name in _in("rate", texts)
    ]
    return _table(("rate", "with_flows", "without_flows"), rows, texts)


def table_of_steps(texts: Texts) -> Words:
    """One row per part of a projected month, in its order: what happens, and its equations.

    The model's eight steps are numbered; what the levers do comes before them, what follows from them after.
    """
    rows, number = [], 0
    for name, equations in formulas.of_parts(texts):
        number += name not in _AROUND
        what = texts(f"method.step.{name}.what")
        rows.append((what if name in _AROUND else f"{number}. {what}", equations))
    return _table(("what", "formula"), rows, texts)


def table_of_letters(texts: Texts) -> Words:
    """One row per letter of the equations: what it stands for."""
    return _table(("letter", "meaning"), list(formulas.describe_letters(texts)), texts)


def table_of_kinds(texts: Texts) -> Words:
    """One row per kind of target: what it asks for."""
    rows = [
        (_keyed(texts(f"method.kind.{name}.name"), name), texts(f"method.kind.{name}.meaning"))
        for name in Target.model_fields
        if f"method.kind.{name}.name" in texts
    ]
    return _table(("kind", "meaning"), rows, texts)


def table_of_answers(given: Settings, texts: Texts) -> Words:
    """One row per question beyond the gaps: how it is answered, and after whom."""
    rows = [
        (
            texts(f"method.answer.{name}.name"),
            describe_method(f"answer.{name}.meaning", given, texts),
            texts(f"method.answer.{name}.source"),
        )
        for name in _in("answer", texts)
    ]
    return _table(("question", "how", "source"), rows, texts)


def table_of_levers(texts: Texts) -> Words:
    """One row per lever: its bounds, and what it does."""
    rows = [
        (_keyed(texts(f"lever.{name}.name"), name), describe_bounds(field, texts), texts(f"lever.{name}.help"))
        for name, field in scenarios.lever_fields()
    ]
    return _table(("lever", "bounds", "meaning"), rows, texts)


def table_of_programme(texts: Texts) -> Words:
    """One row per field of a programme: its bounds, what stands there unless said otherwise, and what it means."""
    rows = [
        (
            _keyed(texts(f"programme.{name}"), name),
            _joined(describe_bounds(field, texts, name), _default(name, field, texts)),
            texts(f"programme.{name}.help"),
        )
        for name, field in Programme.model_fields.items()
    ]
    return _table(("field", "bounds", "meaning"), rows, texts)


def table_of_facts(given: Settings, texts: Texts) -> Words:
    """One row per setting: its value and unit, where it comes from and as of when."""
    rows = [
        (
            texts(f"setting.{fact.name}"),
            f"{value(fact, texts)} {texts(f'method.unit.{fact.unit}')}",
            f"{declarations.words(fact.source, texts.language)} ({texts.day(fact.date)})",
        )
        for fact in given.facts
    ]
    return _table(("setting", "value", "source"), rows, texts)


def value(fact: Fact, texts: Texts) -> str:
    """Write a setting as its unit is written."""
    if fact.unit.startswith("share"):
        return texts.share(fact.value, 0 if float(fact.value * 100).is_integer() else 1)
    if fact.unit.startswith("rupiah"):
        return texts.rupiah(fact.value)
    if fact.unit.startswith("times"):
        return f"{texts.people(fact.value)} ×"
    if fact.unit == "month":  # written 202604
        return texts.month(date(int(fact.value) // 100, int(fact.value) % 100, 1))
    if fact.unit == "bytes":
        return f"{texts.people(fact.value / 1e6)} MB"
    return texts.people(fact.value)


def table_of_segments(given: Settings, texts: Texts) -> Words:
    """One row per segment: its official code, its colour, and what else it is called in files."""
    rows = [
        (
            _keyed(texts(f"segment.{segment.name}"), segment.name),
            _joined(segment.code, segment.colour),
            ", ".join(segment.synonyms),
        )
        for segment in given.segments
    ]
    return _table(("segment", "code", "also"), rows, texts)


def dictionary(texts: Texts) -> Words:
    """One row per column that a file may have: whether it must be there, what it means, its other headers."""
    rows = [
        (
            f"{column.name} ({texts('method.needed' if column.needed else 'method.optional')})",
            f"{texts(f'column.{column.name}.meaning')} ({texts(f'method.cell.{column.kind}')})",
            ", ".join(column.synonyms),
        )
        for column in tables.CANONICAL
    ]
    return _table(("column", "meaning", "also"), rows, texts)


def title_of_targets(chosen: TargetSet, name: str, texts: Texts) -> str:
    """Return what a set of targets is called; one of no targets says so."""
    if not chosen.target:
        return texts("frame.no_target")
    return declarations.words(chosen.title, texts.language) or name


def target_set(chosen: TargetSet, texts: Texts) -> Words:
    """One row per thing to know about a set of targets: source, status, note, and how wider figures are shared out."""
    about = {
        "source": chosen.source or NONE,
        "trust": texts(f"status.{chosen.status}") if chosen.status else texts("method.each_its_own"),
        "note": declarations.words(chosen.note, texts.language) or NONE,
        "shared_out": texts(f"spread.{chosen.share_out}"),
    }
    return _table(("about", "meaning"), [(texts(f"method.head.{name}"), cells) for name, cells in about.items()], texts)


def table_of_targets(chosen: TargetSet, texts: Texts) -> Words:
    """One row per target of a set: where, for whom, how much by when, and how far it can be trusted."""
    rows = [
        (
            _joined(_place(target, texts), texts(f"segment.{target.segment or 'total'}")),
            _joined(_figure(target, texts), texts.month(target.by, short=True)),
            _joined(texts(f"status.{target.status}") if target.status else "", target.source, _remarks(target, texts))
            or NONE,
        )
        for target in chosen.target
    ]
    return _table(("place", "figure", "trust_and_source"), rows, texts)


def unknowns(given: Settings, texts: Texts) -> list[str]:
    """Return what the model does not know, one sentence each."""
    return [describe_method(f"unknown.{name}", given, texts) for name in _in("unknown", texts)]


def describe_bounds(field: FieldInfo, texts: Texts, name: str = "") -> str:
    """Say in words what a declared field may hold: `−100 % … +500 %`, `Pemerintah daerah · Desa`."""
    if name in _WORDED:
        return " · ".join(texts(f"{_WORDED[name]}.{choice}") for choice in getattr(field.annotation, "__args__", ()))
    low = next((_end(bound) for bound in field.metadata if isinstance(bound, Ge | Gt)), None)
    high = next((_end(bound) for bound in field.metadata if isinstance(bound, Le | Lt)), None)
    unit = scenarios.unit_of(field)
    if low is None or high is None:
        return texts("method.any_month") if unit == "month" else texts("method.any_text")
    return f"{_written(low, unit, texts)} … {_written(high, unit, texts)}"


def _end(bound: Ge | Gt | Le | Lt) -> float:
    return float(str(next(getattr(bound, name) for name in ("ge", "gt", "le", "lt") if hasattr(bound, name))))


def _written(number: float, unit: str, texts: Texts) -> str:
    writers = {
        "workers": lambda: texts.people(number),
        "share": lambda: texts.share(number, 0),
        "rupiah": lambda: texts.rupiah(number),
    }
    return writers[unit]() if unit in writers else describe_lever_value(number, unit, texts)


def _default(name: str, field: FieldInfo, texts: Texts) -> str:
    """Say what stands in a field unless said otherwise; nothing where it is simply left out."""
    if field.is_required():
        return texts("method.must")
    if field.default is None:
        return ""
    usual = texts(f"{_WORDED[name]}.{field.default}") if name in _WORDED else ""
    return texts("method.default", value=usual or _written(float(field.default), scenarios.unit_of(field), texts))


def _place(target: Target, texts: Texts) -> str:
    for name in ("branch", "region", "province"):
        wanted = getattr(target, name)
        if wanted:
            return wanted if name == "branch" else f"{texts(f'table.{name}')} {wanted}"
    return texts("method.everywhere")


def _figure(target: Target, texts: Texts) -> str:
    if target.workers is not None:
        return texts.count("unit.people_n", target.workers)
    if target.coverage is not None:
        return texts("method.of_eligible", share=texts.share(target.coverage, 2))
    if target.growth is not None:
        return texts("method.since", change=texts.change(target.growth, 1), month=texts.month(target.base, short=True))
    return texts("method.registrations", number=texts.people(target.new))


def _remarks(target: Target, texts: Texts) -> str:
    """Return a target's note, and its milestones."""
    note = declarations.words(target.note, texts.language)
    steps = [f"{texts.month(by, short=True)}: {texts.people(at)}" for by, at in sorted(target.milestones.items())]
    return f"{note} {texts('method.milestones', listed=', '.join(steps))}".strip() if steps else note


def _keyed(name: str, key: str) -> str:
    return f"{name} ({key})"


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _in(group: str, texts: Texts) -> Iterator[str]:
    """Yield the names below `method.<group>` in the order in which the language file tells them."""
    head = f"method.{group}."
    yield from dict.fromkeys(key.removeprefix(head).partition(".")[0] for key in texts.messages if key.startswith(head))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], texts: Texts) -> Words:
    return {texts(f"method.head.{head}"): [row[place] for row in rows] for place, head in enumerate(heads)}
