"""What does a table say in one sentence, without jargon?

The same sentences stand on the screen, in alternative texts and in the terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from coverage.base import months as calendar
from coverage.base.tables import Gaps, Projection
from coverage.base.texts import Texts

ICONS = {"reached": "✔", "on_track": "▲", "at_risk": "◆", "off_track": "▼", "unknown": "?"}
"""A sign for each status, so that none is told by colour alone."""
SEVERITY_ICONS = {"error": "✖", "warning": "▲", "note": "○"}


def segment_name(segment: str | None, texts: Texts) -> str:
    """Return a segment's name; none is all together."""
    return texts(f"segment.{segment or 'total'}")


def describe_severity(name: str, texts: Texts) -> str:
    """Write how bad a problem is, by its sign and its word."""
    return f"{SEVERITY_ICONS[name]} {texts(f'severity.{name}')}"


def describe_standing(gaps: Gaps, texts: Texts) -> str:
    """Say how many are missing in each segment, by when at today's pace, and what pace it takes."""
    return " ".join(describe_standing_in_parts(gaps, texts))


def describe_headline(place: str, row: Mapping[str, Any], texts: Texts) -> str:
    """Say in one line how far a place is from its target; `row` is that of all together."""
    if row["target"] is None:
        return texts("sentence.headline_no_target", place=place, active=texts.people(row["active"]))
    kind = "short" if row["short"] > 0.5 else "over"
    apart = row["short"] if kind == "short" else -row["gap"]
    return texts(f"sentence.headline_{kind}", place=place, n=texts.people(apart), target=texts.people(row["target"]))


def describe_standing_in_parts(gaps: Gaps, texts: Texts) -> list[str]:
    """Return the sentences of `standing`: a screen has the first one as its title and the others below."""
    rows = [row for row in gaps.to_dicts() if row["target"] is not None]
    if not rows:
        return [texts("sentence.no_target")]
    missing = [_missing(row, texts) for row in rows]
    sentences = [join_words(missing, texts) + "."]
    open_rows = [row for row in rows if row["gap"] > 0]
    if not open_rows:
        return sentences
    sentences.append(texts("sentence.at_this_pace", parts=join_words([_when(row, texts) for row in open_rows], texts)))
    # Who gets there in time anyway, for the season or the course of its rates, has to be told no pace.
    paced = [row for row in open_rows if row["required_pace"] is not None and not _in_time(row)]
    for due in sorted({_due(row) for row in paced}):
        parts = join_words([_pace(row, texts) for row in paced if _due(row) == due], texts)
        sentences.append(texts("sentence.it_takes", month=describe_due_months(*due, texts), parts=parts))
    already = sum(row.get("due_already", 0) for row in paced)
    if already:
        sentences.append(texts.count("sentence.due_already", already))
    return [*sentences, *brief(gaps, texts)]


def _due(row: Mapping[str, Any]) -> tuple[date, str]:
    return row["target_month"], row.get("target_months") or ""


def describe_due_months(last: date | None, every: str | None, texts: Texts, *, short: bool = False) -> str:
    """Return when a sum is due: its month, or the first and last of several (`target_months`)."""
    if not every:
        return texts.month(last, short=short)
    first = texts.month(calendar.parse(every.split()[0]), short=short)
    return f"{first} … {texts.month(last, short=short)}"


def brief(gaps: Gaps, texts: Texts) -> list[str]:
    """Say whose pace comes from fewer months than it should, and from how many (model, section 4); nothing if none."""
    months, wanted = pl.col("months_of_history"), pl.col("history_months")
    rows = gaps.filter(months > 0, months < wanted).sort(months, maintain_order=True).to_dicts()
    if not rows:
        return []
    names = join_words([segment_name(row.get("segment"), texts).lower() for row in rows], texts)
    fewest = rows[0]["months_of_history"]
    return [texts.count("sentence.brief", fewest, segments=names, wanted=texts.people(rows[0]["history_months"]))]


def _in_time(row: Mapping[str, Any]) -> bool:
    return row["eta"] is not None and row["months_of_history"] > 0 and row["eta"] <= row["target_month"]


