"""What can everybody take home and try: one page without a network, with the app's own sliders and kernel?

Everything stands there without a script as well: figures, picture, table. With one, two levers move it all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from coverage.answers import realism
from coverage.base import months
from coverage.base.texts import Texts
from coverage.live import files, past, payload
from coverage.live import words as live_words
from coverage.model import runs, scenarios
from coverage.model.projection import Flows, Futures, Rates
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports import provenance
from coverage.reports.provenance import Provenance
from coverage.wording import lever_cards

MOST_BYTES = 400_000
_BAND_BYTES = 150_000
"""With more than this the band is left out: the file has to stay small enough for a telephone."""


def make_handout(
    view: View, scenario: Scenario, horizon: int, *, band: Rates | Futures | None, source: Provenance, texts: Texts
) -> str:
    """Return the handout of a scenario as one HTML page."""
    scenario = scenario.at(view.as_of)
    run = runs.flows(view, scenario, horizon)
    groups = payload.groups(view, horizon, texts)
    ends, shorts = payload.ends(view, run, horizon, texts), payload.shorts(view, run, groups)
    sent = _payload(view, scenario, horizon, band, groups, texts)
    headline = _headline(view, groups[-1], ends, shorts, horizon, texts)
    place = provenance.describe_place(source, texts)
    parts = {
        "language": texts.language,
        "title": escape(f"{place}: {headline}"),
        "style": files.style() + files.handout_style(),
        "place": escape(place),
        "position": escape(texts("cockpit.position", month=texts.month(view.as_of))),
        "headline": escape(headline),
        "bars": "".join(_bar(group, ends[group["name"]], shorts[group["name"]], texts) for group in groups),
        "band": escape(texts("cockpit.handout_band") if sent["model"]["draws"] else ""),
        "picture": _picture(sent["model"], payload.towards_targets(view, run), groups[-1]),
        "note": escape(texts("cockpit.sample") + "." if source.illustrative_share >= 0.5 else ""),
        "table": _table(view, run, groups, horizon, texts),
        "sources": escape(provenance.short(source, texts)),
        # Inside a script nothing may look like its end.
        "data": json.dumps(sent, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "script": files.script("handout"),
    }
    for name in ("offline", "try", "reset", "send", "counted", "months"):
        parts[name] = escape(texts(f"cockpit.handout_{name}"))
    page = _PAGE
    for name, part in parts.items():
        page = page.replace(f"[[{name}]]", part)
    return page


def _payload(
    view: View,
    scenario: Scenario,
    horizon: int,
    drawn: Rates | Futures | None,
    groups: Sequence[dict[str, Any]],
    texts: Texts,
) -> dict[str, Any]:
    """Return what the page's script needs: the model of the view, the words, the proposal."""
    band = drawn.rates(horizon) if isinstance(drawn, Futures) else drawn
    small = band is not None and band.draws * view.series.height * (horizon + 1) * 22 < _BAND_BYTES
    model = payload.model(
        view,
        scenario,
        horizon,
        band=band if small else None,
        past=past.longest(past.by_group(view), 13),
        milestones=past.milestones_of_groups(view),
        texts=texts,
    )
    moved = [str(segment) for segment in scenario.levers] + [str(programme.segment) for programme in scenario.programme]
    names = [group["name"] for group in groups]
    known = realism.records(view, min(horizon, realism.YEAR))
    done = lever_cards.best_of_branches(view, known, horizon, texts)
    for levers in done.values():
        for lever in levers.values():
            lever.pop("list")
    return {
        "model": model,
        "named": payload.series_of_named_branches(view, scenario),
        "words": live_words.of(texts, view.measure),
        "forms": live_words.forms(texts),
        "levers": live_words.declared_levers(apart=False),
        "done": done,
        "scenario": scenarios.simplified(scenario),
        "lens": next((name for name in moved if name in names), names[-1]),
    }


def _headline(
    view: View,
    group: Mapping[str, Any],
    ends: Mapping[str, float],
    shorts: Mapping[str, float],
    horizon: int,
    texts: Texts,
) -> str:
    """Say whose proposal it is and where it ends, as the script says it."""
    end, short, target = ends[group["name"]], shorts[group["name"]], group["target"]
    month = texts.month(months.add(view.as_of, horizon)).rsplit(" ", 1)[0]
    if target is None:
        return texts("cockpit.handout_plain", month=month, n=texts.people(end))
    kind = "short" if short > 0.5 else "over"
    message = live_words.of(texts, view.measure)[f"handout_proposal_{kind}"]
    return message.format(month=month, n=texts.people(short if short > 0.5 else end - target))


