"""What does each file to take away cost, beside as many plain slides, charts and tables of the library alone?

`python -m bench.reports` makes every kind of the sample's nine branches by turns in one run, with their futures drawn
beforehand as the app has them, and prints a Markdown table.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from bench import turns
from coverage.base import texts
from coverage.model import chance, scenarios
from coverage.model.view import Scope
from coverage.reports import briefing_html, briefing_pdf, bundle, deck, outline, results, workbook
from tests import sample


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


def measure(repetitions: int) -> None:
    (view, _), words = sample.looked(Scope()), texts.load("id")
    scenario, futures = scenarios.named("all-together"), chance.draw_futures(view)
    source = sample.noted(view, scenario, words)
    told = results.of(view, scenario, words, None, futures, source)
    beside = sample.beside(Scope())
    count = len(outline.pages(view, scenario, source=source, texts=words, futures=futures))
    alone, slides = f"python-pptx alone, {count} slides with a chart and a table", f"presentation of {count} slides"
    asked: dict[str, Callable[[], object]] = {
        alone: lambda: floor(count),
        "what the slides say, nothing drawn": lambda: outline.pages(
            view, scenario, source=source, texts=words, futures=futures
        ),
        slides: lambda: deck.make(view, scenario, source=source, texts=words, futures=futures),
        "briefing, PDF": lambda: briefing_pdf.pdf(told),
        "briefing, HTML": lambda: briefing_html.html(told),
        "workbook with live formulas": lambda: workbook.write(view, scenario, provenance=source, texts=words),
        "bundle of every chart and table": lambda: bundle.zipped(told, beside),
    }
    print(turns.table(turns.taken(asked, repetitions), floor=alone))


if __name__ == "__main__":
    measure(turns.repetitions(__doc__, 5))
