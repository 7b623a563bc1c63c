"""Which figures does the sample show, and where do they come from?

Makes the CSV files in `sumbagsel/`: one per branch, January 2020 to January 2023. The sample is made by another process
than the one that projects it, so that no forecast has an easy life: people join in cohorts that lose members by how
long they have been there, others imitate them, campaigns come and go, companies and projects open and close, budgets
pay for part of a year, registers are cleaned up, the pandemic takes its part, and some months are never reported.
Month by month the figures wobble about as much as the published ones of the whole country (`data/samples/published`).

The first and the last January are set by hand (`BRANCHES`), of the size of a published figure where one is known (see
`data/README.md`). Only Palembang's January 2023 is not an illustration: 80 % of 174 000 and 65 % of 95 000, the
founding case. The balance holds exactly wherever two months follow each other:

    active(t) = active(t-1) + new + returned - lapsed

Nothing but sums, products and `random.random` is used: the files come out the same, byte for byte, on any machine.

Run it from the project's root: python data/samples/make_sumbagsel.py
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

SEED = 20230112
KEY, COUNTS = ("month", "branch", "segment"), ("active", "eligible", "new", "lapsed", "returned", "funded")
HEADER = (*KEY, *COUNTS, "eligible_source", "source", "status")
FIRST_YEAR, BEFORE = 2020, 24
"""The sample begins in January 2020; so many months run before it, so that cohorts and lapsed members exist by then."""
MONTHS = [(2018 + at // 12, at % 12 + 1) for at in range(BEFORE + 37)]

ARTICLE = "https://paltv.disway.id/read/373/2023-bpjs-ketenagakerjaan-bidik-perlindungan-pekerja-informal"
FOUNDING = {"formal": "80 % × 174000", "informal": "65 % × 95000"}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How the members of a segment come and go.

    `early` and `late` are the shares that lapse a month in the first half year and after three years; `january` says
    how many times the usual lapse in January, when contracts, projects and budgets end; `back` is the share of those
    who lapsed within a year that returns a month; `hiring` weighs the registrations of each calendar month;
    `pandemic` is the part of registrations that stays away, and the extra share of members that lapses, in the worst
    month of 2020; registrations are `rise` times those of the year before; `imitation` says how much a wider coverage
    draws in others."""

    early: float
    late: float
    january: float
    back: float
    hiring: tuple[float, ...]
    pandemic: tuple[float, float]
    imitation: float
    rise: float


