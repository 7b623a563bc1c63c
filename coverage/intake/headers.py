"""Which column does each header mean?

Headers are compared without case, padding, underscores and punctuation with the synonyms that `tables.COLUMNS`
and the settings' segments declare. `aktif_pu` (a column and a segment, in either order) is the wide form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from coverage.base import settings, tables

YEAR = "year"
"""A column of years beside a column that holds only the month's name; it is read together with the month."""
_YEARS = ("tahun", "thn", "year")
_UNITS = ("orang", "jiwa", "pekerja", "peserta", "tk", "tenaga kerja", "people", "workers")
_AMOUNTS = ("jumlah", "jml", "jlh", "total", "number of")

PERSONAL: frozenset[str] = frozenset(
    tables.plain(name)
    for name in (
        "nik", "no nik", "nomor nik", "ktp", "no ktp", "nomor ktp", "nik ktp", "nomor induk kependudukan", "no kk",
        "kpj", "no kpj", "nomor kpj", "kpj peserta", "no kartu", "nomor kartu", "nomor peserta", "no peserta",
        "no kartu peserta", "nomor kartu peserta", "id peserta", "no identitas", "nomor identitas",
        "nama peserta", "nama tenaga kerja", "nama tk", "nama pekerja", "nama lengkap", "nama karyawan", "nama anggota",
        "nama pegawai", "nama lengkap peserta", "nama lengkap tk",
        "tgl lahir", "tanggal lahir", "tempat lahir", "tempat tanggal lahir", "ttl", "nama ibu", "nama ibu kandung",
        "no hp", "nomor hp", "no handphone", "no telepon", "email peserta", "alamat peserta", "alamat rumah",
        "jenis kelamin", "national id", "member name", "member id", "worker name", "participant name", "full name",
        "date of birth", "birth date", "dob", "gender", "phone number",
    )
)  # fmt: skip
"""Headers that only a list of persons has; such a list is refused, because counts are all that is needed."""
_OF_PERSONS = frozenset({"nik", "ktp", "kpj", "kependudukan", "lahir", "kelamin", "hp", "handphone"})
_BESIDE_THEM = frozenset(
    {
        "no", "nomor", "id", "induk", "kartu", "nama", "lengkap", "peserta", "pekerja", "tk", "tenaga", "kerja",
        "karyawan", "tempat", "tgl", "tanggal", "jenis", "l", "p", "16", "digit",
    }
)  # fmt: skip
"""`NIK/No. KTP` and `Jenis Kelamin (L/P)` are of persons as well; `Jumlah NIK valid` may be a count."""


@dataclass(frozen=True)
class Field:
    """What a column of a file holds: a canonical column, in the wide form of one segment."""

    column: str
    segment: str | None = None


@dataclass(frozen=True, kw_only=True)
class Header:
    """A line of headers as written, what each means (nothing: not used), and what is missing or stands twice."""

    cells: tuple[str, ...]
    fields: tuple[Field | None, ...]
    missing: tuple[str, ...]
    twice: tuple[str, ...]
    personal: tuple[str, ...]
    understood: int

    @property
    def unused(self) -> tuple[str, ...]:
        """Return the headers that are not used, without those that are empty."""
        return tuple(
            cell for cell, field in zip(self.cells, self.fields, strict=True) if field is None and cell.strip()
        )

    @property
    def wide(self) -> bool:
        return any(field is not None and field.segment is not None for field in self.fields)


@lru_cache(maxsize=4096)
def understand(cells: tuple[str, ...]) -> Header:
    """Say what each header means; where two mean the same column, the more usual name is used, else the first."""
    meanings = [_meaning(cell) for cell in cells]
    chosen: dict[Field, int] = {}
    twice: list[str] = []
    for position, meaning in enumerate(meanings):
        if meaning is None:
            continue
        field, rank = meaning
        before = chosen.get(field)
        known = meanings[before] if before is not None else None
        if known is None or rank < known[1]:
            chosen[field] = position
        if before is not None:
            twice.append(cells[position if chosen[field] == before else before])
    used = _usable(set(chosen))
    fields = tuple(
        _share_of(meaning[0], used)
        if meaning is not None and meaning[0] in used and chosen[meaning[0]] == position
        else None
        for position, meaning in enumerate(meanings)
    )
    return Header(
        cells=cells,
        fields=fields,
        missing=_missing(used),
        twice=tuple(twice),
        personal=tuple(cell for cell in cells if _is_personal(cell)),
        understood=sum(known_field is not None for known_field in fields),
    )


NIK, CARD = "nik", "card"
"""The two numbers that tell persons apart: everybody's own, and the number of the membership card (KPJ)."""
PERSON_KEYS = ("month", "branch", "segment")
_STANDING = tuple(
    tables.plain(name)
    for name in (
        "status kepesertaan", "status peserta", "status tk", "status tenaga kerja", "status pekerja",
        "status keaktifan", "status aktif", "keaktifan", "membership status", "member status", "status", "aktif",
        "active",
    )
)  # fmt: skip
"""Headers of what says whether a person is an active member, the plainest first."""
_NIK = frozenset({"nik", "ktp", "kependudukan"})
_NIK_NAMES = frozenset({"no identitas", "nomor identitas", "national id"})
_CARD = frozenset({"kpj", "kartu"})
_CARD_NAMES = frozenset({"nomor peserta", "no peserta", "id peserta", "member id"})


