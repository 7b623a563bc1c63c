"""What does a presentation say, slide by slide?

Sentences, charts and tables of a view and a scenario, in the order in which a meeting asks: where do we stand, each
segment, which branches, where does it lead, who comes and goes, what is set and what did it, what would it take, what
does it cost and when does the money end, and on what does all that rest. `slides` draws them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from coverage.base.texts import Texts
from coverage.model.projection import Futures
from coverage.model.scenarios import Scenario
from coverage.model.view import View
from coverage.reports.page_parts import Page
from coverage.reports.page_tables import speaker_notes
from coverage.reports.pages_of_cost import assumptions_page, costs_pages
from coverage.reports.pages_of_course import differs_page, flows_page, trajectory_page, what_it_takes_pages
from coverage.reports.pages_of_standing import branches_page, segment_page, standing_page
from coverage.reports.provenance import Provenance
from coverage.reports.results import look


def pages(
    view: View,
    scenario: Scenario,
    *,
    source: Provenance,
    texts: Texts,
    until: date | None = None,
    futures: Futures | None = None,
    more: Sequence[tuple[str, Sequence[str]]] = (),
) -> list[Page]:
    """Return what the slides say, in their order."""
    told = look(view, scenario, texts, until, futures, source)
    found = [standing_page(told)]
    if told.segments.height > 1:
        found += [segment_page(told, row) for row in told.segments["segment"].to_list()]
    if view.series["branch"].n_unique() > 1 and told.total["target"][0] is not None:  # else nothing ranks them
        found.append(branches_page(told))
    found.append(trajectory_page(told))
    if told.flows:  # else nobody knows who came and went
        found.append(flows_page(told))
    if told.changed:
        found.append(differs_page(told))
    found += what_it_takes_pages(told)
    if scenario.programme:
        found += costs_pages(told)
    found += [Page(title=title, lead=lines, notes=speaker_notes(told)) for title, lines in more]
    return [*found, assumptions_page(told)]
