"""Which figures does the sample show, and where do they come from?

Makes the CSV files beside it: one per branch, January 2020 to January 2023. The Januaries are set by hand
(`BRANCHES`), of the size of a published figure where one is known (see `data/README.md`); the months between follow
a trend, a year's saw-tooth and the dip of 2020. Flows follow from the stocks, so the balance holds exactly:

    active(t) = active(t-1) + new + returned - lapsed

Only Palembang's January 2023 is not an illustration: 80 % of 174 000 and 65 % of 95 000, the founding case.
Nothing but sums, products and `random.random` is used: the files come out the same, byte for byte, on any machine.

Run it from the project's root: python data/samples/make_sumbagsel.py
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from random import Random

SEED = 20230112
KEY, COUNTS = ("month", "branch", "segment"), ("active", "eligible", "new", "lapsed", "returned", "funded")
HEADER = (*KEY, *COUNTS, "eligible_source", "source", "status")
MONTHS = [(year, month) for year in (2020, 2021, 2022) for month in range(1, 13)] + [(2023, 1)]

ARTICLE = "https://paltv.disway.id/read/373/2023-bpjs-ketenagakerjaan-bidik-perlindungan-pekerja-informal"
FOUNDING = {"formal": "80 % × 174000", "informal": "65 % × 95000"}

# How far above the trend December stands, as a share; January falls back to it: contracts and projects end.
DECEMBER_SHARE = {"formal": 0.025, "informal": 0.03, "construction": 0.22}
# What the pandemic took in 2020, as a share of the wage earners, by month; informal and construction lost more.
PANDEMIC_SHARE = {4: 0.015, 5: 0.03, 6: 0.04, 7: 0.038, 8: 0.032, 9: 0.025, 10: 0.018, 11: 0.01, 12: 0.005}
PANDEMIC_WEIGHT = {"formal": 1.0, "informal": 1.5, "construction": 2.5}
# How much of a year's budgeted members is enrolled by the end of a month, where a budget pays twice or once a year.
RHYTHMS = {
    "twice": {3: 0.2, 4: 0.4, 8: 0.6, 9: 0.85, 10: 1.0},
    "once": {8: 0.35, 9: 0.8, 10: 1.0},
}


@dataclass(frozen=True, kw_only=True)
class Series:
    """One segment of a branch.

    `januaries` are the active members in the Januaries of 2020 to 2023, `eligible` the workers of January 2023,
    `lapse` the share of self-paying members who drop out in a usual month, `back` the share of those who dropped
    out and return in a month. `funded` are the members paid by a budget in the Decembers of 2019 to 2022; the share
    `kept` of them is still paid for in January.
    """

    januaries: tuple[int, int, int, int]
    eligible: int
    lapse: float
    back: float
    funded: tuple[int, int, int, int] = (0, 0, 0, 0)
    kept: float = 0.4
    rhythm: str = "twice"


BRANCHES: dict[str, dict[str, Series]] = {
    "Palembang": {
        "formal": Series(januaries=(117_460, 119_730, 127_320, 139_200), eligible=174_000, lapse=0.011, back=0.055),
        "informal": Series(
            januaries=(22_180, 31_510, 45_460, 61_750),
            eligible=95_000,
            lapse=0.024,
            back=0.04,
            funded=(1_400, 2_100, 3_300, 4_700),
        ),
    },
    "Musi Banyuasin-Banyuasin": {
        "formal": Series(januaries=(80_150, 79_420, 85_230, 92_060), eligible=190_000, lapse=0.018, back=0.02),
        "informal": Series(
            januaries=(14_060, 18_480, 27_940, 38_120),
            eligible=200_000,
            lapse=0.045,
            back=0.025,
            funded=(2_600, 4_300, 6_800, 9_200),
            kept=0.3,
        ),
    },
    "Muara Enim": {
        "formal": Series(januaries=(86_090, 84_470, 87_120, 88_240), eligible=185_000, lapse=0.019, back=0.02),
        "informal": Series(
            januaries=(13_020, 16_550, 21_480, 27_060),
            eligible=190_000,
            lapse=0.046,
            back=0.025,
            funded=(900, 1_500, 2_400, 3_600),
            rhythm="once",
        ),
    },
    "Lubuklinggau": {
        "formal": Series(januaries=(46_930, 46_080, 49_190, 52_040), eligible=105_000, lapse=0.018, back=0.02),
        "informal": Series(
            januaries=(8_040, 11_460, 17_020, 23_980),
            eligible=150_000,
            lapse=0.048,
            back=0.025,
            funded=(800, 1_500, 2_700, 4_100),
            rhythm="once",
        ),
    },
    "Jambi": {
        "formal": Series(januaries=(205_120, 202_870, 217_060, 231_900), eligible=430_000, lapse=0.017, back=0.02),
        "informal": Series(
            januaries=(31_050, 38_490, 52_130, 68_020),
            eligible=260_000,
            lapse=0.044,
            back=0.025,
            funded=(2_400, 3_900, 6_100, 8_300),
        ),
        "construction": Series(januaries=(58_020, 52_160, 63_050, 71_880), eligible=150_000, lapse=0.03, back=0.09),
    },
    "Muara Bungo": {
        "formal": Series(januaries=(104_030, 103_180, 110_460, 118_050), eligible=240_000, lapse=0.018, back=0.02),
        "informal": Series(
            januaries=(18_020, 23_470, 33_110, 43_960),
            eligible=190_000,
            lapse=0.045,
            back=0.025,
            funded=(1_900, 3_100, 4_800, 6_900),
            rhythm="once",
        ),
    },
    "Bengkulu": {
        "formal": Series(januaries=(86_120, 84_960, 92_050, 99_930), eligible=255_000, lapse=0.018, back=0.02),
        "informal": Series(
            januaries=(24_070, 30_520, 42_460, 55_080),
            eligible=305_000,
            lapse=0.042,
            back=0.025,
            funded=(4_200, 7_600, 12_500, 18_400),
            kept=0.35,
        ),
        "construction": Series(januaries=(20_060, 17_480, 21_530, 24_970), eligible=55_000, lapse=0.03, back=0.09),
    },
    "Bandar Lampung": {
        "formal": Series(januaries=(262_140, 257_930, 279_060, 300_080), eligible=900_000, lapse=0.018, back=0.02),
        "informal": Series(
            januaries=(44_030, 53_480, 73_520, 96_040),
            eligible=960_000,
            lapse=0.047,
            back=0.025,
            funded=(1_800, 3_000, 4_600, 6_400),
            rhythm="once",
        ),
        "construction": Series(januaries=(60_110, 53_020, 65_040, 73_950), eligible=160_000, lapse=0.03, back=0.09),
    },
    "Pangkalpinang": {
        "formal": Series(januaries=(108_060, 105_030, 112_090, 117_980), eligible=245_000, lapse=0.018, back=0.02),
        "informal": Series(
            januaries=(16_040, 21_980, 30_520, 33_940),
            eligible=235_000,
            lapse=0.05,
            back=0.025,
            funded=(1_100, 1_900, 2_900, 3_700),
        ),
        "construction": Series(januaries=(26_030, 22_940, 28_060, 30_010), eligible=62_000, lapse=0.03, back=0.09),
    },
}


def funded_path(series: Series) -> list[int]:
    """Members paid by a budget at each month's end: they enrol when the budget pays and fall away in January."""
    path = []
    for year, month in MONTHS:
        kept = round(series.kept * series.funded[year - 2020])
        if year == 2023:
            path.append(kept)
            continue
        due = max((share for start, share in RHYTHMS[series.rhythm].items() if start <= month), default=0.0)
        path.append(kept + round(due * (series.funded[year - 2019] - kept)))
    return path