def _bar(group: Mapping[str, Any], end: float, lacking: float, texts: Texts) -> str:
    """Return the goal bar of a group: solid to today, light to the end, a tick at the target."""
    target = group["target"]
    whole = max(group["active"], end, 1.0) if target is None else target / 0.94
    now, later = (f"{min(max(value / whole, 0), 1) * 100:.2f}%" for value in (min(group["active"], end), end))
    tick = "" if target is None else '<i class="ck-goal-tick" style="left:94%"></i>'
    share = "" if not target else texts.share(end / target)
    short = "" if target is None else texts("cockpit.short", n=texts.people(lacking))
    name = group["name"]
    return (
        f'<div class="ho-bar" data-group="{name}" style="--own:{group["colour"]}">'
        f'<div class="ho-bar-top"><b>{escape(group["label"])}</b>'
        f'<span data-figure="attainment" data-segment="{name}">{share}</span></div>'
        f'<div class="ho-goal"><div class="ck-goal ck-tall"><i class="ck-later" style="width:{later}"></i>'
        f'<i class="ck-so-far" style="width:{now}"></i>{tick}</div></div>'
        f'<small><b data-figure="covered" data-segment="{name}" data-value="{end}">{texts.people(end)}</b> '
        f'<span data-figure="short" data-segment="{name}">{short}</span></small></div>'
    )


def _picture(model: Mapping[str, Any], counted: payload.Array, group: Mapping[str, Any]) -> str:
    """Draw history, course and target as plain lines: what stands in the chart's place where no script runs.

    `counted` is what the target counts (months + 1, series).
    """
    past_values = model["past"][group["name"]]["active"]
    course = counted[:, group["members"]].sum(axis=1).tolist()
    values = [value for value in past_values if value is not None] + course
    levels = [*values, *([] if group["target"] is None else [group["target"]])]
    low, high, count = min(levels), max(levels), len(past_values) + len(course) - 1

    def point(place: int, value: float) -> str:
        height = 240 - 220 * (value - low) / (high - low or 1)
        return f"{10 + 680 * place / max(count - 1, 1):.1f},{height:.1f}"

    before = [point(place, value) for place, value in enumerate(past_values) if value is not None]
    after = [point(len(past_values) - 1 + t, value) for t, value in enumerate(course)]
    target = ""
    if group["target"] is not None:
        height = point(0, group["target"]).split(",")[1]
        target = f'<line x1="0" x2="700" y1="{height}" y2="{height}" stroke="currentColor"/>'
    line = '<polyline fill="none" stroke="{}" stroke-width="{}" points="{}"/>'
    lines = line.format(group["colour"], 2, " ".join(before)) + line.format(group["colour"], 4, " ".join(after))
    return f'<svg viewBox="0 0 700 258" width="100%" height="258" role="presentation">{target}{lines}</svg>'


def _table(view: View, run: Flows, groups: Sequence[Mapping[str, Any]], horizon: int, texts: Texts) -> str:
    """Return the months to come as a table, a column for each group."""
    heads = [texts("cockpit.table_month"), *(group["label"] for group in groups)]
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    counted = payload.towards_targets(view, run)
    sums = [counted[:, group["members"]].sum(axis=1) for group in groups]
    rows = "".join(
        f'<tr><th scope="row">{texts.month(months.add(view.as_of, t), short=True)}</th>'
        + "".join(f"<td>{texts.people(float(values[t]))}</td>" for values in sums)
        + "</tr>"
        for t in range(horizon + 1)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


_PAGE = """<!doctype html>
<html lang="[[language]]"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>[[title]]</title><style>[[style]]</style></head>
<body><main class="ck ho" data-theme="light">
<div class="ho-top"><div><b>[[place]]</b><small>[[position]]</small></div>
<span class="ho-offline">[[offline]]</span></div>
<h1 data-figure="sentence">[[headline]]</h1>
<div class="ho-bars">[[bars]]</div>
<div class="ho-two"><div>
<div class="ho-row"><div class="ck-switch ho-switch" role="group"></div><small>[[band]]</small></div>
<div class="ho-chart" data-chart="trajectory" role="img" aria-label="[[headline]]">[[picture]]</div></div>
<section class="ho-try" hidden><div class="ho-row" style="margin-top:0"><h2>[[try]]</h2>
<button type="button" class="ck-plain ho-reset">[[reset]]</button></div>
<div class="ho-sliders" style="display:block"></div>
<div class="ho-act"><button type="button" class="ho-send">[[send]]</button></div>
<div class="ho-text" hidden><textarea readonly aria-label="[[send]]"></textarea></div>
<p class="ho-note"><span class="ho-cost"></span> [[note]]</p></section></div>
<div class="ho-more"><h2>[[months]]</h2><div class="ho-wide">[[table]]</div><p>[[counted]]</p><p>[[sources]]</p></div>
</main>
<script type="application/json" id="handout-data">[[data]]</script>
<script>"use strict";
[[script]]
document.querySelector(".ho-try").hidden = false;
makeHandout(document.querySelector(".ho"), JSON.parse(document.getElementById("handout-data").textContent));
</script></body></html>
"""
