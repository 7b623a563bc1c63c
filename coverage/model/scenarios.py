"""What if: which levers and programmes does a scenario set, and what comes of it for this scope?

A scenario is a TOML file (`interface.md`, "A scenario file"), or the same as plain query parameters of a link.
Both are checked against the declarations of `Levers` and `Programme`.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import polars as pl
import tomlkit
from numpy.typing import NDArray
from pydantic import Field, ValidationError, model_validator
from pydantic.fields import FieldInfo

from coverage.base import declarations, months
from coverage.base.declarations import Declared, Month, Words
from coverage.base.errors import DeclarationRefused, NothingToShow
from coverage.base.settings import DATA
from coverage.base.tables import REGISTERED, SEGMENTS, Projection, branch_key
from coverage.model import projection, rules
from coverage.model import view as views
from coverage.model.levers import LEVERS, Levers, Programme, SegmentName
from coverage.model.plan import Plan, resolved
from coverage.model.projection import Flows
from coverage.model.rules import Rule
from coverage.model.view import View

FOLDER = DATA / "scenarios"
NO_RULE = "none"
_HELD = {5, 32}  # what Windows calls "access denied" and "sharing violation"
_WAITS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4)  # seconds
# `p1.workers`: the first programme's workers.
_PROGRAMME = re.compile(r"p[1-9][0-9]{0,3}\..")


class SegmentLevers(Levers):
    """The levers of a segment, and those of single branches that replace them."""

    branch: dict[Annotated[str, Field(min_length=1, max_length=120)], Levers] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _once(self) -> Self:
        """Refuse two sets of levers for one branch, however it is written: which of them would count?"""
        names: dict[str, str] = {}
        for one in self.branch:
            other = names.setdefault(branch_key(one) or one, one)
            if other != one:
                raise ValueError(f'branch."{other}" | branch."{one}"')
        return self


class Scenario(Declared):
    """Levers and rules by segment, and programmes, under a name; nothing set is the baseline."""

    name: Words = ""
    note: Words = ""
    author: str = Field("", max_length=120)
    until: Month | None = None
    levers: dict[SegmentName, SegmentLevers] = Field(default_factory=dict)
    rule: dict[SegmentName, Rule] = Field(default_factory=dict)
    programme: tuple[Programme, ...] = ()

    def with_levers(self, segment: str, **values: object) -> Scenario:
        """Return the scenario with some levers of a segment set anew; raise `DeclarationRefused` out of bounds."""
        old = next((wide for name, wide in self.levers.items() if name == segment), SegmentLevers()).model_dump(
            exclude_unset=True
        )
        levers = self.model_dump(exclude_unset=True).get("levers", {}) | {segment: old | values}
        return validated(self.model_dump(exclude_unset=True) | {"levers": levers}, file="")

    @property
    def branch_levers(self) -> dict[tuple[str, str], Levers]:
        return {(segment, branch): one for segment, wide in self.levers.items() for branch, one in wide.branch.items()}


def validated(document: Mapping[str, object], *, file: str) -> Scenario:
    """Check a document against the declarations; raise `DeclarationRefused` with key, found and allowed.

    Without a file the refusal names the key as links and `--set` write it.
    """
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        if file:
            raise declarations.refusal(error, Scenario, document, file=file, lines={}) from error
        raise _refused(error, document) from error


def loads(text: str, file: str) -> Scenario:
    """Read a scenario from TOML; raise `DeclarationRefused` with file, line, key, found and allowed."""
    return declarations.load(text, file, Scenario)


def load(path: Path) -> Scenario:
    """Read a scenario file."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeclarationRefused("not_text", file=path.name) from error
    except OSError as error:
        found = error.strerror or str(error)
        raise DeclarationRefused("declaration_unreadable", file=path.name, found=found) from error
    return loads(text, path.name)


def presets(folder: Path = FOLDER) -> dict[str, Scenario]:
    """Return the scenarios of a folder by file stem, the baseline first."""
    paths = sorted(folder.glob("*.toml"), key=lambda path: (path.stem != "baseline", path.stem))
    return {path.stem: load(path) for path in paths}


