"""Why can nothing of a file be used: what was seen, what is not clear, what is missing, what was perhaps meant?"""

from __future__ import annotations

from coverage.base.errors import FileRefused
from coverage.intake.layout import meaning, shown, slips
from coverage.intake.layout.columns import FIGURES, RecapColumn
from coverage.intake.layout.recap import Recap

_SHOWN = 12


def refused(recap: Recap, label: str) -> FileRefused:
    """Return the refusal of a file of which no figure can be used."""
    if not recap.tables:
        return FileRefused("header_not_understood", file=label, line=1, found=_first_words(recap), missing="active")
    columns = [column for table in recap.tables for column in table.columns]
    seen = [column.path.shown for column in columns if column.path.shown]
    unclear = [
        word
        for each_meaning in recap.meanings
        if each_meaning.state in (meaning.UNCLEAR, meaning.UNUSED)
        for word in each_meaning.words
    ]
    fates = set(recap.figures["fate"]) if recap.figures.height else set()
    if "programme" in fates:
        return FileRefused("programmes_unclear", file=label, found=_listed(seen))
    near = [f"{word} → {meant}" for column in columns for word, meant in slips.near(column.path.rest)]
    missing = [part for part, fate in (("month", "no_month"), ("branch", "no_place")) if fate in fates]
    if not _counted(columns) or unclear:
        missing = ["active", *missing]
    return FileRefused(
        "layout_unclear",
        file=label,
        line=recap.tables[0].block.start + 1,
        found=_listed(seen),
        unclear=_listed(unclear) or "–",
        missing=", ".join(missing) or "active",
        near=_listed(near) or "–",
        sheets=shown.dumps(shown.of_recap(recap, label)),
    )


def _counted(columns: list[RecapColumn]) -> bool:
    return any(column.part == FIGURES for column in columns)


def _listed(words: list[str]) -> str:
    distinct = list(dict.fromkeys(" ".join(word.split())[:60] for word in words if word.strip()))
    return ", ".join(distinct[:_SHOWN]) + (", …" if len(distinct) > _SHOWN else "")


def _first_words(recap: Recap) -> str:
    for grid in [*recap.grids, *recap.without_figures]:
        for row in range(min(grid.height, 60)):
            texts = [grid.texts[code].strip()[:40] for code in grid.code[row] if code]
            if texts:
                return _listed(texts)
    return "–"
