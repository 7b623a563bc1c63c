"""What does a presentation say, slide by slide?

A first slide that says for whom and of what it is, then sentences, charts and tables of a view and a scenario, in the
order in which a meeting asks: where do we stand, each
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
from coverage.reports.pages_of_standing import branches_page, cover_page, segment_page, standing_page
from coverage.reports.provenance import Provenance
from coverage.reports.results import of


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
    result = of(view, scenario, texts, until, futures, source)
    pages_so_far = [cover_page(result), standing_page(result)]
    if result.segments.height > 1:
        pages_so_far += [segment_page(result, row) for row in result.segments["segment"].to_list()]
    if view.series["branch"].n_unique() > 1 and result.total["target"][0] is not None:  # else nothing ranks them
        pages_so_far.append(branches_page(result))
    pages_so_far.append(trajectory_page(result))
    if result.flows:  # else nobody knows who came and went
        pages_so_far.append(flows_page(result))
    if result.changed:
        pages_so_far.append(differs_page(result))
    pages_so_far += what_it_takes_pages(result)
    if scenario.programme:
        pages_so_far += costs_pages(result)
    pages_so_far += [Page(title=title, lead=lines, notes=speaker_notes(result)) for title, lines in more]
    return [*pages_so_far, assumptions_page(result)]