def _missing(row: Mapping[str, Any], texts: Texts) -> str:
    gap, short = row["gap"], lacking(row)
    what = "reached" if gap < 0 else "reached_exactly"
    if short > 0.5:
        what = "missing" if gap > 0 else "parts_missing"
    what = "registered" if row["measure"] == "registrations" else what
    return texts(
        f"sentence.{what}",
        segment=segment_name(row.get("segment"), texts),
        gap=texts.people(short if short > 0.5 else abs(gap)),
        target=texts.people(row["target"]),
        achieved=texts.people(row["achieved"]),
    ) + _with_the_late(row, texts)


def lacking(row: Mapping[str, Any]) -> float:
    """Return what the parts of a row of gaps lack: nobody's surplus fills it."""
    short = row.get("short")
    return float(max(row["gap"], 0) if short is None else short)


def _with_the_late(row: Mapping[str, Any], texts: Texts) -> str:
    """Say between which bounds lies what is missing, with those that have not reported; mostly nothing."""
    short = lacking(row)
    low, high = row.get("short_low", short), row.get("short_high", short)
    if low is not None and high is not None:
        if max(abs(low - short), abs(high - short)) < 0.5:
            return ""
        return " " + texts("sentence.with_the_late", low=texts.people(low), high=texts.people(high))
    if low is None and high is None:
        return " " + texts("sentence.without_the_late")
    known = "low" if high is None else "high"
    return " " + texts(f"sentence.with_the_late_{known}", bound=texts.people(low if high is None else high))


def _when(row: Mapping[str, Any], texts: Texts) -> str:
    name = segment_name(row.get("segment"), texts).lower()
    if row["months_of_history"] == 0:
        return texts("sentence.when_unknown", segment=name)
    if row["eta"] is None:
        if row["measure"] == "registrations":
            return texts("sentence.never_registered", segment=name, year=row["target_month"].year)
        return texts("sentence.never", segment=name)
    kind = "in_time" if _in_time(row) else "by_when"
    return texts(f"sentence.{kind}", segment=name, month=texts.month(row["eta"]))


def _pace(row: Mapping[str, Any], texts: Texts) -> str:
    return texts(
        f"sentence.{'registrations' if row['measure'] == 'registrations' else 'pace'}"
        + ("" if row["pace"] is not None else "_needed"),
        segment=segment_name(row.get("segment"), texts).lower(),
        required=texts.people(row["required_pace"]),
        pace=texts.people(row["pace"]) if row["measure"] == "registrations" else texts.signed(row["pace"]),
    )


def join_words(parts: Sequence[str], texts: Texts) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return texts("sentence.and", first="; ".join(parts[:-1]), last=parts[-1])


def describe_outcome(
    baseline: Projection, scenario: Projection, texts: Texts, *, segment: str | None, changed: bool
) -> str:
    """Say where a scenario ends, what it adds to the baseline, when it gets there and where its cliff is.

    Both projections are one key's rows, month by month.
    """
    return " ".join(describe_outcome_in_parts(baseline, scenario, texts, segment=segment, changed=changed))


def describe_outcome_in_parts(
    baseline: Projection, scenario: Projection, texts: Texts, *, segment: str | None, changed: bool
) -> list[str]:
    """Return the sentences of `outcome`, where it ends first."""
    last, still = scenario.tail(1).to_dicts()[0], baseline.tail(1).to_dicts()[0]
    name, month = segment_name(segment, texts), texts.month(last["month"])
    target = last["target"]
    values: dict[str, object] = {"segment": name, "month": month, "covered": texts.people(last["covered"])}
    if target is None:
        sentences = [*_registering(last, still, name, texts), texts("sentence.ends_at", **values)]
    else:
        gap, apart = target - last["covered"], short_apart(last)
        short = last["short"] if apart else gap
        values |= {"target": texts.people(target), "short": texts.people(short), "gap": texts.people(gap)}
        values["share"] = texts.share(last["covered"] / target if target else None)
        sentences = [texts("sentence.ends_short" if gap > 0.5 else "sentence.ends_reached", **values)]
        if apart:
            sentences.append(texts("sentence.net_of_surplus" if gap > 0.5 else "sentence.short_apart", **values))
    difference = last["covered"] - still["covered"]
    if not changed:
        sentences.append(texts("sentence.nothing_moved"))
    elif abs(difference) < 0.5:
        sentences.append(texts("sentence.no_difference"))
    else:
        more = "sentence.more" if difference > 0 else "sentence.fewer"
        sentences.append(texts(more, difference=texts.people(abs(difference))))
    return [*sentences, *describe_turns(scenario, texts)]


