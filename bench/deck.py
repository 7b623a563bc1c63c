"""How long does a presentation take, and how much of it is python-pptx's own work?

Run from the project's root: `PYTHONPATH=. python bench/deck.py`. The floor is python-pptx alone: as many slides, each
with one chart and one table of the same size, without asking the model anything.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from coverage import chance, deck, provenance, scenarios, scope, script, settings, targets, texts
from coverage.intake import read, register
from coverage.scope import Scope

TIMES = 7
SAMPLE = settings.DATA / "samples" / "sumbagsel"


def floor(slides: int) -> bytes:
    """Make as many slides with python-pptx alone."""
    plain = Presentation()
    layout = plain.slide_layouts[5]
    for _ in range(slides):
        slide = plain.slides.add_slide(layout)
        slide.shapes.title.text = "x"
        data: Any = CategoryChartData()
        data.categories = [date(2021 + month // 12, month % 12 + 1, 1) for month in range(36)]
        for name in ("a", "b", "c", "d"):
            data.add_series(name, range(36))
        slide.shapes.add_chart(XL_CHART_TYPE.LINE, 0, 0, Inches(6), Inches(4), data)
        table = slide.shapes.add_table(11, 4, 0, 0, Inches(4), Inches(4)).table
        for row in range(11):
            for column in range(4):
                table.cell(row, column).text = "1.000"
        slide.notes_slide.notes_text_frame.text = "x"
    file = io.BytesIO()
    plain.save(file)
    return file.getvalue()


def main() -> None:
    handed = read.read(read.find([str(SAMPLE)]), settings=settings.load())
    book, words = targets.load(settings.DATA / "targets.toml"), texts.load("id")
    view = scope.look(
        handed.table,
        register.read(settings.DATA / "branches.csv"),
        book.named(None),
        scope=Scope(),
        as_of=None,
        settings=settings.load(),
    )
    scenario, wobble = scenarios.named("all-together"), chance.draw(view)
    source = provenance.of(
        view,
        dataset="x",
        sample=True,
        targets_title="x",
        target_set="x",
        scenario=scenario,
        fingerprint="x",
        made_on=date(2026, 11, 23),
        texts=words,
    )
    count = len(script.pages(view, scenario, source=source, texts=words, wobble=wobble))
    asked: dict[str, Callable[[], object]] = {
        f"presentation of {count} slides, sample, 9 branches": lambda: deck.make(
            view, scenario, source=source, texts=words, wobble=wobble
        ),
        "what its slides say, nothing drawn": lambda: script.pages(
            view, scenario, source=source, texts=words, wobble=wobble
        ),
        f"python-pptx alone, {count} slides with a chart and a table": lambda: floor(count),
    }
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(TIMES):
        for name, work in asked.items():
            begun = time.perf_counter()
            work()
            taken[name].append((time.perf_counter() - begun) * 1000)
    for name, times in taken.items():
        print(f"| {name} | {statistics.median(times):.0f} | {max(times):.0f} |")
    whole, _, alone = (statistics.median(times) for times in taken.values())
    print(f"{whole / alone:.2f} x the time of python-pptx alone")


if __name__ == "__main__":
    main()
