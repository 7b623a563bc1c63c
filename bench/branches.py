"""A large, regular history for the measurements: so many branches, months and two segments, in balance."""

from __future__ import annotations

from pathlib import Path

HEADER = "month,branch,segment,active,eligible,new,lapsed,returned,funded"


def write_branches(folder: Path, *, branches: int, months: int) -> None:
    """Write one CSV per branch, the months up to December 2022, formal and informal."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, branches + 1):
        lines = [HEADER]
        for segment, size in (("formal", 9_000), ("informal", 4_000)):
            active = size + 37 * number
            for index in range(months):
                year, month = divmod(12 * 2023 - months + index, 12)
                new, lapsed = 150 + (number + 5 * index) % 60, 90 + (3 * number + index) % 40
                returned = 5 + index % 7
                active += new + returned - lapsed
                eligible = 3 * (size + 37 * number)
                lines.append(
                    f"{year}-{month + 1:02d},Cabang {number:03d},{segment},{active},{eligible},"
                    f"{new},{lapsed},{returned},{active // 40}"
                )
        (folder / f"cabang-{number:03d}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