def describe_turns(scenario: Projection, texts: Texts) -> list[str]:
    """Say what happens on the way: the target is reached before the end, money runs out. Mostly nothing."""
    sentences, reached, fall = [], first_reached(scenario), cliff(scenario)
    if reached is not None and reached < scenario["month"][-1]:
        sentences.append(texts("sentence.reached_in", month=texts.month(reached)))
    if fall is not None:
        sentences.append(texts("sentence.cliff", month=texts.month(fall[0]), workers=texts.people(fall[1])))
    return sentences


def _registering(last: Mapping[str, Any], still: Mapping[str, Any], name: str, texts: Texts) -> list[str]:
    """Say how many register in time where that is what the target counts, and how many more than without steps."""
    wanted = last.get("registrations_target")
    if wanted is None:
        return []
    done = last["registered"]
    numbers = {"registered": done, "target": wanted, "short": max(last["registrations_short"], wanted - done)}
    values = {key: texts.people(number) for key, number in numbers.items()}
    what = "short" if wanted - done > 0.5 else "apart" if numbers["short"] > 0.5 else "enough"
    sentences = [texts(f"sentence.registers_{what}", segment=name, **values)]
    more = done - still["registered"]
    if abs(more) >= 0.5:
        key = "sentence.registers_more" if more > 0 else "sentence.registers_fewer"
        sentences.append(texts(key, difference=texts.people(abs(more))))
    return sentences


def short_apart(row: Mapping[str, Any]) -> bool:
    """Say whether more is missing series by series than in the sum: a surplus elsewhere hides it (`PROJECTION`)."""
    return row["target"] is not None and bool(row["short"] > max(row["target"] - row["covered"], 0) + 0.5)


def first_reached(table: Projection) -> date | None:
    """Return the first month in which one key's projection reaches its target."""
    rows = zip(table["month"].to_list(), table["covered"].to_list(), table["target"].to_list(), strict=True)
    return next((month for month, covered, target in rows if target is not None and covered >= target - 0.5), None)


def cliff(table: Projection) -> tuple[date, float] | None:
    """Return the month in which the most members are lost because a programme's money ended, and how many."""
    rows = zip(table["month"].to_list(), table["ended"].to_list(), table["stayed"].to_list(), strict=True)
    losses = [(ended - stayed, month) for month, ended, stayed in rows if ended is not None and ended - stayed > 0.5]
    lost, month = max(losses, default=(0.0, None))
    return (month, lost) if month is not None else None


def describe_flows_by_year(years: pl.DataFrame, texts: Texts) -> str:
    """Say for each year how many come in and how many leave (the table of `flows_by_year`)."""
    return " ".join(
        texts(
            "sentence.year",
            year=texts.period(row["first"], row["last"]),
            came=texts.people(row["new"] + row["returned"] + row["enrolled"]),
            went=texts.people(row["lapsed"] + row["ended"] + row["left"]),
        )
        for row in years.to_dicts()
    )


def describe_costs(years: pl.DataFrame, texts: Texts) -> str:
    """Say what the programmes cost their payers in all, and in how many months of contributions (`money.yearly`)."""
    return texts(
        "sentence.costs",
        rupiah=texts.rupiah(float(years["payer_rupiah"].sum()), short=True),
        months=texts.people(float(years["person_months"].sum())),
    )


def describe_gap_by_money(steps: pl.DataFrame, texts: Texts) -> str:
    """Say how many are missing without money, and with the most that the limits allow (`mix.answer_curve`)."""
    return texts(
        "mix.curve_alt",
        before=texts.people(steps["gap"][0]),
        rupiah=texts.rupiah(steps["budget_rupiah"][-1], short=True),
        gap=texts.people(steps["gap"][-1]),
    )


def describe_so_far(history: pl.DataFrame, name: str, texts: Texts, *, baseline: Projection | None = None) -> str:
    """Say where a history (`month, active`) began and stands now, and where the baseline leads."""
    known = history.drop_nulls("active")
    if known.is_empty():
        return texts("sentence.no_history", segment=name)
    alone = known["month"][0] == known["month"][-1]
    text = texts(
        "sentence.one_month" if alone else "sentence.so_far",
        segment=name,
        first=texts.people(known["active"][0]),
        start=texts.month(known["month"][0]),
        now=texts.people(known["active"][-1]),
        month=texts.month(known["month"][-1]),
    )
    if baseline is not None:
        end = baseline.tail(1).to_dicts()[0]
        text += " " + texts("sentence.leads", expected=texts.people(end["covered"]), month=texts.month(end["month"]))
    return text


