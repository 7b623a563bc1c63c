"""Do two names of places differ only by what stands before them: Kota, Kab., KC?

Such places may be two: Kota Bandung and Kabupaten Bandung are. So nobody joins them in silence; they are offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coverage.base.tables import branch_key

_KIND = re.compile(
    r"^(?:kotamadya|kota|kabupaten|kab|adm(?:inistrasi)?|kcp|kc|kacab|kantor|cabang|city|regency|municipality)\b[\s.:_-]*",
    re.IGNORECASE,
)


def bare(name: str) -> str:
    """Return a name without what kind of place it is, folded: `Kab. Ogan Ilir` and `OGAN ILIR` become the same."""
    left = name.strip()
    while (shorter := _KIND.sub("", left)) != left and shorter:
        left = shorter
    return branch_key(left)


def alike(unknown: Iterable[str], known: Iterable[str]) -> list[tuple[str, str]]:
    """Return for each unknown name the known one that it may mean: the only one that is the same but for its kind."""
    names: dict[str, list[str]] = {}
    for name in known:
        names.setdefault(bare(name), []).append(name)
    result = ((name, names.get(bare(name), [])) for name in unknown)
    return [(name, matches[0]) for name, matches in result if len(matches) == 1]
