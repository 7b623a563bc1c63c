"""How is a scenario written as the plain query parameters of a link, and read back?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from coverage.base.errors import DeclarationRefused
from coverage.base.tables import SEGMENTS
from coverage.model import scenarios
from coverage.model.scenarios import Scenario

NO_RULE = "none"


# `p1.workers`: the first programme's workers.
_PROGRAMME = re.compile(r"p[1-9][0-9]{0,3}\..")


def to_query(scenario: Scenario) -> dict[str, str]:
    """Write a scenario as query parameters: `informal.new=0.2`, `formal.rule=rate`, `formal.rule.rate=0.1`,
    `p1.workers=10000`; defaults are left out."""
    plain = scenarios.simplified(scenario)
    query: dict[str, str] = {}
    for key in ("name", "note"):
        value = plain.get(key)
        if isinstance(value, Mapping):
            query |= {f"{key}.{language}": words for language, words in value.items()}
        elif value:
            query[key] = str(value)
    query |= {key: str(plain[key]) for key in ("author", "until") if key in plain}
    for segment, levers in plain.get("levers", {}).items():
        query |= {f"{segment}.{name}": _written(value) for name, value in levers.items() if name != "branch"}
        for branch, values in levers.get("branch", {}).items():
            query |= {f"{segment}.branch.{branch}.{name}": _written(value) for name, value in values.items()}
    for segment, rule in plain.get("rule", {}).items():
        query[f"{segment}.rule"] = rule["kind"]
        query |= {f"{segment}.rule.{name}": _written(value) for name, value in rule.items() if name != "kind"}
    for index, programme in enumerate(plain.get("programme", []), 1):
        for name, value in programme.items():
            query[f"p{index}.{name}"] = json.dumps(value) if isinstance(value, list | tuple) else _written(value)
    return query


def _written(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def is_ours(parameter: str) -> bool:
    """Say whether a query parameter belongs to a scenario."""
    head, _, rest = parameter.partition(".")
    if head in SEGMENTS:
        return rest not in {"", "branch"}
    return head in {"name", "note"} or parameter in {"author", "until"} or bool(_PROGRAMME.match(parameter))


def from_query(query: Mapping[str, str]) -> Scenario:
    """Read a scenario back from query parameters; raise `DeclarationRefused` with key, found and allowed."""
    document: dict[str, Any] = {}
    programmes: dict[int, dict[str, Any]] = {}
    for key, value in query.items():
        head, _, rest = key.partition(".")
        if not is_ours(key):
            raise DeclarationRefused("link_key", key=key, found=value, allowed="informal.new=0.2 | p1.workers=10000")
        if head in {"name", "note"}:
            _place_words(document, key, value)
        elif head in {"author", "until"}:
            document[head] = value
        elif head in SEGMENTS and (rest == "rule" or rest.startswith("rule.")):
            # `informal.rule=rate` names the kind, `informal.rule.rate=0.1` its parameter: no lever is called so.
            chosen = document.setdefault("rule", {}).setdefault(head, {})
            chosen[rest.removeprefix("rule").removeprefix(".") or "kind"] = value
        elif head in SEGMENTS:
            levers = document.setdefault("levers", {}).setdefault(head, {})
            branch, _, name = rest.removeprefix("branch.").rpartition(".")
            if rest.startswith("branch.") and branch:  # a branch's name may hold dots, a lever's does not
                levers = levers.setdefault("branch", {}).setdefault(branch, {})
                rest = name
            levers[rest] = value
        else:
            programmes.setdefault(int(head[1:]), {})[rest] = _listed(key, value) if rest == "branches" else value
    numbers = sorted(programmes)
    if numbers:
        document["programme"] = [programmes[number] for number in numbers]
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        raise scenarios.refusal_of_parameter(error, document, numbers) from error


def _place_words(document: dict[str, Any], key: str, value: str) -> None:
    """Put a name or note where it belongs: one for all (`name`), or one for each language (`name.id`)."""
    head, _, language = key.partition(".")
    present = document.setdefault(head, {} if language else value)
    if isinstance(present, dict) != bool(language):
        raise DeclarationRefused("link_key", key=key, found=value, allowed=f"{head} | {head}.id, {head}.en")
    if language:
        present[language] = value


def _listed(key: str, value: str) -> list[str]:
    try:
        listed = json.loads(value)
    except json.JSONDecodeError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(load, str) for load in listed):
        raise DeclarationRefused("link_value_refused", key=key, found=value, allowed='["Palembang"]')
    return listed


def override(scenario: Scenario, assignments: Sequence[str]) -> Scenario:
    """Apply `informal.new=0.2`, `informal.branch.Palembang.lapse=-0.1` or `p1.workers=5000` over a scenario.

    `informal.rule=none` takes a rule away.
    """
    query = to_query(scenario)
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals:
            raise DeclarationRefused("link_key", key=assignment, found="", allowed="informal.new=0.2")
        if key.strip().endswith(".rule"):  # another kind of rule has other parameters
            query = {name: text for name, text in query.items() if not name.startswith(f"{key.strip()}.")}
        if value.strip() == NO_RULE and key.strip().endswith(".rule"):
            query.pop(key.strip(), None)
            continue
        query[key.strip()] = value.strip()
    return from_query(query)