@lru_cache(maxsize=4096)
def of_persons(cells: tuple[str, ...]) -> Header:
    """Say what the headers of a list of persons mean: month, branch, segment, `status` for who is active, and the
    numbers that tell persons apart; nothing else of it is looked at."""
    header = understand(cells)
    names = [tables.plain(cell) for cell in cells]
    fields = [field if field is not None and field.column in (*PERSON_KEYS, YEAR) else None for field in header.fields]
    standing = next((names.index(name) for name in _STANDING if name in names), None)
    if standing is not None:
        fields[standing] = Field("status")
    for place in reversed(range(len(cells))):  # the first of several stays
        number = _number(names[place]) if cells[place] in header.personal else None
        if number is not None:
            fields = [None if field == Field(number) else field for field in fields]
            fields[place] = Field(number)
    known = {field.column for field in fields if field is not None}
    twice = tuple(cell for cell in header.twice if (_meaning(cell) or (Field(""), 0))[0].column in PERSON_KEYS)
    return Header(
        cells=cells,
        fields=tuple(fields),
        missing=() if "segment" in known else ("segment",),
        twice=twice,
        personal=header.personal,
        understood=sum(field is not None for field in fields),
    )


def _number(name: str) -> str | None:
    """Say which number of a person a header names, if it names one."""
    words = set(name.split())
    if "nama" in words:
        return None
    if name in _NIK_NAMES or not words.isdisjoint(_NIK):
        return NIK
    return CARD if name in _CARD_NAMES or not words.isdisjoint(_CARD) else None


def _is_personal(cell: str) -> bool:
    name = tables.plain(cell)
    words = set(name.split())
    return name in PERSONAL or (not words.isdisjoint(_OF_PERSONS) and words <= _OF_PERSONS | _BESIDE_THEM)


def _usable(fields: set[Field]) -> set[Field]:
    """Leave out what belongs to the other form: totals beside `aktif_pu`, or `aktif_pu` beside a segment column."""
    long = Field("segment") in fields and Field("active") in fields
    counted = {column.name for column in tables.COLUMNS if column.kind in ("count", "percentage")}
    if long:
        return {field for field in fields if field.segment is None}
    wide = any(field.column == "active" and field.segment is not None for field in fields)
    if not wide:
        return fields
    return {field for field in fields if field.segment is not None or field.column not in (*counted, "segment")}


def _share_of(field: Field, used: set[Field]) -> Field:
    """Say of what a bare percentage is a share: of the target or the eligible, whichever stands beside it alone."""
    if field.column != "stated_share":
        return field
    whole = {"stated_target": "stated_attainment", "eligible": "stated_coverage"}
    shares = [share for column, share in whole.items() if Field(column, field.segment) in used]
    meant = Field(shares[0], field.segment) if len(shares) == 1 else field
    return field if meant in used else meant


def _missing(used: set[Field]) -> tuple[str, ...]:
    """Return the needed columns that are not there; the branch may come from the file's name."""
    columns = {field.column for field in used}
    wide = any(field.segment is not None for field in used)
    need = [name for name in tables.NEEDED if name != "branch" and not (wide and name == "segment")]
    return tuple(name for name in need if name not in columns)


def _meaning(cell: str) -> tuple[Field, int] | None:
    """Return the field that a header means, with how usual the name is (0: the canonical one)."""
    words = tables.plain(cell) or cell.strip()  # "%"
    known = _known()
    if words in known:
        return known[words]
    shorter = words
    for unit in _UNITS:
        shorter = shorter.removesuffix(f" {unit}")
    for amount in _AMOUNTS:
        shorter = shorter.removeprefix(f"{amount} ")
    match = known.get(shorter)
    return None if match is None else (match[0], match[1] + 100)


@lru_cache
def _known() -> dict[str, tuple[Field, int]]:
    """Return every header that is understood: columns, and counts joined with a segment in either order."""
    known: dict[str, tuple[Field, int]] = {tables.plain(year): (Field(YEAR), rank) for rank, year in enumerate(_YEARS)}
    segments = [
        (segment.name, tables.plain(word))
        for segment in settings.load().segments
        for word in (segment.name, *segment.synonyms)
    ]
    for column in tables.COLUMNS:
        for rank, name in enumerate((column.name, *column.synonyms)):
            known.setdefault(tables.plain(name) or name, (Field(column.name), rank))
    for column in tables.COLUMNS:
        if column.kind not in ("count", "percentage"):
            continue
        for rank, name in enumerate((column.name, *column.synonyms)):
            for segment, word in segments:
                field = (Field(column.name, segment), rank)
                known.setdefault(f"{tables.plain(name)} {word}", field)
                known.setdefault(f"{word} {tables.plain(name)}", field)
    return known
