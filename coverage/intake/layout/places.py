"""Which names of places are known before any file is read: the register's branches and the provinces?"""

from __future__ import annotations

import csv
from functools import lru_cache

from coverage.base import settings, tables

PROVINCES = (
    "Aceh", "Sumatera Utara", "Sumatera Barat", "Riau", "Kepulauan Riau", "Jambi", "Sumatera Selatan", "Bengkulu",
    "Lampung", "Kepulauan Bangka Belitung", "Bangka Belitung", "DKI Jakarta", "Jakarta", "Jawa Barat", "Banten",
    "Jawa Tengah", "DI Yogyakarta", "Yogyakarta", "Jawa Timur", "Bali", "Nusa Tenggara Barat", "Nusa Tenggara Timur",
    "Kalimantan Barat", "Kalimantan Tengah", "Kalimantan Selatan", "Kalimantan Timur", "Kalimantan Utara",
    "Sulawesi Utara", "Gorontalo", "Sulawesi Tengah", "Sulawesi Barat", "Sulawesi Selatan", "Sulawesi Tenggara",
    "Maluku", "Maluku Utara", "Papua", "Papua Barat", "Papua Selatan", "Papua Tengah", "Papua Pegunungan",
    "Papua Barat Daya",
)  # fmt: skip
"""The provinces of Indonesia (BPS, 2024), with two usual short names."""
CITIES = (
    "Medan", "Binjai", "Pematangsiantar", "Padang", "Bukittinggi", "Pekanbaru", "Dumai", "Batam", "Tanjungpinang",
    "Palembang", "Prabumulih", "Lubuklinggau", "Pagar Alam", "Bandar Lampung", "Metro", "Pangkalpinang", "Sungai Penuh",
    "Bandung", "Bekasi", "Bogor", "Depok", "Cirebon", "Sukabumi", "Tasikmalaya", "Cimahi", "Semarang", "Surakarta",
    "Solo", "Magelang", "Salatiga", "Pekalongan", "Tegal", "Surabaya", "Malang", "Kediri", "Madiun", "Mojokerto",
    "Serang", "Tangerang", "Cilegon", "Denpasar", "Mataram", "Kupang", "Pontianak", "Singkawang", "Palangkaraya",
    "Banjarmasin", "Banjarbaru", "Samarinda", "Balikpapan", "Tarakan", "Bontang", "Manado", "Bitung", "Palu",
    "Makassar", "Parepare", "Palopo", "Kendari", "Baubau", "Ambon", "Ternate", "Jayapura", "Sorong", "Manokwari",
    "Timika", "Banda Aceh", "Lhokseumawe", "Langsa", "Banyuasin", "Musi Banyuasin", "Musi Rawas", "Muara Enim",
    "Muara Bungo", "Ogan Ilir", "Ogan Komering Ilir", "Lahat", "Baturaja", "Sekayu",
)  # fmt: skip
"""Cities with a branch office of the scheme, and districts of the sample's region (bpjsketenagakerjaan.go.id)."""


@lru_cache
def known() -> frozenset[str]:
    """Return the keys of all known names of places."""
    return frozenset(tables.branch_key(name) for name in (*PROVINCES, *CITIES, *_registered("branch"))) | regions()


@lru_cache
def regions() -> frozenset[str]:
    """Return the keys of the regions that the register names."""
    return frozenset(tables.branch_key(name) for name in _registered("region")) - {""}


def _registered(column: str) -> list[str]:
    path = settings.DATA / "branches.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as lines:
        return [row.get(column) or "" for row in csv.DictReader(lines) if row.get(column)]
