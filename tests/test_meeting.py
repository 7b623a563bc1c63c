"""Does a meeting come back from its file, and do its page and slides say what was tried and decided?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from coverage.base import texts
from coverage.base.errors import DeclarationRefused
from coverage.model import scenarios
from coverage.records import meeting
from coverage.records.meeting import Bookmark, Decision, Meeting, Place
from coverage.wording.scenarios import describe_scenario

ID, EN = texts.load("id"), texts.load("en")
WIB = timezone(timedelta(hours=7))
AT = datetime(2026, 11, 23, 10, 5, tzinfo=WIB)
PUSH = scenarios.loads(
    '[levers.informal]\nnew = 0.2\n[levers.informal.branch.Palembang]\nlapse = -0.1\n[[programme]]\nname = "APBD"\n'
    'segment = "informal"\nworkers = 10000\nstarts = "2023-03"\nmonths = 6\n',
    "push.toml",
)
HELD = Meeting(
    title="Rakor Palembang",
    bookmark=(
        Bookmark(title="Usul Sari", at=AT, outcome={"id": "Sampai 80.000.", "en": "Up to 80,000."}, scenario=PUSH),
        Bookmark(title="Tanpa apa-apa", at=AT),
    ),
    decision=(
        Decision(
            what="Daftarkan 10.000",
            who="Pak Budi",
            when="sebelum Maret",
            at=AT,
            scenario=PUSH,
            where={"id": "Jambi · Januari 2023", "en": "Jambi · January 2023"},
            place=Place(data="sumbagsel", branch="Jambi", month="2023-01"),
        ),
    ),
)


def test_a_meeting_comes_back_from_its_file() -> None:
    assert meeting.loads(meeting.dumps(HELD), "rapat.toml") == HELD


def test_a_meeting_comes_back_from_the_browser_s_state() -> None:
    assert meeting.validated(meeting.simplified(HELD)) == HELD


def test_an_empty_meeting_is_an_empty_file() -> None:
    assert meeting.dumps(Meeting()) == ""
    assert meeting.loads("", "rapat.toml").empty
    assert not HELD.empty


def test_a_file_that_is_no_meeting_is_refused_with_line_and_key() -> None:
    with pytest.raises(DeclarationRefused) as refused:
        meeting.loads('title = "x"\n[[decision]]\nwho = "Budi"\nat = "2026-11-23T10:05:00Z"\n', "rapat.toml")

    assert refused.value.code == "key_missing"
    assert (refused.value.data["line"], refused.value.data["key"]) == ("2", "decision.1.what")


def test_the_page_says_what_who_and_when_beside_the_scenario() -> None:
    page = meeting.markdown(HELD, ID, lines=["Per Januari 2023"])

    assert page.startswith("# Rakor Palembang\n\n## Keputusan\n\n1. **Daftarkan 10.000**")
    for said in (
        "Pelaksana: Pak Budi",
        "- Jambi · Januari 2023",
        "Waktu: sebelum Maret",
        "23 November 2026, 10.05",
        "Sampai 80.000.",
    ):
        assert said in page
    assert "- Informal: Pendaftaran baru +20 %" in page
    assert "- Tanpa langkah baru" in page
    assert page.endswith("- Per Januari 2023\n")


def test_the_page_is_in_the_reader_s_language() -> None:
    page = meeting.markdown(HELD, EN)

    assert "Up to 80,000." in page
    assert "- Informal: New registrations +20%" in page


def test_what_people_type_is_no_markup() -> None:
    page = meeting.markdown(Meeting(decision=(Decision(what="# <script> *a*\n| b", at=AT),)), EN)

    assert r"**\# \<script\> \*a\* \| b**" in page


def test_a_meeting_without_anything_says_so() -> None:
    page = meeting.markdown(Meeting(), EN)

    assert EN("meeting.no_decisions") in page
    assert EN("meeting.no_bookmarks") in page
    assert meeting.slides(Meeting(), EN) == []


def test_slides_are_the_decisions_and_then_each_bookmark() -> None:
    decided, ground, first, second = meeting.slides(HELD, EN)

    assert decided[0] == "What was decided"
    assert decided[1] == ["Daftarkan 10.000  · Who: Pak Budi  · When: sebelum Maret"]
    assert ground == ("What this rests on: Daftarkan 10.000", ["Jambi · January 2023", *describe_scenario(PUSH, EN)])
    assert first[0] == "Usul Sari: Up to 80,000."
    assert first[1] == describe_scenario(PUSH, EN)
    assert second == ("Tanpa apa-apa", ["Without new steps"])


def test_a_slide_holds_at_most_six_lines() -> None:
    decided = tuple(Decision(what=f"D{number}", at=datetime(2026, 1, 1, tzinfo=UTC)) for number in range(13))

    pages = meeting.slides(Meeting(decision=decided), EN)

    assert [len(lines) for _, lines in pages] == [6, 6, 1] + [1] * 13
    assert [title for title, _ in pages[:3]] == [f"What was decided ({number}/3)" for number in (1, 2, 3)]
    assert [line for _, lines in pages[:3] for line in lines] == [f"D{number}" for number in range(13)]


def test_a_meeting_of_a_later_version_opens_with_the_keys_that_are_not_known():
    text = meeting.dumps(HELD).replace("format = 1", 'format = 2\nroom = "Aula"')

    held, unknown = meeting.loads_own(text, "rapat.toml")

    assert held.model_copy(update={"format": 1}) == HELD
    assert unknown == ("room",)