def describe_so_far_in_parts(
    history: pl.DataFrame, segment: str | None, texts: Texts, *, baseline: Projection
) -> tuple[str, list[str]]:
    """Return the headline of `so_far`, and where the baseline leads as what stands below it."""
    end = baseline.tail(1).to_dicts()[0]
    leads = texts("sentence.leads", expected=texts.people(end["covered"]), month=texts.month(end["month"]))
    return describe_so_far(history, segment_name(segment, texts), texts), [leads]


def describe_ranking(ranked: pl.DataFrame, total: Gaps, texts: Texts) -> str:
    """Say how many branches are short and by how much in all; what others have too much fills none of it."""
    return " ".join(describe_ranking_in_parts(ranked, total, texts))


def describe_ranking_in_parts(ranked: pl.DataFrame, total: Gaps, texts: Texts) -> list[str]:
    """Return the sentences of `ranking`."""
    aimed, short = ranked.drop_nulls("target"), ranked.filter(pl.col("short") > 0)
    if aimed.is_empty():
        return [texts("sentence.no_target")]
    without = ranked.height - aimed.height
    aimless = [texts.count("sentence.without_target", without)] if without else []
    if short.is_empty():
        reached = "sentence.one_reached" if aimed.height == 1 else "sentence.all_reached"
        target = texts.people(float(aimed["target"].sum()))
        named = texts(reached, branch=aimed["branch"][0], branches=texts.people(aimed.height), target=target)
        return [named, *aimless]
    worst = short.sort("short", descending=True).to_dicts()[0]
    unit = "registrations_n" if worst["measure"] == "registrations" else "people_n"
    missing = texts.count(f"unit.{unit}", float(ranked["short"].sum()))
    sentences = [
        texts.count(
            "sentence.ranking",
            short.height,
            short=texts.people(short.height),
            branches=texts.people(aimed.height),
            missing=missing,
            worst=worst["branch"],
            part=texts.people(worst["short"]),
        )
        if aimed.height > 1
        else texts("sentence.one_short", branch=worst["branch"], missing=missing)
    ]
    surplus = float(ranked["short"].sum()) - float(total["gap"][0] or 0)
    if surplus > 0.5:
        sentences.append(texts("sentence.surplus", surplus=texts.count(f"unit.{unit}", surplus)))
    return sentences + aimless


def describe_gap(gap: float, texts: Texts) -> str:
    """Say in two words how far from the target somebody is; `gap` is missing (positive) or surplus (negative)."""
    kind = "short" if gap > 0 else "over" if gap < 0 else "none"
    return texts(f"overview.gap_{kind}", gap=texts.people(abs(gap)))


def describe_pace_needed(row: Mapping[str, Any], texts: Texts) -> str:
    """Say how many workers are added a month and, where there is a target ahead, how many it takes."""
    required = "" if row["required_pace"] is None else texts.people(row["required_pace"])
    if row["pace"] is None:
        name = "pace_unknown_required" if required else "pace_unknown"
    else:
        name = "pace" if required else "pace_only"
    return texts(f"overview.{name}", pace=texts.signed(row["pace"]), required=required)


def funded_band(table: Projection, texts: Texts, *, ends: bool) -> list[str]:
    """Say what the band below a projection's line is, if there is one; that of a programme `ends` with its money."""
    return [texts("simulate.band" if ends else "simulate.funded")] if table["funded"].sum() > 0 else []


def describe_in_short(row: Mapping[str, Any], texts: Texts) -> str:
    """Say a branch's status, attainment and what it lacks, in a few words."""
    status = f"{ICONS[str(row['status'])]} {texts('standing.' + str(row['status']))}"
    if row["target"] is None:
        return status
    # One segment's surplus may not hide another's shortage, so what counts as short is counted segment by segment.
    gap = describe_gap(row["short"] if row["short"] > 0 else row["gap"], texts)
    return f"{status} · {texts.share(row['attainment'])} · {gap}"


def describe_branch(row: Mapping[str, Any], texts: Texts) -> str:
    """Say how a branch stands, for a chart of its attainment."""
    return texts("sentence.branch", branch=row["branch"], standing=describe_in_short(row, texts))
