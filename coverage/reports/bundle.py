"""What is in the bundle: every chart and every table of a view and a scenario, with what they rest on?

Every table has the columns that the commands write.
"""

from __future__ import annotations

import io
import zipfile

import polars as pl

from coverage.answers import backtest, credit, mix, money, sensitivity
from coverage.model import chance, runs
from coverage.model.scenarios import Scenario
from coverage.reports import export, gallery, pictures, provenance, screens
from coverage.reports.results import Results
from coverage.reports.seen import Beside, Seen
from coverage.standing import gaps, missing_reports, so_far, target_difficulty
from coverage.wording.problems import problems_with_messages


def tables(seen: Seen) -> dict[str, pl.DataFrame]:
    """Return every table by the name of its file, with the columns that the commands write; none that is empty."""
    result, beside = seen.results, seen.beside
    view, name = result.view, result.source.scenario
    keys = ["branch", "segment"]
    ranked = gaps.ranking(view)
    frames = {
        "gaps": result.segments,
        "gaps-by-branch": gaps.by(view, keys),
        "ranking": ranked,
        "history": so_far.history(view, keys),
        "baseline": runs.baseline_table(view, result.ahead, ["segment"]),
        "projection": runs.table_of_run(view, result.run, name=name, keys=["segment"]),
        "projection-by-branch": runs.table_of_run(view, result.run, name=name, keys=keys),
    }
    if result.futures is not None:
        frames["fan"] = chance.fan(view, result.scenario, result.ahead, ["segment"], futures=result.futures)
    if result.changed:
        frames["parts"] = credit.split(view, Scenario(), result.scenario, result.ahead, [])
    frames["movers"] = sensitivity.tornado(view, result.scenario, result.ahead, [])
    spent = money.monthly(view, result.scenario, result.run)
    if not spent.is_empty():
        frames |= {"money": money.yearly(spent), "money-by-month": spent}
        frames["money-ends"] = money.cliffs(view, result.scenario, result.run)
    frames |= {
        "demand": screens.needed(view),
        "strain": target_difficulty.strain(view),
        "milestones": target_difficulty.way_to_targets(view),
    }
    frames |= {"targets": target_difficulty.ladders(view, beside.book), "late": missing_reports.bounds_of_missing(view)}
    frames |= {"comparison": seen.ends, "comparison-by-month": pl.concat(seen.outcomes.values())}
    frames |= {} if seen.held is None else {"plan": seen.held[1]}
    judged = seen.judged
    frames["backtest"] = backtest.summary(judged[()], ("scope",))
    frames["backtest-by-branch"] = backtest.summary(judged["segment", "branch"], ("segment", "branch"))
    if seen.mixed is not None:
        frames |= {"mix": mix.rows_with_totals(seen.mixed), "mix-by-budget": mix.curve(seen.mixed)}
    frames["problems"] = problems_with_messages(beside.problems, result.texts)
    return {name: _flat(table) for name, table in frames.items() if not table.is_empty()}


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    """Leave out lists: a cell of a CSV file holds one value."""
    return table.select(name for name, dtype in table.schema.items() if not dtype.is_nested())


def zipped(results: Results, beside: Beside) -> bytes:
    """Return a ZIP of every chart as SVG and PNG and every table as CSV, with what they rest on as text and JSON."""
    source, made, seen = results.source, io.BytesIO(), Seen(results=results, beside=beside)
    day = source.made_on
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, content: str | bytes) -> None:
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)

        put("sources.txt", "\n".join(provenance.describe_provenance(source, results.texts)) + "\n")
        put("provenance.json", provenance.to_json(source) + "\n")
        put("scenario.toml", source.scenario_toml)
        for place, picture in enumerate(gallery.pictures_of(seen), start=1):
            whole = pictures.svg(picture, source, results.texts)
            put(f"charts/{place:02d}-{picture.name}.svg", whole)
            put(f"charts/{place:02d}-{picture.name}.png", pictures.png(whole))
        for name, table in tables(seen).items():
            put(f"tables/{name}.csv", export.csv(table))
    return made.getvalue()
