"""Which figures contradict each other, although each can be read?

One function with `@check` is one check: it returns the condition under which a row is odd, over the table sorted by
branch, segment and month, where `BEFORE` columns hold the month before. Rows are kept: these are warnings. The words
stand in `languages/*/*.toml` below `problem.<code>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from coverage.base.settings import Settings
from coverage.base.tables import PROBLEMS, SEVERITIES, BranchMonths, Problems

Condition = Callable[[Settings], pl.Expr]


@dataclass(frozen=True, kw_only=True)
class Check:
    """A contradiction: its code, the column it points at, when it holds, and what fills its sentence in."""

    code: str
    column: str
    holds: Condition
    details: dict[str, pl.Expr] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    """Columns that may be empty throughout; the check knows what to make of it."""
    without: str = ""
    """A column without which alone the check holds: where every row has it, nothing has to be asked."""


CHECKS: list[Check] = []
STEP = "_step"
"""Months since the row before of the same branch and segment; 0 where there is none."""
_RATIO = "_ratio"
"""The figure as a multiple of the one in the row before of the same series; null where there is none, or it is 0."""
_NOTHING_ODD = {"_odd": pl.lit(False), "_usual": pl.lit(None, dtype=pl.Float64)}
_SLICE = 1 << 15
_WIDER = re.compile(
    r"\W*(?:kanwil|kantor wilayah|wilayah|regional|region|provinsi|prov|province|nasional|national|indonesia)\b",
    re.IGNORECASE,
)
_FEW, _MANY = 3, 100  # three small figures add up to a fourth by chance


def check(
    column: str, *, optional: Collection[str] = (), without: str = "", **details: pl.Expr
) -> Callable[[Condition], Condition]:
    """Register a check under the function's own name."""

    def register(holds: Condition) -> Condition:
        known = frozenset(optional)
        CHECKS.append(
            Check(code=holds.__name__, column=column, holds=holds, details=details, optional=known, without=without)
        )
        return holds

    return register


def before(column: str) -> pl.Expr:
    """Return the figure of the month before, of the same branch and segment; null where that month is missing."""
    return pl.when(pl.col(STEP) == 1).then(pl.col(column).shift(1))


_BALANCE = before("active") + pl.col("new") + pl.col("returned") - pl.col("lapsed")


@check("active", eligible=pl.col("eligible"))
def active_above_eligible(_: Settings) -> pl.Expr:
    return pl.col("active") > pl.col("eligible")


@check("funded", active=pl.col("active"))
def funded_above_active(_: Settings) -> pl.Expr:
    return pl.col("funded") > pl.col("active")


@check("active", before=before("active"), balance=_BALANCE)
def flows_contradict(_: Settings) -> pl.Expr:
    """Say whether a stock is not what it was, plus those who came, less those who went (model, section 1)."""
    return pl.col("active") != _BALANCE


_CAME = pl.col("new") + pl.col("returned").fill_null(0)


@check("active", optional=("returned", "lapsed"), without="lapsed", before=before("active"), came=_CAME)
def rose_beyond_flows(_: Settings) -> pl.Expr:
    """Say whether a stock rose by more than all who came, where nobody says who went."""
    return (pl.col("active") - before("active") > _CAME) & pl.col("lapsed").is_null()


@check("active", optional=("new",), without="new", before=before("active"), went=pl.col("lapsed"))
def fell_beyond_flows(_: Settings) -> pl.Expr:
    """Say whether a stock fell by more than all who went, where nobody says who came."""
    return (before("active") - pl.col("active") > pl.col("lapsed")) & pl.col("new").is_null()


@check("month", missing=pl.col(STEP) - 1)
def month_missing(_: Settings) -> pl.Expr:
    return pl.col(STEP) > 1


@check("active", usual=pl.col("_usual").round().cast(pl.Int64))
def magnitude(_: Settings) -> pl.Expr:
    """Say whether a figure is of another size than its neighbours: Excel may have turned 174.000 into 174."""
    return pl.col("_odd")


