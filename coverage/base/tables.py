"""Which columns has each table, what do they mean, and what may stand in them?

This is the contract in the middle: the intake fills these tables, everybody else reads them. A column that a
branch may send is declared here once (`COLUMNS`); recognition of headers, casting, row problems, the data
dictionary, the template and the export follow from the declaration. Labels and meanings in words stand in
`languages/*/*.toml` below `column.<name>`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

import polars as pl

from coverage.base import settings

# Aliases that make signatures readable: each is a Polars frame with the columns listed beside its schema below.
BranchMonths: TypeAlias = pl.DataFrame
"""One row per branch, segment and month: the canonical table (`BRANCH_MONTHS`)."""
Problems: TypeAlias = pl.DataFrame
"""One row per problem that a person can act on (`PROBLEMS`)."""
FilesRead: TypeAlias = pl.DataFrame
"""One row per file or sheet: what was understood, and where each of its lines went (`FILES_READ`)."""
FileTargets: TypeAlias = pl.DataFrame
"""One row per target that stands in the data files (`FILE_TARGETS`)."""
Register: TypeAlias = pl.DataFrame
"""One row per known branch: where it is and which regional office it belongs to (`REGISTER`)."""
Series: TypeAlias = pl.DataFrame
"""One row per branch and segment: today's stocks and the rates of its past (`SERIES`)."""
SeriesTargets: TypeAlias = pl.DataFrame
"""One row per branch and segment that has a target (`SERIES_TARGETS`)."""
Gaps: TypeAlias = pl.DataFrame
"""One row per key: where it stands against its target (`GAPS`, after the keys)."""
Projection: TypeAlias = pl.DataFrame
"""One row per scenario, key and month (`PROJECTION`, after the keys)."""

SEGMENTS: tuple[str, ...] = tuple(segment.name for segment in settings.load().segments)
Segment = pl.Enum(SEGMENTS)
STATUSES: tuple[str, ...] = ("published", "derived", "illustrative")
Status = pl.Enum(STATUSES)
SEVERITIES: tuple[str, ...] = ("error", "warning", "note")
Severity = pl.Enum(SEVERITIES)
STANDINGS: tuple[str, ...] = ("reached", "on_track", "at_risk", "off_track", "unknown")
Standing = pl.Enum(STANDINGS)