def self_paying_path(segment: str, series: Series, funded: list[int], random: Random) -> list[int]:
    """Members who pay for themselves at each month's end: trend, saw-tooth, the dip of 2020 and a little noise."""
    januaries = [active - funded[12 * at] for at, active in enumerate(series.januaries)]
    path = []
    for at, (year, month) in enumerate(MONTHS):
        before, passed = januaries[year - 2020], (month - 1) / 12
        after = januaries[min(year - 2019, 3)]
        shape = DECEMBER_SHARE[segment] * (month - 1) / 11
        dip = PANDEMIC_WEIGHT[segment] * PANDEMIC_SHARE.get(month, 0.0) if year == 2020 else 0.0
        noise = 0.004 * (2 * random.random() - 1) if month > 1 else 0.0
        path.append(round((before + (after - before) * passed) * (1 + shape - dip + noise)))
        if month == 1:
            path[at] = before
    return path


def rows(branch: str, segment: str, series: Series, random: Random) -> list[list[object]]:
    """One row per month of one branch and segment, in the order of `HEADER`."""
    funded = funded_path(series)
    paying = self_paying_path(segment, series, funded, random)
    pool = 0
    table: list[list[object]] = []
    for at, (year, month) in enumerate(MONTHS):
        # The months before the sample are not known: the first one is taken to have changed nothing.
        paying_before, funded_before = (paying[at - 1], funded[at - 1]) if at else (paying[0], funded[0])
        usual = series.lapse * paying_before
        lapsed = round(usual * (0.85 + 0.3 * random.random()))
        returned = round(series.back * pool * (0.9 + 0.2 * random.random()))
        new = paying[at] - paying_before + lapsed - returned
        # Some people always register; where the stock falls by more, more have dropped out.
        some = round(0.6 * usual)
        if new < some:
            lapsed, new = lapsed + some - new, some
        new += max(0, funded[at] - funded_before)
        lapsed += max(0, funded_before - funded[at])
        pool += lapsed - returned
        eligible = round(series.eligible / (1 + 0.02 * (2023 - year)))  # counted anew every January
        stocks, flows = (paying[at] + funded[at], eligible), (new, lapsed, returned)
        key, where = (f"{year}-{month:02}", branch, segment), evidence(branch, segment, year)
        table.append([*key, *stocks, *flows, funded[at], *where])
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
    random = Random(SEED)  # noqa: S311  (a sample, no secret)
    texts = {}
    for branch, segments in BRANCHES.items():
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(HEADER)
        for segment, series in segments.items():
            writer.writerows(rows(branch, segment, series, random))
        texts[branch.lower().replace(" ", "-") + ".csv"] = out.getvalue()
    return texts


if __name__ == "__main__":
    for name, text in files().items():
        (Path(__file__).with_name("sumbagsel") / name).write_bytes(text.encode())
