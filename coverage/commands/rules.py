"""What do `rules`, `targets`, `milestones` and `ladders` answer?"""

from __future__ import annotations

from coverage.base import declarations
from coverage.base.errors import UsageRefused
from coverage.base.texts import Texts
from coverage.commands import footnotes, listing, request
from coverage.commands.request import Answer, Request
from coverage.commands.terminal import Part
from coverage.model import runs
from coverage.model.targets import SHARE_OUT
from coverage.model.view import View
from coverage.standing import target_difficulty
from coverage.wording.rules import rules_table
from coverage.wording.target_difficulty import (
    describe_difficulties,
    describe_ladders,
    difficulty_table,
    ladders_table,
    milestones_table,
)


def answer_rules(options: Request, texts: Texts) -> Answer:
    """One row per segment and rule: the registrations a month that following it takes, with its usual parameters.

    `--scenario` and `--set` say what else goes on meanwhile, and give a rule other parameters.
    """
    _, wanted = request.one_scenario(options)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    wanted = wanted.at(view.as_of)
    rows = runs.every_rule(view, wanted, runs.horizon(view, wanted, request.month_of("until", options.until)))

    def page() -> list[Part]:
        return [listing.list_words(rules_table(rows, texts), texts("rules.table"))]

    return Answer(rows=rows, page=page, notes=footnotes.notes_of(view, handed, texts))


def answer_targets(options: Request, texts: Texts) -> Answer:
    """One row per branch and segment: what its target asks for, against the best twelve months that it ever had."""
    view, _, notes = _view(options, texts)
    rows = target_difficulty.strain(view)
    return Answer(
        rows=rows,
        page=lambda: [
            listing.list_words(difficulty_table(rows, texts), texts("strain.note")),
            describe_difficulties(rows, texts),
        ],
        notes=notes,
    )


def answer_milestones(options: Request, texts: Texts) -> Answer:
    """One row per branch, segment and month: the members to have by then."""
    view, _, notes = _view(options, texts)
    rows = target_difficulty.way_to_targets(view)

    return Answer(
        rows=rows,
        page=lambda: (
            [texts("strain.no_milestones")]
            if rows.is_empty()
            else [
                listing.list_words(milestones_table(rows, texts), texts("strain.milestones")),
                texts("strain.milestones_note"),
            ]
        ),
        notes=notes,
    )


def answer_ladders(options: Request, texts: Texts) -> Answer:
    """One row per set of targets in the file and month that it names: `set, month, workers, covered_by`, side by side
    (`strain.ladders`)."""
    view, handed, notes = _view(options, texts)
    book = request.target_book(options, handed)
    titles = {name: declarations.words(each_set.title, texts.language) or name for name, each_set in book.sets.items()}
    rows = target_difficulty.ladders(view, book)

    def page() -> list[Part]:
        text = describe_ladders(rows, titles, target_difficulty.active(view), texts)
        if rows.is_empty():
            return [text]
        return [listing.list_words(ladders_table(rows, titles, texts), texts("strain.sets"), named=2), text]

    return Answer(rows=rows, page=page, notes=notes)


def _view(options: Request, texts: Texts) -> tuple[View, request.DataRead, list[str]]:
    """Return what is asked about, its wider targets shared out as asked."""
    rule = next((rule for rule in SHARE_OUT if rule == options.share_out), None)
    if options.share_out is not None and rule is None:
        allowed = " | ".join(SHARE_OUT)
        raise UsageRefused("option_value", option="--share-out", found=options.share_out, allowed=allowed)
    handed = request.read(options, texts)
    view, _ = request.view_of(options, handed, texts)
    chosen = request.read_targets(options, handed)
    if rule is not None and chosen is not None:
        view = target_difficulty.shared(view, chosen, rule)
    return view, handed, footnotes.notes_of(view, handed, texts)
