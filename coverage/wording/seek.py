"""What would it take to reach the target, and when is it reached, in words?"""

from __future__ import annotations

from math import ceil, floor

from coverage.answers.arrivals import Arrival
from coverage.answers.goals import TOTAL
from coverage.answers.lever_values import PEOPLE
from coverage.answers.seek import Solution
from coverage.base.texts import Texts
from coverage.model.levers import LESS
from coverage.wording.chances import describe_likelihood
from coverage.wording.scenarios import describe_lever_value


def describe_solution(answer: Solution, texts: Texts) -> str:
    """Say in a sentence what it takes, or that it is out of reach and how far the lever's limit leads."""
    value, name = answer.value, answer.name
    values = {
        "segment": segment_in_sentence(answer.segment, texts),
        "target": texts.people(answer.target),
        "month": texts.month(answer.by),
        "lever": lever_in_sentence(name, texts),
        "sure": "" if answer.required is None else texts("solve.sure", chance=texts.share(answer.required, 0)),
    }
    values["goal"] = texts(f"solve.goal.{answer.measure}", **values)
    if value is None:
        return f"{_describe_out_of_reach(answer, values, texts)} {texts(f'solve.onto.{answer.onto}')}"
    if not value:
        return texts(f"solve.enough_{answer.onto}", **values) + _describe_hidden_shortage(answer, texts)
    if name in PEOPLE:
        values["value"] = texts.people(value)
    else:
        must = (value < 0) == (name in LESS)
        values["verb"] = texts(f"solve.{'must' if must else 'may'}_{'rise' if value > 0 else 'fall'}")
        # Rounded so that what is said is enough, too.
        tenths = ceil(abs(value) * 1000 - 1e-6) if must else floor(abs(value) * 1000 + 1e-6)
        values["value"] = texts.share(tenths / 1000, 1 if tenths % 10 else 0)
    kind = name if name in PEOPLE else "rate"
    if answer.added is not None and answer.added < value / 2:
        kind = "extra_held"
    takes = texts(
        f"solve.takes.{kind}", a_month=texts.people(answer.a_month), usual=texts.people(answer.usual), **values
    )
    if answer.required is not None and answer.covered < answer.target - 0.5:
        takes += " " + texts("solve.course", covered=texts.people(answer.covered))
    takes += " " + texts(f"solve.onto.{answer.onto}")
    takes += _describe_hidden_shortage(answer, texts)
    if not answer.shared:
        return takes
    parts = ", ".join(f"{texts('segment.' + segment)} {texts.people(people)}" for segment, people in answer.shared)
    return f"{takes} {texts(f'solve.shared_{answer.basis}', parts=parts)}"


def lever_in_sentence(name: str, texts: Texts) -> str:
    """Return what a lever is called within a sentence; its own name where no shorter one is written down."""
    key = f"solve.lever.{name}"
    return texts(key) if key in texts else texts(f"lever.{name}.name").lower()


def _describe_hidden_shortage(answer: Solution | Arrival, texts: Texts) -> str:
    """Say who is missing where a surplus elsewhere hides it; mostly nothing."""
    if answer.short <= max(answer.target - answer.covered, 0) + 0.5:
        return ""
    return " " + texts("sentence.short_apart", short=texts.people(answer.short))


def segment_in_sentence(segment: str, texts: Texts) -> str:
    """Return what a segment is called within a sentence; the total is no segment."""
    return texts("solve.together" if segment == TOTAL else f"segment.{segment}")


def _describe_out_of_reach(answer: Solution, values: dict[str, str], texts: Texts) -> str:
    limit = (
        texts.people(answer.limit)
        if answer.name == "workers"
        else describe_lever_value(answer.limit, answer.unit, texts)
    )
    attained = texts("solve.attains", at_limit=texts.people(answer.at_limit), **values)
    if answer.required is not None and answer.chance is not None:
        attained = texts("solve.attains_chance", chance=describe_likelihood(answer.chance, texts))
    return texts("solve.unreachable", limit=limit, attained=attained, **values)


def describe_arrival(arrival: Arrival, texts: Texts) -> str:
    """Say in which month a scenario is at the target, and between which months in 8 of 10 futures."""
    values = {
        "segment": segment_in_sentence(arrival.segment, texts),
        "target": texts.people(arrival.target),
        "month": texts.month(arrival.month),
        "longest": texts("solve.its_year", year=arrival.by.year)
        if arrival.measure == "registrations"
        else texts.count("unit.months", arrival.longest),
        "p10": texts.month(arrival.p10),
        "p50": texts.month(arrival.p50),
        "p90": texts.month(arrival.p90),
    }
    values["goal"] = texts(f"solve.goal.{arrival.measure}", **values)
    first = texts(f"solve.date_{'never' if arrival.month is None else 'there'}", **values)
    if arrival.lost is not None:
        values |= {"lost": texts.month(arrival.lost), "by": texts.month(arrival.by)}
        first += " " + texts("solve.date_lost", covered=texts.people(arrival.covered_by), **values)
    apart = "" if arrival.month is None else _describe_hidden_shortage(arrival, texts)
    if not arrival.drawn:
        return first + apart
    if arrival.p10 is None:
        kind = "hardly"
    elif arrival.p90 is None:
        kind = "open"
    else:
        kind = "same" if arrival.p10 == arrival.p90 else "between"
    first += " " + texts(f"solve.date_{kind}", **values)
    if kind in {"between", "open"} and arrival.p50 is not None:
        first += " " + texts("solve.date_half", **values)
    return first + apart
