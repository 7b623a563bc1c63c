"""The law of forecasts and bands, one series and one month at a time, written from its text (model, sections 5 and 7).

It is the judge of the quick code in `coverage.model` and shares nothing with it: plain numbers, None where a figure is
unknown, months as places in the calendar of all data (0 is its first month).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

INFINITE = math.inf
Figures = list[float | None]


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What one branch and segment reported, month by month of the calendar, up to the as-of month."""

    branch: str
    segment: str
    active: Figures
    eligible: Figures
    new: Figures
    lapsed: Figures
    returned: Figures
    funded: Figures

    @property
    def first_report(self) -> int:
        return next(month for month, count in enumerate(self.active) if count is not None)

    @property
    def last_report(self) -> int:
        return max(month for month, count in enumerate(self.active) if count is not None)

    def until(self, month: int) -> Reported:
        """Return what was known at the end of a month."""
        cut = slice(0, month + 1)
        return Reported(
            branch=self.branch,
            segment=self.segment,
            active=self.active[cut],
            eligible=self.eligible[cut],
            new=self.new[cut],
            lapsed=self.lapsed[cut],
            returned=self.returned[cut],
            funded=self.funded[cut],
        )


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a running programme holds of one series, and when it ends (months after the series' month 0)."""

    members: float
    ends: int
    stay: float


@dataclass(frozen=True, kw_only=True)
class SlowRates:
    new: float
    lapse: float
    back: float
    pool: float
    season_new: list[float]  # by calendar month, January first
    season_lapse: list[float]
    stocks_only: bool


@dataclass(kw_only=True)
class SlowRun:
    """What the law makes of one series; index 0 is its month 0 (of a late series its last report)."""

    late: int
    rates: SlowRates
    pace: float
    season: list[float]
    path: list[float]
    flows: list[float]
    baseline: list[float]
    run: list[float]
    eligible: list[float]
    funded: list[float]
    new: list[float]
    lapse: list[float]
    covered: list[float] = field(default_factory=list)  # where the steps lead with these
    draws: list[list[float]] = field(default_factory=list)
    draws_new: list[list[float]] = field(default_factory=list)
    draws_lapse: list[list[float]] = field(default_factory=list)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


# 5.1 Rates


def complete_flows(told: Reported) -> tuple[Figures, Figures]:
    """Return `new` and `lapsed` with what follows from the balance."""
    new, lapsed = list(told.new), list(told.lapsed)
    for month in range(1, len(told.active)):
        now, before = told.active[month], told.active[month - 1]
        if now is None or before is None:
            continue
        net, back = now - before, told.returned[month] or 0.0
        given_new, given_lapsed = told.new[month], told.lapsed[month]
        if given_lapsed is None and given_new is not None:
            lapsed[month] = max(given_new + back - net, 0.0)
        if given_new is None and given_lapsed is not None:
            new[month] = max(net + given_lapsed - back, 0.0)
    return new, lapsed


def rates(told: Reported, first_month: int) -> SlowRates:
    """Return the rates as of the last month of what is given; `first_month` numbers the calendar's first month."""
    last = len(told.active) - 1
    year = [month for month in range(last - 11, last + 1) if month >= 0]
    new, lapsed = complete_flows(told)
    both = [month for month in year if new[month] is not None and lapsed[month] is not None]
    if len(both) < 6:
        return SlowRates(
            new=0, lapse=0, back=0, pool=0, season_new=[1.0] * 12, season_lapse=[1.0] * 12, stocks_only=True
        )
    known_new = [value for month in year if (value := new[month]) is not None]
    leaving = staying = 0.0
    for month in year:
        count, before = lapsed[month], told.active[month - 1] if month > 0 else None
        if count is not None and before is not None:
            leaving, staying = leaving + count, staying + before
    pools = []
    pool = 0.0
    for month in range(last + 1):
        pool = max(pool + (lapsed[month] or 0.0) - (told.returned[month] or 0.0), 0.0)
        eligible, active = told.eligible[month], told.active[month]
        if eligible is not None and active is not None:
            pool = min(pool, max(eligible - active, 0.0))
        pools.append(pool)
    returning = waiting = 0.0
    for month in year:
        count = told.returned[month]
        if count is not None:
            returning, waiting = returning + count, waiting + (pools[month - 1] if month > 0 else 0.0)
    share: Figures = []
    for month in range(last + 1):
        count, before = lapsed[month], told.active[month - 1] if month > 0 else None
        share.append(count / before if count is not None and before is not None and before > 0 else None)
    return SlowRates(
        new=_mean(known_new) if known_new else 0.0,
        lapse=min(leaving / staying, 1.0) if staying > 0 else 0.0,
        back=min(returning / waiting, 1.0) if waiting > 0 else 0.0,
        pool=pool,
        season_new=_index(new, told.first_report, first_month),
        season_lapse=_index(share, told.first_report, first_month),
        stocks_only=False,
    )


def _index(values: Figures, first_report: int, first_month: int) -> list[float]:
    """Return a seasonal index by calendar month, January first."""
    if sum(value is not None for value in values) < 24:
        return [1.0] * 12
    last = len(values) - 1
    ratios: list[list[float]] = [[] for _ in range(12)]
    for block in range((last - first_report + 1) // 12):
        block_months = range(last - 12 * block - 11, last - 12 * block + 1)
        known = [(month, value) for month in block_months if (value := values[month]) is not None]
        if not known or _mean([value for _, value in known]) == 0:
            continue
        level = _mean([value for _, value in known])
        for month, value in known:
            ratios[(first_month + month) % 12].append(value / level)
    index = [_mean(found) if found else 1.0 for found in ratios]
    return [value / _mean(index) for value in index]


# 5.2 The baseline


def bridged(told: Reported) -> tuple[Figures, list[bool]]:
    """Return the active with holes between two reports filled by a straight line, and which months are such."""
    active = list(told.active)
    bridge = [False] * len(active)
    reported = [month for month, count in enumerate(active) if count is not None]
    for left, right in pairwise(reported):
        start, end = told.active[left], told.active[right]
        assert start is not None
        assert end is not None
        for month in range(left + 1, right):
            active[month] = start + (end - start) * (month - left) / (right - left)
            bridge[month] = True
    return active, bridge


def changes(told: Reported) -> tuple[Figures, list[bool]]:
    """Return the relative changes d, and which of them touch a bridge."""
    active, bridge = bridged(told)
    change: Figures = [None] * len(active)
    touches = [False] * len(active)
    for month in range(1, len(active)):
        now, before = active[month], active[month - 1]
        if now is not None and before is not None and before != 0:
            change[month] = (now - before) / before
            touches[month] = bridge[month] or bridge[month - 1]
    return change, touches


def season(told: Reported, first_month: int) -> list[float]:
    """Return s by calendar month, January first."""
    change, touches = changes(told)
    last = len(change) - 1
    known = [month for month, value in enumerate(change) if value is not None]
    if not known:
        return [0.0] * 12
    years = min(3, (last - known[0] + 1) // 12)
    deviations: list[tuple[int, float]] = []
    for back in range(years):
        in_year = [
            (month, value)
            for month in range(last - 12 * back - 11, last - 12 * back + 1)
            if (value := change[month]) is not None and not touches[month]
        ]
        if in_year:
            level = _mean([value for _, value in in_year])
            deviations += [((first_month + month) % 12, value - level) for month, value in in_year]
    if years == 0 or len(deviations) < 10 * years:
        return [0.0] * 12
    raw = []
    for calendar in range(12):
        found = [value for place, value in deviations if place == calendar]
        raw.append(_mean(found) if found else 0.0)
    shape = [value - _mean(raw) for value in raw]
    if years == 1:
        return shape
    noise = math.fsum((value - shape[place]) ** 2 for place, value in deviations) / (12 * (years - 1))
    size = _mean([value**2 for value in shape])
    weight = max(0.0, 1 - noise / years / size) if size > 0 else 0.0
    return [weight * value for value in shape]


def pace(told: Reported, shape: list[float], first_month: int) -> float:
    """Return p."""
    change, _ = changes(told)
    active, _ = bridged(told)
    last = len(change) - 1
    rest: dict[int, float] = {}
    for month in range(max(last - 23, 0), last + 1):
        value = change[month]
        if value is not None:
            rest[month] = value - shape[(first_month + month) % 12]
    if not rest:
        return 0.0
    middle = median(rest.values())
    away = [abs(value - middle) for value in rest.values()]
    width = 3 * max(1.4826 * median(away), _mean(away))
    over = under = 0.0
    for month, value in rest.items():
        before = active[month - 1]
        if month > last - 12 and before is not None:
            over += min(max(value, middle - width), middle + width) * before
            under += before
    return over / under if under > 0 else 0.0


def run_on(
    start: float, funded: float, eligible: list[float], found: SlowRates, first_ahead: int, horizon: int
) -> list[float]:
    """Return V: steps 1 to 8 without levers and programmes; `first_ahead` numbers the month after month 0."""
    paying, pool = start - funded, found.pool
    covered = [start]
    for ahead in range(1, horizon + 1):
        calendar = (first_ahead + ahead - 1) % 12
        lapsed = min(1.0, found.lapse * found.season_lapse[calendar]) * paying
        returned = min(1.0, found.back) * pool
        paying += returned - lapsed
        pool += lapsed - returned
        excess = max(paying + funded - eligible[ahead], 0.0)
        from_paying = min(excess, paying)
        paying -= from_paying
        funded -= excess - from_paying
        room = max(0.0, eligible[ahead] - paying - funded)
        paying += min(max(0.0, found.new * found.season_new[calendar]), room)
        pool = min(pool, max(eligible[ahead] - paying - funded, 0.0))
        covered.append(paying + funded)
    return covered


def baseline(told: Reported, first_month: int, horizon: int, growth: float, funded_unknown: float = 0.0) -> SlowRun:
    """Return N and what it is made of, from the last month of what is given (a report stands there)."""
    last = len(told.active) - 1
    start = told.active[last]
    assert start is not None
    given_funded, given_eligible = told.funded[last], told.eligible[last]
    funded = min(funded_unknown if given_funded is None else given_funded, start)
    known = INFINITE if given_eligible is None else given_eligible
    eligible = [known * (1 + growth) ** (ahead / 12) for ahead in range(horizon + 1)]
    found = rates(told, first_month)
    shape = season(told, first_month)
    speed = pace(told, shape, first_month)
    path, total = [start], 0.0
    for ahead in range(1, horizon + 1):
        total += speed * 0.97**ahead + shape[(first_month + last + ahead) % 12]
        path.append(start * max(0.0, 1 + total))
    flows = run_on(start, funded, eligible, found, first_month + last + 1, horizon)
    line = [start]
    for ahead in range(1, horizon + 1):
        middle = path[ahead] if found.stocks_only else 0.5 * path[ahead] + 0.5 * flows[ahead]
        line.append(min(max(middle, funded), eligible[ahead]))
    return SlowRun(
        late=0,
        rates=found,
        pace=speed,
        season=shape,
        path=path,
        flows=flows,
        baseline=line,
        run=list(line),
        eligible=eligible,
        funded=[funded] * (horizon + 1),
        new=[],
        lapse=[],
    )


def with_ends(line: list[float], programmes: Sequence[Held]) -> list[float]:
    """Return B: N less what the ends of running programmes take beyond N's own fall of that month."""
    taken, result = 0.0, [line[0]]
    for ahead in range(1, len(line)):
        dropped = math.fsum(held.members * (1 - held.stay) for held in programmes if held.ends == ahead)
        if dropped > 0:
            taken += max(dropped - max(line[ahead - 1] - line[ahead], 0.0), 0.0)
        result.append(line[ahead] - taken)
    return result


@dataclass(frozen=True, kw_only=True)
class GoalFlows:
    new: list[float]
    lapse: list[float]
    covered: list[float]
    funded: list[float]


def goal_flows(
    goal: list[float], run: SlowRun, programmes: Sequence[Held], start: float, first_ahead: int
) -> GoalFlows:
    """Return n(t), λ(t) that lead to a goal, and where the twelve steps lead with them."""
    found = run.rates
    total_funded = run.funded[0]
    paying, pool = start - total_funded, found.pool
    members = [held.members for held in programmes]
    loose = total_funded - math.fsum(members)
    new, lapse, covered, funded_line = [0.0], [0.0], [start], [total_funded]
    for ahead in range(1, len(goal)):
        calendar = (first_ahead + ahead - 1) % 12
        limit = run.eligible[ahead]
        stayed = dropped = 0.0
        for place, held in enumerate(programmes):
            if held.ends == ahead:
                stayed += held.stay * members[place]
                dropped += (1 - held.stay) * members[place]
                members[place] = 0.0
        funded = loose + math.fsum(members)
        after = min(funded, limit)  # step 4: never above E
        wanted_paying = min(max(goal[ahead] - after, 0.0), limit - after)
        returned = min(1.0, found.back) * pool
        everybody = paying + returned + stayed
        usual = min(1.0, found.lapse * found.season_lapse[calendar]) * paying
        usual_new = found.new * found.season_new[calendar]
        register = max(wanted_paying - everybody + usual, 0.5 * usual_new)
        lapsed = min(max(everybody + register - wanted_paying, 0.0), paying)
        register = min(register, max(wanted_paying - everybody + lapsed, 0.0))
        share = lapsed / paying if paying > 0 else 0.0
        new.append(register)
        lapse.append(share)
        # Steps 2 to 8 with these.
        paying_now = paying - share * paying + returned + stayed
        pool = pool + share * paying - returned + dropped
        excess = max(paying_now + funded - limit, 0.0)
        from_paying = min(excess, paying_now)
        paying_now -= from_paying
        kept = 1 - (excess - from_paying) / funded if funded > 0 else 1.0
        loose *= kept
        members = [count * kept for count in members]
        funded *= kept
        room = max(0.0, limit - paying_now - funded)
        paying = paying_now + min(register, room)
        pool = min(pool, max(limit - paying - funded, 0.0))
        covered.append(paying + funded)
        funded_line.append(funded)
    return GoalFlows(new=new, lapse=lapse, covered=covered, funded=funded_line)


# 7 The band


@dataclass(frozen=True, kw_only=True)
class SlowBand:
    """By past month used and series the path of ε (index 0 is 0), and the factor of the draws."""

    reason: str | None
    count: int  # K
    used: list[int]
    size: list[float]  # g, index 0 unused
    paths: list[list[list[float]]]  # past month, series, months ahead
    factor: float


def past_months(last: int) -> tuple[list[int], int]:
    """Return which past months are used, and K."""
    found: list[int] = []
    for before in (24, 12, 6):
        found = [month for month in range(last - 24, last - 1) if month >= before]
        if len(found) >= 8:
            break
    if len(found) < 6:
        return [], len(found)
    if len(found) >= 16:
        return [month for month in found if (last - 2 - month) % 2 == 0], len(found)
    return found, len(found)


def band(data: Sequence[Reported], first_month: int, growth: float, horizon: int) -> SlowBand:
    """Return the errors of this forecast in the past months, as paths as long as asked for."""
    last = len(data[0].active) - 1
    used, count = past_months(last)
    nothing = SlowBand(reason="short", count=count, used=[], size=[], paths=[], factor=0)
    if not used:
        return nothing
    errors: dict[tuple[int, int], dict[int, float]] = {}
    for month in used:
        for place, told in enumerate(data):
            then = told.active[month]
            if then is None or then <= 0 or told.first_report > month - 6:
                continue
            reach = min(last - month, 12)
            line = baseline(told.until(month), first_month, reach, growth).baseline
            found = {
                ahead: (came - line[ahead]) / then
                for ahead in range(1, reach + 1)
                if (came := told.active[month + ahead]) is not None
            }
            if found:
                errors[month, place] = found
    used = [month for month in used if any(key[0] == month for key in errors)]
    if len(used) < 6:
        return nothing
    size = _sizes(errors, used, max(horizon, 12))
    paths = [
        [_path(_known(errors, data, used, month, place), size, horizon) for place in range(len(data))] for month in used
    ]
    return SlowBand(reason=None, count=count, used=used, size=size, paths=paths, factor=1 + 2 / count)


def _sizes(errors: dict[tuple[int, int], dict[int, float]], used: list[int], horizon: int) -> list[float]:
    size = [0.0]
    for ahead in range(1, horizon + 1):
        values = [abs(found[ahead]) for found in errors.values() if ahead in found]
        knowing = {month for (month, _), found in errors.items() if ahead in found}
        if ahead <= 12 and len(knowing) >= 4:
            size.append(max(size[-1], _mean(values)))
        else:
            size.append(size[-1] * math.sqrt(ahead / (ahead - 1)) if ahead > 1 else 0.0)
        if ahead == 1:
            size[1] = max(size[1], 1e-9)
    return size


def _known(
    errors: dict[tuple[int, int], dict[int, float]], data: Sequence[Reported], used: list[int], month: int, place: int
) -> dict[int, float]:
    """Return the known ε of a series at a past month: its own, or what stands in for it."""
    own = errors.get((month, place))
    if own is not None:
        return own
    like = [other for other, told in enumerate(data) if told.segment == data[place].segment]
    if not any((month, other) in errors for other in like):
        like = list(range(len(data)))
    stand_in = _common(errors, data, like, month)
    sizes = [abs(value) for past in used for value in _common(errors, data, like, past).values()]
    mine = [abs(value) for past in used for value in errors.get((past, place), {}).values()]
    if sum((past, place) in errors for past in used) >= 6:
        wanted = _mean(mine)
    else:
        wanted = 2 * _mean([abs(value) for past in used for o in like for value in errors.get((past, o), {}).values()])
    ratio = wanted / _mean(sizes) if _mean(sizes) > 0 else 0.0
    return {ahead: value * ratio for ahead, value in stand_in.items()}


def _common(
    errors: dict[tuple[int, int], dict[int, float]], data: Sequence[Reported], like: list[int], month: int
) -> dict[int, float]:
    result = {}
    for ahead in range(1, 13):
        people = start = 0.0
        for place in like:
            found = errors.get((month, place), {})
            then = data[place].active[month]
            if ahead in found and then is not None:
                people, start = people + found[ahead] * then, start + then
        if start > 0:
            result[ahead] = people / start
    return result


def _path(known: dict[int, float], size: list[float], horizon: int) -> list[float]:
    """Fill the holes of an ε and give it its tail; index 0 is 0."""
    last = max(known)
    points = [0, *sorted(known)]
    value = {0: 0.0, **known}
    line = [0.0]
    for left, right in pairwise(points):
        step = (value[right] - value[left]) / (right - left)
        line += [value[left] + step * (ahead - left) for ahead in range(left + 1, right + 1)]
    recent = range(max(last - 2, 1), last + 1)
    root = math.sqrt(_mean([(line[ahead] / size[ahead]) ** 2 for ahead in recent]))
    sign = (known[last] > 0) - (known[last] < 0)
    line += [sign * root * size[ahead] for ahead in range(last + 1, horizon + 1)]
    return line[: horizon + 1]


# Everything


@dataclass(frozen=True, kw_only=True)
class SlowLaw:
    runs: list[SlowRun | None]  # None: more than a year late, not run
    band: SlowBand


def law(
    data: Sequence[Reported],
    *,
    first_month: int,
    horizon: int,
    growth: float = 0.02,
    programmes: Sequence[Sequence[Held]] | None = None,
    funded_unknown: Sequence[float] | None = None,
) -> SlowLaw:
    """Run the whole law; `programmes` are those that each series holds, with ends counted from the as-of month."""
    last = len(data[0].active) - 1
    found = band(data, first_month, growth, horizon + 12)
    runs: list[SlowRun | None] = []
    for place, told in enumerate(data):
        late = last - told.last_report
        if late > 12:
            runs.append(None)
            continue
        then = told.until(told.last_report)
        run = baseline(
            then, first_month, horizon + late, growth, 0.0 if funded_unknown is None else funded_unknown[place]
        )
        run.late = late
        held = [
            Held(members=one.members, ends=one.ends + late, stay=one.stay)
            for one in (programmes[place] if programmes is not None else ())
        ]
        run.run = with_ends(run.baseline, held)
        ahead = first_month + told.last_report + 1
        start = run.baseline[0]
        steps = goal_flows(run.run, run, held, start, ahead)
        run.new, run.lapse, run.funded, run.covered = steps.new, steps.lapse, steps.funded, steps.covered
        for past in range(len(found.used)):
            for sign in (1, -1):
                goal = [
                    min(
                        max(
                            middle
                            + (sign * found.factor * start * found.paths[past][place][month] if month > late else 0.0),
                            run.funded[month],
                        ),
                        run.eligible[month],
                    )
                    for month, middle in enumerate(run.run)
                ]
                drawn = goal_flows(goal, run, held, start, ahead)
                run.draws.append(drawn.covered)
                run.draws_new.append(drawn.new)
                run.draws_lapse.append(drawn.lapse)
        runs.append(run)
    return SlowLaw(runs=runs, band=found)


def quantile(values: Sequence[float], share: float) -> float:
    """Return a quantile, linear between neighbours."""
    row = sorted(values)
    place = share * (len(row) - 1)
    low = math.floor(place)
    return row[low] + (row[min(low + 1, len(row) - 1)] - row[low]) * (place - low)


# Rows of a table


def read(rows: Sequence[Mapping[str, object]]) -> tuple[list[Reported], int]:
    """Return what rows of the canonical table report, series by series, and the number of their first month."""

    def number(month: object) -> int:
        year, part = str(month)[:7].split("-")
        return int(year) * 12 + int(part) - 1

    first, last = (pick(number(row["month"]) for row in rows) for pick in (min, max))
    names = ("active", "eligible", "new", "lapsed", "returned", "funded")
    found: dict[tuple[str, str], dict[str, Figures]] = {}
    for row in rows:
        key = str(row.get("branch") or "Palembang"), str(row.get("segment") or "informal")
        columns = found.setdefault(key, {name: [None] * (last - first + 1) for name in names})
        for name in names:
            value = row.get(name)
            columns[name][number(row["month"]) - first] = None if value is None else float(str(value))
    keys = sorted(found)
    return [Reported(branch=branch, segment=segment, **found[branch, segment]) for branch, segment in keys], first


def run_of(rows: Sequence[Mapping[str, object]], horizon: int, growth: float = 0.02) -> SlowRun:
    """Return the course of the one series of these rows."""
    data, first = read(rows)
    (run,) = law(data, first_month=first, horizon=horizon, growth=growth).runs
    assert run is not None
    return run
