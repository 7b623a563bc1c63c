"""What do `rules`, `targets` and `milestones` answer?"""

from __future__ import annotations

from coverage import rules, scenarios, strain
from coverage.commands import asking
from coverage.commands.asking import Answer, Asked
from coverage.errors import UsageRefused
from coverage.scope import View
from coverage.targets import SHARE_OUT
from coverage.terminal import Column, Listing, Part
from coverage.texts import Texts


def takes(asked: Asked, texts: Texts) -> Answer:
    """One row per segment and rule: the registrations a month that following it takes, with its usual parameters.

    `--scenario` and `--set` say what else goes on meanwhile, and give a rule other parameters.
    """
    wanted = next(iter(asking.scenarios_of(asked).values()))
    handed = asking.read(asked, texts)
    view, _ = asking.view_of(asked, handed, texts)
    rows = scenarios.every_rule(view, wanted, scenarios.horizon(view, wanted, asking.month_of("until", asked.until)))

    def page() -> list[Part]:
        return [_listing(rules.compared(rows, texts), texts("rules.table"))]

    return Answer(rows=rows, page=page, notes=asking.notes_of(view, handed, texts))


def targets(asked: Asked, texts: Texts) -> Answer:
    """One row per branch and segment: what its target asks for, against the best twelve months that it ever had."""
    view, notes = _view(asked, texts)
    rows = strain.strain(view)
    return Answer(
        rows=rows,
        page=lambda: [_listing(strain.in_words(rows, texts), texts("strain.note")), strain.summary(rows, texts)],
        notes=notes,
    )


def milestones(asked: Asked, texts: Texts) -> Answer:
    """One row per branch, segment and month: the members to have by then."""
    view, notes = _view(asked, texts)
    rows = strain.path(view)

    return Answer(
        rows=rows,
        page=lambda: (
            [texts("strain.no_milestones")]
            if rows.is_empty()
            else [
                _listing(strain.milestones(rows, texts), texts("strain.milestones")),
                texts("strain.milestones_note"),
            ]
        ),
        notes=notes,
    )


def _view(asked: Asked, texts: Texts) -> tuple[View, list[str]]:
    """Return what is asked about, its wider targets shared out as asked."""
    rule = next((one for one in SHARE_OUT if one == asked.share_out), None)
    if asked.share_out is not None and rule is None:
        allowed = " | ".join(SHARE_OUT)
        raise UsageRefused("option_value", option="--share-out", found=asked.share_out, allowed=allowed)
    handed = asking.read(asked, texts)
    view, _ = asking.view_of(asked, handed, texts)
    chosen = asking.read_targets(asked, handed)
    if rule is not None and chosen is not None:
        view = strain.shared(view, chosen, rule)
    return view, asking.notes_of(view, handed, texts)


def _listing(table: dict[str, list[str]], title: str) -> Listing:
    """List a table of words; the first two columns are text, the last is a verdict."""
    columns = [Column(head=head, cells=cells, figures=_is_figure(cells)) for head, cells in table.items()]
    return Listing(columns=columns, title=title)


def _is_figure(cells: list[str]) -> bool:
    return any(one[-1:].isdigit() for one in cells) and all(one[:1] in "+−–0123456789" or not one for one in cells)