@check("active", before=before("active"))
def jump(settings: Settings) -> pl.Expr:
    """Say whether the figure moved by more than half in a month, unless this or the one before is of another size."""
    share = settings["jump_share"]
    change = (pl.col(_RATIO) > 1 + share) | (pl.col(_RATIO) < 1 - share)
    return change & (pl.col(STEP) == 1) & ~pl.col("_odd") & ~pl.col("_odd").shift(1, fill_value=False)


@check(
    "stated_attainment",
    target=pl.col("stated_target"),
    attainment_share=(pl.col("active") / pl.col("stated_target")).round(4),
)
def attainment_contradicts(settings: Settings) -> pl.Expr:
    share = pl.when(pl.col("stated_target") > 0).then(pl.col("active") / pl.col("stated_target"))
    return (pl.col("stated_attainment") - share).abs() > settings["percentage_tolerance"]


@check("stated_coverage", coverage_share=(pl.col("active") / pl.col("eligible")).round(4))
def percentage_contradicts(settings: Settings) -> pl.Expr:
    share = pl.col("active") / pl.col("eligible")
    return (pl.col("stated_coverage") - share).abs() > settings["percentage_tolerance"]


@check(
    "stated_share",
    attainment_share=(pl.col("active") / pl.col("stated_target")).round(4),
    coverage_share=(pl.col("active") / pl.col("eligible")).round(4),
)
def share_contradicts(settings: Settings) -> pl.Expr:
    """Say whether a bare percentage beside a target and the eligible is the share of neither."""
    of_target = pl.when(pl.col("stated_target") > 0).then(pl.col("active") / pl.col("stated_target"))
    known = (pl.col("stated_share") - share for share in (of_target, pl.col("active") / pl.col("eligible")))
    return pl.all_horizontal(distance.abs() > settings["percentage_tolerance"] for distance in known)


def run(
    table: BranchMonths,
    *,
    settings: Settings,
    headers: Callable[[], pl.DataFrame] | None = None,
    calm: bool | None = None,
) -> Problems:
    """One row per contradiction, over a table sorted by branch, segment and month.

    `table` may also have what a file states besides (`stated_target`, and two shares), which is only compared.
    `headers` says which header of which file (`file`, `column`, `segment`, `header`) a column was, so that people find
    it again; it is asked where there is a contradiction. `calm` is what `is_calm` says of the same rows, where that was
    asked before.
    """
    if not table.height:
        return pl.DataFrame(schema=PROBLEMS)
    prepared = _prepared(table, settings, calm)
    nulls = prepared.null_count().row(0, named=True)
    given = {name for name, count in nulls.items() if count < prepared.height}
    known = [
        check
        for check in CHECKS
        if given.issuperset(_needs(check, settings) - check.optional) and (not check.without or nulls[check.without])
    ]
    holds = prepared.select(check.holds(settings).fill_null(False).alias(check.code) for check in known)
    problems = [_rows(prepared, check, holds[check.code]) for check in known if holds[check.code].any()]
    problems += _sums(prepared) + _whole_beside_parts(
        prepared, [segment.name for segment in settings.segments if segment.rest]
    )
    if not problems:
        return pl.DataFrame(schema=PROBLEMS)
    return _named(pl.concat(problems), headers() if headers else None).select(*PROBLEMS)


_columns_of: dict[str, frozenset[str]] = {}


def _needs(check: Check, settings: Settings) -> frozenset[str]:
    """Return the columns that a check looks at, whatever the settings; asked once, for it takes a while."""
    if check.code not in _columns_of:
        _columns_of[check.code] = frozenset(check.holds(settings).meta.root_names())
    return _columns_of[check.code]


def tally(problems: Problems) -> dict[str, int]:
    """Return how many problems of each severity there are, the worst severity first; those of none are left out."""
    counts = {severity: int((problems["severity"] == severity).sum()) for severity in SEVERITIES}
    return {severity: count for severity, count in counts.items() if count}