Kind: TypeAlias = Literal["month", "branch", "segment", "count", "text", "status", "percentage"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that a branch may send.

    `kind` says how its cells are read, `low` is the smallest count allowed (people), `synonyms` are other headers
    that mean the same (compared without case, padding, underscores and punctuation). What is not `kept` is only
    compared with the other figures of its line.
    """

    name: str
    kind: Kind
    needed: bool = False
    low: int = 0
    kept: bool = True
    synonyms: tuple[str, ...] = ()

    @property
    def dtype(self) -> pl.DataType:
        kinds: dict[str, pl.DataType] = {
            "month": pl.Date(),
            "segment": Segment,
            "count": pl.Int64(),
            "status": Status,
            "percentage": pl.Float64(),
        }
        return kinds.get(self.kind, pl.String())


COLUMNS: tuple[Column, ...] = (
    Column(
        name="month",
        kind="month",
        needed=True,
        synonyms=("bulan", "periode", "blth", "tanggal", "periode data", "bulan tahun", "date", "period", "month year"),
    ),
    Column(
        name="branch",
        kind="branch",
        needed=True,
        synonyms=(
            "cabang",
            "kantor cabang",
            "kacab",
            "nama kantor",
            "nama cabang",
            "kantor",
            "branch office",
            "office",
        ),
    ),
    Column(name="segment", kind="segment", needed=True, synonyms=("segmen", "kepesertaan", "segmen kepesertaan")),
    Column(
        name="active",
        kind="count",
        needed=True,
        synonyms=(
            "aktif",
            "tk aktif",
            "peserta aktif",
            "realisasi",
            "tenaga kerja aktif",
            "jumlah aktif",
            "pekerja aktif",
            "pekerja terlindungi",
            "active workers",
            "active members",
            "covered",
        ),
    ),
    Column(
        name="eligible",
        kind="count",
        low=1,
        synonyms=("potensi", "potensi peserta", "semesta", "pekerja eligible", "eligible workers", "potential"),
    ),
    Column(
        name="new",
        kind="count",
        synonyms=(
            "akuisisi",
            "pendaftaran baru",
            "peserta baru",
            "baru",
            "pendaftaran",
            "new registrations",
            "registrations",
        ),
    ),
    Column(
        name="lapsed",
        kind="count",
        synonyms=("keluar", "nonaktif", "non aktif", "putus iuran", "peserta keluar", "lapse", "dropped out"),
    ),
    Column(
        name="returned", kind="count", synonyms=("reaktivasi", "aktif kembali", "kembali", "returns", "reactivated")
    ),
    Column(
        name="funded",
        kind="count",
        synonyms=("rentan", "dibiayai", "pbi", "pekerja rentan", "subsidised", "subsidized", "funded workers"),
    ),
    Column(name="eligible_source", kind="text", synonyms=("sumber potensi", "source of eligible")),
    Column(name="source", kind="text", synonyms=("sumber", "sumber data")),
    Column(name="status", kind="status", synonyms=("status data",)),
    Column(
        name="stated_target",
        kind="count",
        kept=False,
        synonyms=("target", "target peserta", "target pekerja", "target aktif", "sasaran", "target workers"),
    ),
    Column(
        name="stated_attainment",
        kind="percentage",
        kept=False,
        synonyms=("pencapaian", "capaian", "persen pencapaian", "attainment", "persen capaian"),
    ),
    Column(
        name="stated_coverage",
        kind="percentage",
        kept=False,
        synonyms=("cakupan", "coverage", "persen cakupan"),
    ),
    Column(
        name="stated_share",  # of the target or of the eligible: the columns beside it say which (`intake.headers`)
        kind="percentage",
        kept=False,
        synonyms=("persen", "persentase", "percentage", "percent", "%"),
    ),
)
CANONICAL: tuple[Column, ...] = tuple(column for column in COLUMNS if column.kept)
NEEDED: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.needed)
COUNTS: tuple[str, ...] = tuple(column.name for column in CANONICAL if column.kind == "count")

# The words that may stand in a status cell, in both languages.
STATUS_WORDS: dict[str, str] = {
    "published": "published",
    "dipublikasikan": "published",
    "terbit": "published",
    "publikasi": "published",
    "derived": "derived",
    "turunan": "derived",
    "dihitung": "derived",
    "illustrative": "illustrative",
    "ilustrasi": "illustrative",
    "contoh": "illustrative",
}

Schema: TypeAlias = dict[str, pl.DataType]

BRANCH_MONTHS: Schema = {column.name: column.dtype for column in CANONICAL} | {
    "file": pl.String(),
    "line": pl.Int64(),
}
"""`line` counts as a text editor does, the header included; for a workbook it is the sheet's row."""

PROBLEMS: Schema = {
    "file": pl.String(),
    "line": pl.Int64(),  # null: the file as a whole
    "column": pl.String(),  # the header as it stands in the file; null: the line as a whole
    "value": pl.String(),  # what stands there
    "severity": Severity,
    "code": pl.String(),  # a key below `problem.` in languages/*/*.toml
    "details": pl.String(),  # a JSON object: what fills the sentence in besides the columns above
}

FILES_READ: Schema = {
    "file": pl.String(),
    "encoding": pl.String(),
    "separator": pl.String(),
    "thousands": pl.String(),  # ".", ",", " ", "" (plain digits)
    "header_line": pl.Int64(),
    "mapping": pl.String(),  # a JSON object: header as written -> canonical column (null: not used)
    "read": pl.Int64(),  # data lines: kept + set_aside + blank + totals, always
    "kept": pl.Int64(),
    "set_aside": pl.Int64(),
    "blank": pl.Int64(),
    "totals": pl.Int64(),
    "xxh128": pl.String(),
}

FILE_TARGETS: Schema = {
    "branch": pl.String(),
    "segment": pl.String(),  # null: all segments together
    "by": pl.Date(),  # the first of the month in which it is due
    "measure": pl.String(),  # "workers", "new" or "coverage"
    "value": pl.Float64(),
    "file": pl.String(),
    "line": pl.Int64(),
    "column": pl.String(),  # the header as it stands in the file
}

REGISTER: Schema = {
    "branch": pl.String(),
    "region": pl.String(),  # regional office (Kanwil)
    "province": pl.String(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "source": pl.String(),
    "status": Status,
}

SERIES: Schema = {
    "branch": pl.String(),
    "segment": Segment,
    "region": pl.String(),
    "province": pl.String(),
    "month": pl.Date(),  # the as-of month
    "active": pl.Float64(),  # null: no figure for the as-of month
    "eligible": pl.Float64(),  # null: unknown
    "funded": pl.Float64(),  # of active; 0 where not stated
    "pool": pl.Float64(),  # lapsed people who may return
    "new": pl.Float64(),  # registrations, people a month
    "registrations": pl.Float64(),  # mean of the months where they are known, used for no rate; null: none
    "lapse": pl.Float64(),  # share of the self-paying a month
    "back": pl.Float64(),  # share of the pool a month
    "season_new": pl.Array(pl.Float64(), 12),  # index by calendar month, mean 1
    "season_lapse": pl.Array(pl.Float64(), 12),
    "pace": pl.Float64(),  # net change a month over the months of history; null: none
    "months_of_history": pl.Int64(),  # months that the pace spans, 12 at most
    "rates_from": pl.String(),  # "flows", "stocks" or "none"
    "late": pl.Int64(),  # months since its last report; 0: it reported the as-of month
}

SERIES_TARGETS: Schema = {
    "branch": pl.String(),
    "segment": Segment,
    "target": pl.Float64(),  # people; registrations where measure is "registrations"
    "target_month": pl.Date(),
    "measure": pl.String(),  # "workers" or "registrations"
    "share": pl.Float64(),  # of the eligible of the target's month, which the target moves with; null: it stands still
    "target_source": pl.String(),  # file and line
    "rank": pl.Int64(),  # of the file that it stands in: the lowest goes before the others
}

GAPS: Schema = {
    "month": pl.Date(),
    "active": pl.Float64(),
    "eligible": pl.Float64(),
    "target": pl.Float64(),
    "target_month": pl.Date(),  # the last one, where its parts have several (`target_months`)
    "target_source": pl.String(),  # file and line
    "attainment": pl.Float64(),  # active / target, a share
    "coverage": pl.Float64(),  # active / eligible, a share
    "gap": pl.Float64(),  # target - active: positive is missing, negative is surplus
    "gap_low": pl.Float64(),  # equal to gap unless branches are late
    "gap_high": pl.Float64(),
    "short": pl.Float64(),  # sum over branches and segments of max(gap, 0)
    "short_low": pl.Float64(),
    "short_high": pl.Float64(),
    "pace": pl.Float64(),
    "required_pace": pl.Float64(),
    "expected": pl.Float64(),
    "status": Standing,
    "eta": pl.Date(),
    "months_of_history": pl.Int64(),
}

PROJECTION: Schema = {
    "month": pl.Date(),
    "eligible": pl.Float64(),
    "covered": pl.Float64(),
    "funded": pl.Float64(),
    "counted": pl.Float64(),
    "new": pl.Float64(),
    "lapsed": pl.Float64(),
    "returned": pl.Float64(),
    "enrolled": pl.Float64(),
    "ended": pl.Float64(),
    "stayed": pl.Float64(),
    "left": pl.Float64(),
    "target": pl.Float64(),
    "short": pl.Float64(),  # what is missing series by series: one's surplus fills no other's shortage
}

REGISTERED = ("registered", "registrations_target", "registrations_short")
"""What `PROJECTION` has besides where targets count registrations: those that count so far, those asked for, and those
that are missing series by series."""

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_OFFICE = re.compile(r"(?:\d+\s*--?\s*)?(?:kantor cabang|kacab|kc|cabang)\b[\s.:_-]*", re.IGNORECASE)

_CODE = re.compile(
    r"^\s*(?:[0-9]{1,4}\s*[.)]|[0-9]+\s*(?:--?|–|:|_)|[0-9]{4,}\s)\s*(?=\D*\w)|\s*[(\[][0-9]{2,}[)\]]\s*$"
)


def plain(text: str) -> str:
    """Fold case, padding, underscores and punctuation, so that two ways to write a name compare equal."""
    return _BETWEEN_WORDS.sub(" ", _folded(text)).strip()


def _folded(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def without_code(name: str) -> str:
    """Return a name without the number or code in front of it or behind: `01. Palembang`, `00108 -- KC Palembang`."""
    edges = name.strip()
    if not ("0" <= edges[:1] <= "9" or edges.endswith((")", "]"))):
        return name  # by far the most names
    bare = _CODE.sub("", name)
    return bare if any(character.isalpha() for character in bare) else name


@lru_cache(maxsize=65_536)
def branch_key(name: str) -> str:
    """Return what two spellings of one branch have in common: no case, no spaces, no code, no "KC" in front."""
    name = without_code(name.strip())
    office = _OFFICE.match(name)
    folded = _folded(name[office.end() :] if office else name)
    return folded if folded.isalnum() else _BETWEEN_WORDS.sub("", folded)