HABITS = {
    "formal": Habits(
        early=0.021,
        late=0.008,
        january=2.6,
        back=0.035,
        hiring=(0.7, 0.95, 1.15, 1.0, 0.8, 1.05, 1.2, 1.15, 1.1, 1.05, 0.95, 0.9),
        pandemic=(0.6, 0.016),
        imitation=0.3,
        rise=1.05,
    ),
    "informal": Habits(
        early=0.062,
        late=0.016,
        january=1.7,
        back=0.05,
        hiring=(0.75, 0.9, 1.2, 0.95, 0.75, 1.0, 1.05, 1.25, 1.25, 1.1, 0.95, 0.85),
        pandemic=(0.5, 0.02),
        imitation=0.8,
        rise=1.28,
    ),
    "construction": Habits(
        early=0.03,
        late=0.03,
        january=5.5,
        back=0.1,
        hiring=(0.3, 0.5, 0.9, 1.1, 1.0, 1.2, 1.4, 1.5, 1.4, 1.2, 0.9, 0.6),
        pandemic=(0.7, 0.04),
        imitation=0.0,
        rise=1.04,
    ),
}
# What the pandemic did in each month of 2020, as a part of the worst one.
PANDEMIC = {4: 0.6, 5: 1.0, 6: 0.8, 7: 0.45, 8: 0.3, 9: 0.2, 10: 0.1}


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A public budget pays for `workers` from month `first` of a year to month `last`; then they lapse."""

    year: int
    first: int
    last: int
    workers: int


@dataclass(frozen=True, kw_only=True)
class Series:
    """One segment of a branch: members in January 2020 and January 2023, workers of January 2023, and what happened.

    `campaigns` are month, length and strength (registrations that many times the usual); `steps` are a month and
    members who join at once (a company comes) or leave (it closes); `clean_ups` a month and the share of members
    struck off the register; `holes` the months that were never reported."""

    first: int
    last: int
    eligible: int
    budgets: tuple[Budget, ...] = ()
    campaigns: tuple[tuple[str, int, float], ...] = ()
    steps: tuple[tuple[str, int], ...] = ()
    clean_ups: tuple[tuple[str, float], ...] = ()
    holes: tuple[str, ...] = ()


def budgets(*plans: tuple[int, int, int, int]) -> tuple[Budget, ...]:
    return tuple(Budget(year=year, first=first, last=last, workers=workers) for year, first, last, workers in plans)


BRANCHES: dict[str, dict[str, Series]] = {
    "Palembang": {
        "formal": Series(
            first=117_460,
            last=139_200,
            eligible=174_000,
            campaigns=(("2021-08", 4, 1.5), ("2022-06", 5, 1.35)),
            steps=(("2021-03", 1_450), ("2022-09", 1_900), ("2022-02", -1_100)),
        ),
        "informal": Series(
            first=22_180,
            last=61_750,
            eligible=95_000,
            budgets=budgets((2020, 8, 12, 1_300), (2021, 4, 12, 2_600), (2022, 3, 12, 4_100), (2022, 9, 18, 1_900)),
            campaigns=(("2021-03", 3, 1.6), ("2022-03", 4, 1.5), ("2022-08", 3, 1.7)),
        ),
    },
    "Musi Banyuasin-Banyuasin": {
        "formal": Series(
            first=80_150, last=92_060, eligible=190_000, campaigns=(("2022-07", 4, 1.4),), steps=(("2021-10", 1_300),)
        ),
        "informal": Series(
            first=14_060,
            last=38_120,
            eligible=200_000,
            budgets=budgets((2020, 9, 12, 2_500), (2021, 5, 12, 4_700), (2022, 3, 12, 7_800), (2022, 7, 18, 2_400)),
            campaigns=(("2021-09", 3, 1.8),),
        ),
    },
    "Muara Enim": {
        "formal": Series(
            first=86_090,
            last=88_240,
            eligible=185_000,
            steps=(("2020-06", -2_300), ("2022-05", 1_700)),
            clean_ups=(("2021-11", 0.012),),
        ),
        "informal": Series(
            first=13_020,
            last=27_060,
            eligible=190_000,
            budgets=budgets((2020, 8, 12, 800), (2021, 9, 12, 1_800), (2022, 8, 12, 3_100)),
            campaigns=(("2022-03", 5, 1.4),),
        ),
    },
    "Lubuklinggau": {
        "formal": Series(first=46_930, last=52_040, eligible=105_000, steps=(("2021-06", 800),), holes=("2021-07",)),
        "informal": Series(
            first=8_040,
            last=23_980,
            eligible=150_000,
            budgets=budgets((2020, 9, 12, 700), (2021, 8, 12, 2_100), (2022, 8, 12, 3_900)),
            campaigns=(("2021-10", 2, 2.0), ("2022-06", 3, 1.5)),
            holes=("2021-07",),
        ),
    },
    "Jambi": {
        "formal": Series(
            first=205_120,
            last=231_900,
            eligible=430_000,
            campaigns=(("2022-04", 5, 1.3),),
            steps=(("2021-09", 2_700), ("2022-11", -1_600)),
        ),
        "informal": Series(
            first=31_050,
            last=68_020,
            eligible=260_000,
            budgets=budgets((2020, 9, 12, 2_200), (2021, 4, 12, 4_300), (2022, 4, 12, 7_100)),
            campaigns=(("2021-06", 4, 1.4), ("2022-09", 3, 1.6)),
            clean_ups=(("2021-02", 0.03),),
        ),
        "construction": Series(
            first=58_020, last=71_880, eligible=150_000, steps=(("2021-06", 5_200), ("2022-03", 4_300))
        ),
    },
    "Muara Bungo": {
        "formal": Series(first=104_030, last=118_050, eligible=240_000, campaigns=(("2021-04", 4, 1.4),)),
        "informal": Series(
            first=18_020,
            last=43_960,
            eligible=190_000,
            budgets=budgets((2020, 10, 12, 1_600), (2021, 8, 12, 3_400), (2022, 8, 12, 6_300)),
            holes=("2022-05",),
        ),
    },
    "Bengkulu": {
        "formal": Series(
            first=86_120, last=99_930, eligible=255_000, steps=(("2022-02", 1_500),), clean_ups=(("2020-12", 0.015),)
        ),
        "informal": Series(
            first=24_070,
            last=55_080,
            eligible=305_000,
            budgets=budgets((2020, 8, 12, 4_600), (2021, 4, 12, 9_200), (2022, 3, 12, 14_800)),
            campaigns=(("2022-06", 2, 1.5),),
        ),
        "construction": Series(
            first=20_060, last=24_970, eligible=55_000, steps=(("2022-04", 2_600),), holes=("2020-06", "2020-07")
        ),
    },
    "Bandar Lampung": {
        "formal": Series(
            first=262_140,
            last=300_080,
            eligible=900_000,
            campaigns=(("2021-10", 3, 1.3), ("2022-08", 3, 1.3)),
            steps=(("2020-05", -5_100), ("2021-05", 3_900)),
        ),
        "informal": Series(
            first=44_030,
            last=96_040,
            eligible=960_000,
            budgets=budgets((2020, 8, 12, 1_700), (2021, 8, 12, 3_200), (2022, 9, 12, 5_600)),
            campaigns=(("2021-03", 5, 1.5), ("2022-03", 4, 1.5)),
        ),
        "construction": Series(
            first=60_110, last=73_950, eligible=160_000, steps=(("2021-04", 4_700), ("2022-07", 6_100))
        ),
    },
    "Pangkalpinang": {
        "formal": Series(
            first=108_060, last=117_980, eligible=245_000, steps=(("2020-07", -2_800), ("2022-06", 1_900))
        ),
        "informal": Series(
            first=16_040,
            last=33_940,
            eligible=235_000,
            budgets=budgets((2020, 8, 12, 1_100), (2021, 5, 12, 2_000), (2022, 4, 12, 3_200)),
            clean_ups=(("2022-03", 0.04),),
        ),
        "construction": Series(first=26_030, last=30_010, eligible=62_000, steps=(("2021-07", 2_100),)),
    },
}


CALIBRATED = {
    ("Palembang", "formal"): (91659, 4533),
    ("Palembang", "informal"): (4463, 1298),
    ("Musi Banyuasin-Banyuasin", "formal"): (71041, 1519),
    ("Musi Banyuasin-Banyuasin", "informal"): (4732, 651),
    ("Muara Enim", "formal"): (85819, 1278),
    ("Muara Enim", "informal"): (9087, 464),
    ("Lubuklinggau", "formal"): (43405, 870),
    ("Lubuklinggau", "informal"): (2104, 425),
    ("Jambi", "formal"): (183089, 4569),
    ("Jambi", "informal"): (19892, 1134),
    ("Jambi", "construction"): (53834, 2692),
    ("Muara Bungo", "formal"): (92444, 1965),
    ("Muara Bungo", "informal"): (6975, 871),
    ("Bengkulu", "formal"): (74753, 1665),
    ("Bengkulu", "informal"): (14540, 940),
    ("Bengkulu", "construction"): (14997, 937),
    ("Bandar Lampung", "formal"): (231425, 4457),
    ("Bandar Lampung", "informal"): (24044, 1701),
    ("Bandar Lampung", "construction"): (53611, 2828),
    ("Pangkalpinang", "formal"): (101848, 1983),
    ("Pangkalpinang", "informal"): (8608, 671),
    ("Pangkalpinang", "construction"): (23558, 1376),
}
"""Members two years before the sample, and registrations in a usual month then (`calibrated`)."""


def code(year: int, month: int) -> str:
    return f"{year}-{month:02}"


def bell(random: Random) -> float:
    """Draw a number around 0, with a standard deviation of 1: the sum of twelve even ones."""
    return sum(random.random() for _ in range(12)) - 6


@dataclass(kw_only=True)
class Members:
    """Those who pay for themselves, by the months since they joined, and those who lapsed, by the months since."""

    cohorts: dict[int, int] = field(default_factory=dict)
    gone: list[int] = field(default_factory=lambda: [0] * 12)

    @property
    def count(self) -> int:
        return sum(self.cohorts.values())

    def age(self) -> None:
        older: dict[int, int] = {}
        for months, people in self.cohorts.items():
            older[min(months + 1, 36)] = older.get(min(months + 1, 36), 0) + people
        self.cohorts = older

    def lapse(self, share_of: list[float]) -> int:
        """Let a share of each cohort go, by its age in months (0 to 36)."""
        lapsed = 0
        for months in sorted(self.cohorts):
            people = min(round(self.cohorts[months] * share_of[months]), self.cohorts[months])
            self.cohorts[months] -= people
            lapsed += people
        return lapsed

    def strike(self, people: int) -> int:
        """Let so many go, the youngest cohorts first."""
        left = people
        for months in sorted(self.cohorts):
            taken = min(left, self.cohorts[months])
            self.cohorts[months] -= taken
            left -= taken
        return people - left

    def join(self, people: int) -> None:
        self.cohorts[0] = self.cohorts.get(0, 0) + people


@dataclass(frozen=True, kw_only=True)
class Month:
    """What one month of one series reports."""

    active: int
    new: int
    lapsed: int
    returned: int
    funded: int


def funded_in(series: Series, year: int, month: int) -> int:
    """Return the members whom budgets pay for at a month's end; a `last` above 12 is a month of the next year."""
    now = year * 12 + month
    running = (plan for plan in series.budgets if plan.year * 12 + plan.first <= now <= plan.year * 12 + plan.last)
    return sum(plan.workers for plan in running)


