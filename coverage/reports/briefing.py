"""What does an executive read on two pages: where we stand, where it leads, what differs, what it costs, on what basis?

One content (`written`), two forms: a PDF of two A4 pages, and one HTML file that asks the
network for nothing. Headings are the sentences that stand on the screens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coverage.base.texts import Texts
from coverage.reports import gallery, pages_of_cost, pages_of_course, pages_of_standing, provenance
from coverage.reports.page_parts import Page, Table
from coverage.reports.pictures import Picture
from coverage.reports.results import Results, only_segment
from coverage.wording import chances, headlines, sentences

ROWS = {"standing": 6, "branches": 6, "differs": 9, "costs": 6}
"""So many rows of a table have room; the last one says how many more there are."""


_ROWS_OF_SECOND = {1: 10, 2: 10, 3: 7}
"""So many rows have room in all tables of the second page together, by how many blocks it has."""


COLUMNS = 3
"""So many segments stand side by side at the most."""


SAMPLE_COLOUR = "#B03A00"


@dataclass(frozen=True, kw_only=True)
class BriefingBlock:
    """A heading, what follows it, a chart and a table: as far as there is any."""

    name: str
    heading: str
    lead: Sequence[str] = ()
    picture: Picture | None = None
    table: Table | None = None


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """The blocks of the two pages (`segments` stand side by side), and what is said around them."""

    title: str
    place: str
    mark: str
    first: Sequence[BriefingBlock]
    segments: Sequence[BriefingBlock]
    second: Sequence[BriefingBlock]
    basis: str
    sources: Sequence[str]
    foot: str


def written(results: Results) -> Briefing:
    """Return what the two pages say."""
    texts, source, only = results.texts, results.source, only_segment(results)
    standing = pages_of_standing.standing_page(results)
    bullet = gallery.bullet(results)
    first = [_block("standing", standing, bullet[0] if bullet else None)]
    course = pages_of_course.trajectory_page(results)
    first.append(_block("course", replace(course, parts=()), gallery.course_of(results, only)))
    if results.changed:
        first.append(_block("differs", pages_of_course.differs_page(results)))
    names = [] if only else results.segments["segment"].to_list()
    second = []
    if results.view.series["branch"].n_unique() > 1 and results.total["target"][0] is not None:
        second.append(_block("branches", pages_of_standing.branches_page(results)))
    spent = pages_of_cost.costs_pages(results) if results.scenario.programme else []
    second += [_block("costs", page) for page in spent]
    for page in pages_of_course.what_it_takes_pages(results):  # the slide has the table, and what its rows are
        second.append(_block("takes", replace(page, lead=page.lead[:-1], parts=())))
    if only and results.flows:
        page = replace(pages_of_course.flows_page(results), lead=())
        second.insert(0, _block("flows", page))
    mark = texts("provenance.sample") if source.sample else ""
    return Briefing(
        title=texts("briefing.title"),
        place=provenance.describe_place(source, texts),
        mark=mark,
        first=first,
        segments=[_segment(results, name) for name in names],
        second=second,
        basis=texts("deck.sources"),
        sources=provenance.describe_provenance(source, texts),
        foot=provenance.short(source, texts),
    )


def _block(name: str, page: Page, picture: Picture | None = None) -> BriefingBlock:
    """Return a slide's sentences and table as a block; a table that is too long says how many more rows there are."""
    tables = [part for part in page.parts if isinstance(part, Table)]
    return BriefingBlock(
        name=name, heading=page.title, lead=page.lead, picture=picture, table=tables[0] if tables else None
    )


def _segment(results: Results, segment: str) -> BriefingBlock:
    still, moved = results.table(segment)
    lines = sentences.describe_outcome_in_parts(still, moved, results.texts, segment=segment, changed=results.changed)
    fan = results.fan(segment)
    rest = [*lines[1:], *([] if fan is None else [chances.describe_sureness(fan, results.texts)])]
    return BriefingBlock(
        name=f"segment-{segment}",
        heading=headlines.headline_of_outcome(moved, results.texts, segment=segment),
        lead=rest,
        picture=gallery.course_of(results, segment),
    )


def share_rows(blocks: Sequence[BriefingBlock]) -> list[int]:
    """Return how many rows each table of the second page has: none more than it needs, the room shared fairly."""
    wanted = [0 if block.table is None else min(len(block.table.rows), ROWS.get(block.name, 8)) for block in blocks]
    shares = [0] * len(wanted)
    while sum(shares) < min(_ROWS_OF_SECOND.get(len(blocks), 7), sum(wanted)):
        shares[min((at for at, most in enumerate(wanted) if shares[at] < most), key=shares.__getitem__)] += 1
    return shares


def cut_table(table: Table, most: int, texts: Texts) -> tuple[Table, str]:
    """Return the rows that have room (a sum stays), and how many are left out in words."""
    rest = len(table.rows) - most
    if rest <= 0:
        return table, ""
    last = list(table.rows[-1:]) if table.strong else []
    rows = [*table.rows[: max(most - len(last), 0)], *last]
    return replace(table, rows=rows), texts.count("deck.more_rows", len(table.rows) - len(rows))
