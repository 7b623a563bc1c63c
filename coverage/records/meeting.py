"""What was tried in a meeting, what came of it, and who decided to do what by when?

A meeting holds bookmarks (a scenario at a moment of the discussion, with its outcome in words) and decisions (what,
who, when, beside the scenario that they rest on). It is a TOML file, a Markdown page, or slides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import tomlkit
from pydantic import Field, ValidationError

from coverage.base import declarations
from coverage.base.declarations import Declared, Words
from coverage.base.texts import Texts, shortened
from coverage.model import scenarios
from coverage.model.scenarios import Scenario
from coverage.wording.scenarios import describe_scenario

_TITLE = 120  # letters of a decision in a title; the slide before holds all of it
LINES = 6
"""So many lines fit on a slide in letters that the last row can read."""


_LONG = 2000
FORMAT = 1
"""How a meeting is written; a later format may have more keys, and opens all the same."""


class Place(Declared):
    """What was looked at: as parameters of the app's link, of which those that are empty were not said."""

    data: str = Field("", max_length=_LONG)
    region: str = Field("", max_length=_LONG)
    province: str = Field("", max_length=_LONG)
    branch: str = Field("", max_length=_LONG)
    segments: str = Field("", max_length=_LONG)
    month: str = Field("", max_length=_LONG)
    targets: str = Field("", max_length=_LONG)


class Noted(Declared):
    """Where in the figures something was noted: `where` says it in words, `place` opens it again."""

    where: Words = ""
    place: Place | None = None


class Bookmark(Noted):
    """A scenario at a moment of the discussion; `outcome` is the sentence that said where it leads."""

    title: str = Field(min_length=1, max_length=200)
    at: datetime
    outcome: Words = ""
    scenario: Scenario = Scenario()


class Decision(Noted):
    """What was decided, who does it, until when, and on which scenario it rests."""

    what: str = Field(min_length=1, max_length=1000)
    who: str = Field("", max_length=200)
    when: str = Field("", max_length=120)  # people say "before the next budget", not only a day
    at: datetime
    scenario: Scenario = Scenario()


class Meeting(Declared):
    """The bookmarks and decisions of one meeting, in the order in which they were made."""

    title: str = Field("", max_length=200)
    bookmark: tuple[Bookmark, ...] = ()
    decision: tuple[Decision, ...] = ()
    format: int = FORMAT

    @property
    def empty(self) -> bool:
        return not self.bookmark and not self.decision


def validated(document: Mapping[str, object]) -> Meeting:
    """Check a meeting kept as plain values; raise `DeclarationRefused` with key, found and allowed."""
    try:
        return Meeting.model_validate(document)
    except ValidationError as error:
        raise declarations.refusal(error, Meeting, document, file="", lines={}) from error


def loads(text: str, file: str) -> Meeting:
    """Read a meeting from TOML; raise `DeclarationRefused` with file, line, key, found and allowed."""
    return declarations.load(text, file, Meeting)


def loads_own(text: str, file: str) -> tuple[Meeting, tuple[str, ...]]:
    """Read a meeting that the app wrote, in this version or a later one, with the keys that this one does not know."""
    return declarations.load_own(text, file, Meeting)


def dumps(meeting: Meeting) -> str:
    """Write a meeting as TOML."""
    plain = simplified(meeting)
    return tomlkit.dumps({"format": FORMAT} | plain if plain else plain)


def simplified(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting as plain values, the form of its file and of the browser's state."""
    document: dict[str, Any] = {"title": meeting.title} if meeting.title else {}
    for key, ones in (("bookmark", meeting.bookmark), ("decision", meeting.decision)):
        if ones:
            document[key] = [
                {
                    name: {key: text for key, text in value.items() if text} if name == "place" else value
                    for name, value in decision.model_dump(mode="json", exclude={"scenario"}).items()
                    if value
                }
                | ({"scenario": plain} if (plain := scenarios.simplified(decision.scenario)) else {})
                for decision in ones
            ]
    return document


def markdown(meeting: Meeting, texts: Texts, *, lines: Sequence[str] = ()) -> str:
    """Write the meeting as a Markdown page; `lines` say where the figures come from."""
    written = [f"# {_plain(meeting.title or texts('meeting.page_title'))}", "", f"## {texts('meeting.decisions')}", ""]
    for number, decision in enumerate(meeting.decision, 1):
        written += [
            f"{number}. **{_plain(decision.what)}**"
            + "".join(f"  \n   {_plain(line)}" for line in _who(decision, texts))
        ]
        written += [f"   - {_plain(line)}" for line in rests_on(decision, texts)]
    if not meeting.decision:
        written.append(texts("meeting.no_decisions"))
    written += ["", f"## {texts('meeting.bookmarks')}", ""]
    for number, mark in enumerate(meeting.bookmark, 1):
        written += [f"### {number}. {_plain(mark.title)}", "", f"{moment(mark.at, texts)}", ""]
        outcome = declarations.words(mark.outcome, texts.language)
        written += [_plain(outcome), ""] if outcome else []
        written += [*(f"- {_plain(line)}" for line in rests_on(mark, texts)), ""]
    if not meeting.bookmark:
        written += [texts("meeting.no_bookmarks"), ""]
    if lines:
        written += [f"## {texts('meeting.sources')}", "", *(f"- {_plain(line)}" for line in lines), ""]
    return "\n".join(written).rstrip() + "\n"


def slides(meeting: Meeting, texts: Texts) -> list[tuple[str, list[str]]]:
    """Return the meeting as slides, (title, lines): the decisions, what each rests on, then each bookmark; at most
    `LINES` lines each."""
    decided = ["  · ".join([decision.what, *_who(decision, texts)]) for decision in meeting.decision]
    pages = _pages(texts("meeting.decided"), decided, texts)
    for decision in meeting.decision:
        title = texts("meeting.rests_on", what=shortened(decision.what, _TITLE))
        pages += _pages(title, rests_on(decision, texts), texts)
    for bookmark in meeting.bookmark:
        outcome = declarations.words(bookmark.outcome, texts.language)
        title = f"{bookmark.title}: {outcome}" if outcome else bookmark.title
        pages += _pages(title, rests_on(bookmark, texts), texts)
    return pages


def moment(at: datetime, texts: Texts) -> str:
    """Write when something was said: day and time."""
    return texts("meeting.moment", day=texts.day(at.date()), hour=f"{at.hour:02d}", minute=f"{at.minute:02d}")


def _who(decision: Decision, texts: Texts) -> list[str]:
    return [
        texts(f"meeting.line_{key}", **{key: value}) for key in ("who", "when") if (value := getattr(decision, key))
    ]


def rests_on(bookmark: Bookmark | Decision, texts: Texts) -> list[str]:
    """Say what something noted rests on: what was looked at, and what the scenario does."""
    where = declarations.words(bookmark.where, texts.language)
    return [*([where] if where else []), *basis(bookmark.scenario, texts)]


def basis(scenario: Scenario, texts: Texts) -> list[str]:
    """Say what a scenario does; one that does nothing says so."""
    return describe_scenario(scenario, texts) or [texts("meeting.no_steps")]


def _pages(title: str, lines: list[str], texts: Texts) -> list[tuple[str, list[str]]]:
    parts = [lines[start : start + LINES] for start in range(0, len(lines), LINES)]
    if len(parts) < 2:
        return [(title, part) for part in parts]
    return [
        (texts("meeting.page_of", title=title, page=number, pages=len(parts)), part)
        for number, part in enumerate(parts, 1)
    ]


def _plain(text: str) -> str:
    """Show what people typed as they typed it: it is no Markdown, and no HTML."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(text.split()))