def usual(habits: Habits, age: int) -> float:
    """Return the share of a cohort that lapses in a usual month, by the months since it joined (0 to 36)."""
    return habits.early if age < 6 else habits.late + (habits.early - habits.late) * (36 - age) / 60


def history(segment: str, series: Series, start: int, base: int, seed: str) -> list[Month]:
    """Let the months happen, from `start` members two years before and with `base` registrations in a usual month of
    the first year; the same chances whatever these are."""
    random, habits = Random(seed), HABITS[segment]  # noqa: S311  (a sample, no secret)
    members = Members(cohorts={months: round(start * 0.006) for months in range(1, 36)})
    members.cohorts[36] = start - members.count
    campaigns = {
        code(*MONTHS[at + later]): strength
        for start, length, strength in series.campaigns
        for at in [next(place for place, named in enumerate(MONTHS) if code(*named) == start)]
        for later in range(length)
    }
    steps, clean_ups = dict(series.steps), dict(series.clean_ups)
    funded, told = 0, []
    for year, month in MONTHS:
        name = code(year, month)
        chance_new, chance_lapse, chance_back = (bell(random) for _ in range(3))
        worst = PANDEMIC.get(month, 0.0) if year == 2020 else 0.0
        members.age()
        mood = (1 + 0.13 * chance_lapse) * (habits.january if month == 1 else 1.0)
        share_of = [min(max(usual(habits, age) * mood, 0) + habits.pandemic[1] * worst, 1) for age in range(37)]
        lapsed = members.lapse(share_of)
        lapsed += members.strike(round(members.count * clean_ups.get(name, 0.0)))
        step = steps.get(name, 0)
        lapsed += members.strike(max(-step, 0))
        returned = min(round(sum(members.gone) * habits.back * max(1 + 0.15 * chance_back, 0)), sum(members.gone))
        taken = returned
        for place in range(12):  # those who left last come back first
            people = min(taken, members.gone[place])
            members.gone[place] -= people
            taken -= people
        covered = (members.count + funded) / series.eligible
        wish = (
            base
            * habits.rise ** (year - 2018)
            * habits.hiring[month - 1]
            * (1 - habits.pandemic[0] * worst)
            * campaigns.get(name, 1.0)
        )
        wish *= (1 + habits.imitation * (covered - 0.25)) * max(1 - covered, 0.1) * max(1 + 0.16 * chance_new, 0.2)
        joined = round(wish) + max(step, 0)
        members.join(joined + returned)
        now = funded_in(series, year, month)
        paid, ended = max(now - funded, 0), max(funded - now, 0)
        members.gone = [lapsed + ended, *members.gone[:11]]
        funded = now
        told.append(
            Month(
                active=members.count + funded,
                new=joined + paid,
                lapsed=lapsed + ended,
                returned=returned,
                funded=funded,
            )
        )
    return told[BEFORE:]