def named(name: str, folder: Path = FOLDER) -> Scenario:
    """Return a shipped scenario by name, or the one in a file; raise `DeclarationRefused` where there is neither."""
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return load(path)
    there = [one.stem for one in sorted(folder.glob("*.toml"))]
    if name not in there:
        raise DeclarationRefused("scenario_unknown", found=name, allowed=" | ".join(there))
    return load(folder / f"{name}.toml")


def simplified(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario says beyond the defaults, as plain values: the form of files and links."""
    document = scenario.model_dump(mode="json", exclude_defaults=True)
    for programme, one in zip(document.get("programme", []), scenario.programme, strict=False):
        programme |= {"name": one.name, "segment": one.segment, "workers": one.workers, "months": one.months}
    levers = {}
    for segment, wide in scenario.levers.items():
        # A branch's own lever may stand at its default and still replace the segment's: keep what was said.
        branches = {branch: values for branch, one in wide.branch.items() if (values := _said(one))}
        said = {name: value for name, value in _said(wide).items() if value != Levers.model_fields[name].default}
        if said or branches:
            levers[segment] = said | ({"branch": branches} if branches else {})
    return {key: value for key, value in document.items() if key != "levers"} | ({"levers": levers} if levers else {})


def _said(levers: Levers) -> dict[str, Any]:
    values = levers.model_dump(mode="json", include=set(levers.model_fields_set & LEVERS))
    return {name: values[name] for name in Levers.model_fields if values.get(name) is not None}


def dumps(scenario: Scenario) -> str:
    """Write a scenario as TOML, keys in the order of the declaration."""
    document = tomlkit.document()
    plain = simplified(scenario)
    for key in ("name", "note", "author", "until"):
        if key in plain:
            document[key] = declarations.inline(plain[key])
    for segment, levers in plain.get("levers", {}).items():
        table = document.setdefault("levers", tomlkit.table(is_super_table=True))
        own = tomlkit.table()
        for name, value in levers.items():
            if name != "branch":
                own[name] = value
        for branch, values in levers.get("branch", {}).items():
            own.setdefault("branch", tomlkit.table(is_super_table=True))[branch] = values
        table[segment] = own
    for segment, values in plain.get("rule", {}).items():
        document.setdefault("rule", tomlkit.table(is_super_table=True))[segment] = values
    if plain.get("programme"):
        tables = tomlkit.aot()
        for programme in plain["programme"]:
            one = tomlkit.table()
            for name in Programme.model_fields:
                if programme.get(name) is not None:
                    one[name] = programme[name]
            tables.append(one)
        document["programme"] = tables
    return tomlkit.dumps(document)


def save(scenario: Scenario, path: Path) -> None:
    """Write a scenario file whole or not at all: the old file survives a crash."""
    write_whole(path, dumps(scenario).encode())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step (write beside it, flush, rename)."""
    # Where Windows refuses a folder, `tempfile` thinks its name is taken, and tries others for hours (cpython#66305).
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        patiently(beside.replace, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise


def patiently(move: Callable[[Path], object], target: Path) -> None:
    """Move a file or folder; where Windows says that somebody holds it, try again for a second.

    There a reader, a virus scanner or what keeps folders alike holds what it has open against every move, for a moment.
    """
    for seconds in _WAITS:
        try:
            move(target)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
        time.sleep(seconds)
    move(target)


def to_query(scenario: Scenario) -> dict[str, str]:
    """Write a scenario as query parameters: `informal.new=0.2`, `formal.rule=rate`, `formal.rule.rate=0.1`,
    `p1.workers=10000`; defaults are left out."""
    plain = simplified(scenario)
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
        raise _refused(error, document, numbers) from error


def _refused(error: ValidationError, document: Mapping[str, object], numbers: Sequence[int] = ()) -> DeclarationRefused:
    """Turn what pydantic found into a refusal that names the parameter; `numbers` are those of the programmes there."""
    refused = declarations.refusal(error, Scenario, document, file="", lines={})
    key = str(refused.data["key"]).removeprefix("levers.")
    key = re.sub(r"^rule\.(\w+)", r"\1.rule", key).removesuffix(".kind") if key.startswith("rule.") else key
    programme = re.match(r"programme\.(\d+)", key)
    if programme:
        place = int(programme[1])
        key = f"p{numbers[place - 1] if numbers else place}" + key[programme.end() :]
    said = {name: value for name, value in refused.data.items() if name not in {"file", "line"}}
    return DeclarationRefused("link_" + refused.code, **(said | {"key": key}))


def _place_words(document: dict[str, Any], key: str, value: str) -> None:
    """Put a name or note where it belongs: one for all (`name`), or one for each language (`name.id`)."""
    head, _, language = key.partition(".")
    there = document.setdefault(head, {} if language else value)
    if isinstance(there, dict) != bool(language):
        raise DeclarationRefused("link_key", key=key, found=value, allowed=f"{head} | {head}.id, {head}.en")
    if language:
        there[language] = value


def _listed(key: str, value: str) -> list[str]:
    try:
        listed = json.loads(value)
    except json.JSONDecodeError:
        listed = None
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
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
            query = {name: said for name, said in query.items() if not name.startswith(f"{key.strip()}.")}
        if value.strip() == NO_RULE and key.strip().endswith(".rule"):
            query.pop(key.strip(), None)
            continue
        query[key.strip()] = value.strip()
    return from_query(query)


def plan(view: View, scenario: Scenario) -> Plan:
    """Resolve a scenario for the series of a view, in the kernel's terms."""
    achieved = view.registered if view.measure == "registrations" else view.series["active"].to_numpy()
    missing = np.where(np.isfinite(view.target), view.target - achieved, 0)
    moved = resolved(
        view.series,
        {str(segment): wide for segment, wide in scenario.levers.items()},
        scenario.branch_levers,
        scenario.programme,
        as_of=view.as_of,
        growth=view.settings["eligible_growth"],
        gaps=missing,
    )
    return rules.applied(view, {str(segment): rule for segment, rule in scenario.rule.items()}, moved)


def flows(view: View, scenario: Scenario, horizon: int) -> Flows:
    """Run a scenario over the series of a view, so many months."""
    return projection.run(view.start, plan(view, scenario), horizon)


def required(view: View, scenario: Scenario, run: Flows) -> pl.DataFrame:
    """One row per segment with a rule: the registrations that a run of the scenario took (`rules.required`)."""
    chosen = {str(segment): rule for segment, rule in scenario.rule.items()}
    return rules.required(view, chosen, plan(view, scenario), run)


def every_rule(
    view: View, scenario: Scenario, months_ahead: int, segments: Sequence[str] | None = None
) -> pl.DataFrame:
    """One row per segment (all of the view, unless some are named) and kind of rule: what that rule alone would take
    (`rules.required`).

    The scenario's levers and programmes go on; a rule that it has set itself keeps its parameters.
    """
    found = []
    for segment in segments or view.series["segment"].unique().sort().to_list():
        for kind in rules.PARAMETERS:
            own = next((rule for name, rule in scenario.rule.items() if name == segment and rule.kind == kind), None)
            tried = scenario.model_copy(update={"rule": {segment: own or Rule(kind=kind)}})
            found.append(required(view, tried, flows(view, tried, months_ahead)))
    return pl.concat(found) if found else pl.DataFrame(schema=rules.REQUIRED)


def horizon(view: View, scenario: Scenario | None = None, until: date | None = None) -> int:
    """Return the months to run: until the month asked for, the scenario's, the target's, else 12 months on."""
    wanted = until or (scenario.until if scenario else None)
    if wanted is None:
        wanted = view.target_month if view.target_month and view.target_month > view.as_of else None
    if wanted is None:
        return view.settings.whole("horizon_months")
    count = months.between(view.as_of, wanted)
    if not 1 <= count <= 600:
        raise DeclarationRefused(
            "until_refused",
            found=months.code(wanted),
            allowed=f"{months.code(months.add(view.as_of, 1))} … {months.code(months.add(view.as_of, 600))}",
        )
    return count


def simulate(
    view: View, scenario: Scenario, *, name: str, until: date | None = None, keys: Sequence[str] = ("segment",)
) -> Projection:
    """One row per scenario, key and month, the as-of month first (its flows are history and null here)."""
    run = flows(view, scenario, horizon(view, scenario, until))
    return table(view, run, name=name, keys=keys)


def table(view: View, run: Flows, *, name: str, keys: Sequence[str] = ("segment",)) -> Projection:
    """One row per scenario, key and month of a run; `target` is the sum of its series' targets, `short` what is
    missing to each series' own.

    Where only some series of a key have one, everything in its rows is theirs (`View.compared`). A target for
    registrations is none here, for `covered` are members: it has two columns of its own (`REGISTERED`).
    """
    rows, place = view.compared(keys)
    aims = group_targets(view, keys)
    target = pl.Series("target", np.repeat(aims, run.covered.shape[0]), nan_to_null=True)
    each = np.maximum(np.nan_to_num(view.target) - run.covered[:, :, 0], 0)
    missing = np.where(np.isnan(aims)[:, None], np.nan, projection.sums(place, rows.height)(each))
    short = pl.Series("short", missing.reshape(-1), nan_to_null=True)
    # Columns are put together, not computed by a query: under a slider a query of its own costs more than the sums.
    shown = projection.frame(run, rows, place, as_of=view.as_of).hstack([target, short, *_registered(view, run, keys)])
    return shown.insert_column(0, pl.Series("scenario", [name] * shown.height, dtype=pl.String))


def _registered(view: View, run: Flows, keys: Sequence[str]) -> list[pl.Series]:
    """Return the registrations that count for the targets of each key, and those asked for; no column where members
    count. Series without a target have no part in them."""
    if view.measure != "registrations":
        return []
    rows, place = view.groups(keys)
    aimed = np.isfinite(view.target)
    mine = np.where(aimed, place, -1)
    done = projection.sums(mine, rows.height)(np.nan_to_num(views.registrations(view, run.new[:, :, 0])))
    asked = np.bincount(place[aimed], weights=view.target[aimed], minlength=rows.height)
    asked = np.where(np.bincount(place[aimed], minlength=rows.height) > 0, asked, np.nan)
    done = np.where(np.isnan(asked)[:, None], np.nan, done)
    values = (done.reshape(-1), np.repeat(asked, run.new.shape[0]))
    return [pl.Series(name, one, nan_to_null=True) for name, one in zip(REGISTERED, values, strict=True)]


def group_targets(view: View, keys: Sequence[str] = ("segment",)) -> NDArray[np.float64]:
    """Return the people that each group has to reach (groups,): the sum of its series' targets; NaN where none has."""
    rows, place = view.compared(keys)
    if view.measure != "workers":
        return np.full(rows.height, np.nan)
    inside = place >= 0
    return np.bincount(place[inside], weights=view.target[inside], minlength=rows.height).astype(np.float64)


def baseline_table(view: View, months_ahead: int, keys: Sequence[str] = ("segment",)) -> Projection:
    """One row per key and month of the baseline, so many months ahead; up to its length computed with the view, not
    again."""
    if months_ahead >= len(view.baseline.covered):
        return table(view, flows(view, Scenario(), months_ahead), name="baseline", keys=keys)
    cut = {
        name: getattr(view.baseline, name)[: months_ahead + 1] for name in Flows.__dataclass_fields__ if name != "paid"
    }
    return table(view, Flows(paid=view.baseline.paid[:, : months_ahead + 1], **cut), name="baseline", keys=keys)


def strangers(view: View, scenario: Scenario) -> list[str]:
    """Name the branches of a scenario that the data do not know, each once: what is asked of them happens nowhere."""
    known = {branch_key(name) for name in view.peers["branch"].unique()}
    named = [branch for _, branch in scenario.branch_levers]
    named += [branch for one in scenario.programme for branch in one.branches or ()]
    return [name for name in dict.fromkeys(named) if branch_key(name) not in known]


def require_known(view: View, scenario: Scenario) -> None:
    """Raise `NothingToShow` naming the first branch of a scenario that the data do not know."""
    for name in strangers(view, scenario):
        there = sorted(str(one) for one in view.peers["branch"].unique())
        close = difflib.get_close_matches(name, there, n=3) or there[:12]
        more = " | …" if close != there else ""
        raise NothingToShow("branch_unknown", found=name, allowed=" | ".join(close) + more)


def not_simulated(view: View, scenario: Scenario) -> list[str]:
    """Name the programmes that begin in or before the as-of month: their members are in the data already."""
    return [one.name for one in scenario.programme if one.starts <= view.as_of]


def reaches(view: View, scenario: Scenario) -> bool:
    """Say whether anything that a scenario sets is set for a segment that is looked at."""
    there = {str(one) for one in view.series["segment"].unique()}
    return not there.isdisjoint({*scenario.levers, *scenario.rule, *(one.segment for one in scenario.programme)})


def lever_fields() -> Iterator[tuple[str, FieldInfo]]:
    """Yield the levers in the order of their declaration; bounds, unit and step stand in each field."""
    yield from Levers.model_fields.items()


def unit_of(field: FieldInfo) -> str:
    """Return the declared unit of a lever."""
    extra = field.json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) else ""


def side_by_side(
    history: pl.DataFrame,
    baseline: Projection,
    scenario: Projection | None,
    fan: pl.DataFrame | None = None,
    milestones: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per month: `month, history, baseline, covered, difference, funded, target`, as far as each is known,
    the fan's `p10, p90, chance`, and `milestone`, if there are any."""
    rows = history.select("month", history="active").join(
        baseline.select("month", baseline="covered", target="target"), on="month", how="full", coalesce=True
    )
    if scenario is not None:
        rows = rows.join(scenario.select("month", "covered", "funded"), on="month", how="left")
        rows = rows.with_columns(difference=pl.col("covered") - pl.col("baseline"))
    if fan is not None:
        rows = rows.join(fan.select("month", "p10", "p90", "chance"), on="month", how="left")
    if milestones is not None and not milestones.is_empty():
        marks = milestones.select("month", milestone="workers")
        rows = rows.join(marks, on="month", how="full", coalesce=True, validate="1:1")
    return rows.sort("month")


_TABLE: dict[str, pl.DataType] = {
    "name": pl.String(),
    "segment": pl.String(),
    "workers": pl.Int64(),
    "starts": pl.String(),
    "months": pl.Int64(),
    "stay": pl.Float64(),  # percent: that is how a person types it
    "premium": pl.Float64(),
    "share": pl.Float64(),  # percent
    "fund": pl.String(),
    "spread": pl.String(),
    "branches": pl.List(pl.String()),
}


def programme_table(scenario: Scenario) -> pl.DataFrame:
    """One row per programme, as a person edits it: shares as percentages, months as `YYYY-MM`."""
    rows = [
        one.model_dump(mode="json")
        | {"stay": round(one.stay * 100, 6), "share": round(one.share * 100, 6), "branches": list(one.branches or ())}
        for one in scenario.programme
    ]
    return pl.DataFrame(rows, schema=_TABLE)


def programme_documents(edited: pl.DataFrame) -> list[dict[str, Any]] | None:
    """Turn edited rows back into what a scenario file says; None while a row still misses something needed."""
    documents = []
    for row in edited.to_dicts():
        if any(row[name] in (None, "") for name in _TABLE if name != "branches"):
            return None
        branches = list(row.pop("branches") or [])
        row |= {"stay": row["stay"] / 100, "share": row["share"] / 100}
        documents.append(row | ({"branches": branches} if branches else {}))
    return documents