def worst_first(problems: Problems, severities: Collection[str] = (), *, skip: int = 0, limit: int) -> Problems:
    """Return so many problems of these severities (none: of all), errors before warnings before notes."""
    chosen = problems.filter(pl.col("severity").is_in(list(severities))) if severities else problems
    return chosen.sort("severity", maintain_order=True).slice(skip, limit)


def _prepared(table: BranchMonths, settings: Settings, calm: bool | None) -> pl.DataFrame:
    """Add `STEP` unless whoever sorted the rows has, `_RATIO`, `_odd` (of another size than its series), `_usual`."""
    if STEP not in table.columns:
        months = pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month()
        same = (pl.col("branch") == pl.col("branch").shift(1)) & (pl.col("segment") == pl.col("segment").shift(1))
        table = table.with_columns(pl.when(same).then(months.diff()).fill_null(0).alias(STEP))
    if is_calm(table, settings=settings) if calm is None else calm:
        return table.with_columns(pl.lit(None, dtype=pl.Float64).alias(_RATIO), **_NOTHING_ODD)
    last = pl.col("active").shift(1)
    ratio = pl.when(pl.col(STEP) > 0, last > 0).then(pl.col("active") / last)
    return table.with_columns(ratio.alias(_RATIO)).pipe(_sized, settings["magnitude_factor"])


def is_calm(table: pl.DataFrame, *, settings: Settings) -> bool:
    """Say whether no figure moves so much from one month to the next that a check would ask: most tables.

    Only `active` and `STEP` are needed. In slices that the processor's cache holds, a tenth of the time of whole
    columns.
    """
    share = min(settings["jump_share"], 1 - 1 / settings["magnitude_factor"])
    if table["active"].null_count():
        return False
    step = table[STEP].to_numpy()
    size = min(table.height, _SLICE)
    figures, moves = np.zeros(size + 1), np.empty(size)  # of one kind and used again: half the time
    start = 0
    for chunk in table["active"].get_chunks():  # as they are: to join them would take longer than to look at them
        active = chunk.to_numpy()
        for at in range(0, len(active), _SLICE):
            many = len(active[at : at + _SLICE])
            now, before, moved = figures[1 : many + 1], figures[:many], moves[:many]
            now[:] = active[at : at + many]
            np.abs(np.subtract(now, before, out=moved), out=moved)
            if ((moved >= before * share) & (step[start : start + many] > 0)).any():
                return False
            start, figures[0] = start + many, now[-1]
    return True


def _sized(table: pl.DataFrame, factor: float) -> pl.DataFrame:
    """Mark the figures that are a hundred times larger or smaller than the median of their series."""
    leap = (pl.col(_RATIO) >= factor) | ((pl.col(_RATIO) <= 1 / factor) & (pl.col(_RATIO) > 0))
    leaps = table.filter(leap).select("branch", "segment")
    if not leaps.height:
        return table.with_columns(**_NOTHING_ODD)
    usual = (
        table.join(leaps.unique(), on=["branch", "segment"], how="semi")
        .group_by("branch", "segment")
        .agg(_usual=pl.col("active").filter(pl.col("active") > 0).median())
    )
    odd = (pl.col("active") >= pl.col("_usual") * factor) | (pl.col("active") * factor <= pl.col("_usual"))
    return table.join(usual, on=["branch", "segment"], how="left", maintain_order="left", validate="m:1").with_columns(
        _odd=(odd & (pl.col("active") > 0)).fill_null(False)
    )


def _rows(prepared: pl.DataFrame, check: Check, holds: pl.Series) -> pl.DataFrame:
    details = (
        pl.struct([value.alias(name) for name, value in check.details.items()]).struct.json_encode()
        if check.details
        else pl.lit(None, dtype=pl.String)
    )
    value = pl.col(check.column).cast(pl.String)
    if check.column == "month":
        value = pl.col("month").dt.strftime("%Y-%m")
    if prepared.schema[check.column] == pl.Float64:  # a stated share
        value = (pl.col(check.column) * 100).round(1).cast(pl.String) + "%"
    return (
        prepared.select(
            "file",
            "line",
            "segment",
            value=value,
            details=details,
        )
        .filter(holds)
        .with_columns(
            column=pl.lit(check.column), severity=pl.lit("warning", dtype=PROBLEMS["severity"]), code=pl.lit(check.code)
        )
    )