def calibrated(segment: str, series: Series, seed: str) -> tuple[int, int]:
    """Find the members and registrations of the beginning that lead to about the first and the last January.

    Slow: what it finds stands in `CALIBRATED`; `make_sumbagsel.py --calibrate` prints it anew after a change.
    """
    start, base = series.first, 1
    for _ in range(12):
        low, high = 1, series.last
        while high - low > 1:
            base = (low + high) // 2
            above = history(segment, series, start, base, seed)[-1].active > series.last
            low, high = (low, base) if above else (base, high)
        base = low
        start = max(start + series.first - history(segment, series, start, base, seed)[0].active, series.first // 10)
    return start, base


def settled(branch: str, segment: str, series: Series) -> list[Month]:
    """Let the months happen, and spread what is missing to the last January over the registrations of the last year."""
    seed = f"{SEED} {branch} {segment}"
    told = history(segment, series, *CALIBRATED[branch, segment], seed)
    missing = series.last - told[-1].active
    settled_months, behind = [], 0
    for at, month in enumerate(told):
        more = (missing * (at - 24)) // 12 - behind if at >= 24 else 0
        behind += more
        settled_months.append(
            Month(
                active=month.active + behind,
                new=month.new + more,
                lapsed=month.lapsed,
                returned=month.returned,
                funded=month.funded,
            )
        )
    return settled_months


def rows(branch: str, segment: str, series: Series) -> list[list[object]]:
    """One row per reported month of one branch and segment, in the order of `HEADER`."""
    random = Random(f"{SEED} {branch} {segment} eligible")  # noqa: S311
    eligible = {2023: series.eligible}
    for year in (2022, 2021, 2020):  # counted anew every January, never in the same way
        eligible[year] = round(eligible[year + 1] / (1 + 0.02 + 0.012 * bell(random)))
    table: list[list[object]] = []
    for (year, number), month in zip(MONTHS[BEFORE:], settled(branch, segment, series), strict=True):
        name = code(year, number)
        if name in series.holes:
            continue
        figures = (month.active, eligible[year], month.new, month.lapsed, month.returned, month.funded)
        table.append([name, branch, segment, *figures, *evidence(branch, segment, year)])
    return table


def evidence(branch: str, segment: str, year: int) -> tuple[str, str, str]:
    """Where eligible and the row come from, and how far to trust the row."""
    if branch == "Palembang" and year == 2023:
        return (
            f"disamakan dengan target untuk kasus awal / set equal to the target for the founding case: {ARTICLE}",
            f"{FOUNDING[segment]}: {ARTICLE} (arus dan peserta dibiayai: ilustrasi / flows and funded: illustrative)",
            "derived",
        )
    made = f"ilustrasi / illustrative (seed {SEED})"
    return f"{made}: {year}", made, "illustrative"


def files() -> dict[str, str]:
    """Every file's name and text."""
    texts = {}
    for branch, segments in BRANCHES.items():
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        for segment, series in segments.items():
            writer.writerows(rows(branch, segment, series))
        texts[branch.lower().replace(" ", "-") + ".csv"] = out.getvalue()
    return texts


if __name__ == "__main__":
    if "--calibrate" in sys.argv:
        for branch, segments in BRANCHES.items():
            for segment, series in segments.items():
                found = calibrated(segment, series, f"{SEED} {branch} {segment}")
                print(f'    ("{branch}", "{segment}"): {found},')  # noqa: T201
        sys.exit()
    for name, text in files().items():
        (Path(__file__).with_name("sumbagsel") / name).write_bytes(text.encode())
