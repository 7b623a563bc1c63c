"""What is told of the programmes that run already, of the funded without a known end, and of who is not run at all?"""

from __future__ import annotations

import numpy as np
import polars as pl

from coverage.base.texts import Texts
from coverage.model.course import LATEST
from coverage.model.view import View
from coverage.wording.money import describe_next_cliff

_NAMED = 5


def describe_running(view: View, texts: Texts) -> list[str]:
    """Say what the baseline knows of running programmes and silent branches; nothing where there is nothing to say."""
    course = view.course
    held = sum((state.members for state in course.running), np.zeros(len(view.places)))
    open_ended = float(np.maximum(course.supported.funded[0] - held, 0).sum())
    lines = [describe_next_cliff(view, texts)] if view.ground.running.programmes else []
    if open_ended >= 1:
        lines.append(texts("running.no_end", people=texts.people(open_ended)))
    known = view.ground.law.known.funded[view.places, view.ground.law.known.last[view.places]]
    stood_in = float(course.supported.funded[0][~np.isfinite(known)].sum())
    if stood_in >= 1:
        lines.append(texts("running.stand_in", people=texts.people(stood_in)))
    if view.not_run.height:
        names = view.not_run.select(pl.col("branch").unique(maintain_order=True)).to_series().to_list()
        listed = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        lines.append(texts("running.too_late", months=texts.count("unit.months", LATEST), names=listed))
    return lines