def _sums(table: pl.DataFrame) -> list[pl.DataFrame]:
    """One row at most per branch and segment that is no branch, at its first line: it would count its parts twice.

    A region's or a province's name is one as soon as there are others beside it; any other name if it is, in every
    month, the sum of all the others.
    """
    first = np.flatnonzero(table[STEP].to_numpy() == 0)
    names = set(table["branch"][first].to_list())
    wider = pl.Series([name for name in names if _WIDER.match(name)], dtype=pl.String)
    if len(wider) == len(names):
        return []
    # Each series ends where the next begins: a look at these rows, not at every row for its month.
    ends = table[np.append(first[1:], table.height) - 1]
    last = _without(ends.filter(ends["month"] == ends["month"].max()), wider)
    # Who is the sum of all others is the largest: worth a look at every month if there is one in the last.
    if last.height > _FEW and last.group_by("segment").agg(whole=_IS_SUM)["whole"].any():
        wider = pl.concat([wider, _sum_of_others(_without(table, wider))])
    if not len(wider):
        return []
    odd = table[first].filter(pl.col("branch").is_in(wider.implode()))
    return [_rows(odd, Check(code="branch_is_sum", column="branch", holds=lambda _: pl.lit(True)), odd[STEP] == 0)]


def _whole_beside_parts(table: pl.DataFrame, rests: Collection[str]) -> list[pl.DataFrame]:
    """One row per branch whose members without a segment are, in every month that has both, the sum of the segments
    beside them: then they are no rest but a total, and would count everybody twice. At the first such line."""
    first = np.flatnonzero(table[STEP].to_numpy() == 0)
    begun = set(table["segment"][first].to_list())
    if not begun.intersection(rests) or begun.issubset(rests):
        return []
    keys, is_rest = ["branch", "month"], pl.col("segment").cast(pl.String).is_in(list(rests))
    rest = table.filter(is_rest)
    parts = table.join(rest.select("branch").unique(), on="branch", how="semi").filter(~is_rest)
    sums = parts.group_by(keys).agg(_parts=pl.col("active").sum())
    both = rest.join(sums, on=keys, validate="m:1", maintain_order="left").filter(pl.col("active") >= _MANY)
    whole = both.filter((pl.col("active") == pl.col("_parts")).all().over("branch"))
    heads = whole.unique("branch", keep="first", maintain_order=True)
    every = pl.repeat(True, heads.height, eager=True)
    return [_rows(heads, Check(code="rest_is_sum", column="segment", holds=lambda _: pl.lit(True)), every)]


_IS_SUM = (pl.len() > _FEW) & (pl.col("active").max() >= _MANY) & (pl.col("active").max() * 2 == pl.col("active").sum())


def _without(table: pl.DataFrame, branches: pl.Series) -> pl.DataFrame:
    return table.filter(~pl.col("branch").is_in(branches.implode())) if len(branches) else table


def _sum_of_others(table: pl.DataFrame) -> pl.Series:
    """Return the branches that are in each of their months and segments the sum of at least three others."""
    keys = ["month", "segment"]
    whole = _IS_SUM.over(keys) & (pl.col("active") == pl.col("active").max().over(keys))
    sums = table.select("branch", whole=whole).group_by("branch").agg(pl.col("whole").all())
    return sums.filter("whole")["branch"]


def _named(problems: pl.DataFrame, headers: pl.DataFrame | None) -> pl.DataFrame:
    """Put the header as it stands in the file in the place of the column's canonical name."""
    if headers is None:
        return problems
    return problems.join(
        headers, on=["file", "column", "segment"], how="left", maintain_order="left", validate="m:1"
    ).with_columns(column=pl.coalesce("header", "column"))
