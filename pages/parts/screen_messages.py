"""What does each screen of the presentation say, by its name?"""

from __future__ import annotations

from coverage.reports import screens
from coverage.reports.screens import Message
from pages.parts import meeting, session, steps


def message_of_screen(screen: session.Screen, months_ahead: int, name: str) -> Message:
    """Return title, figure, label and lines of a screen; the what-if says its own, from where the hand is."""
    words, view, scenario = screen.texts, screen.looked_at, steps.current_scenario(screen.looked_at)
    match name:
        case "standing":
            return screens.message_of_standing(view, words)
        case "branches":
            return screens.message_of_branches(session.every_branch(screen), words)
        case "what_if":
            return Message(title="", figure="", label="")
        case "takes":
            return screens.message_of_demand(view, screens.needed(view), words)
        case "costs":
            return screens.message_of_costs(view, scenario, screens.bills(view, scenario, months_ahead), words)
        case "decision":
            return screens.message_of_decision(scenario, meeting.held(), words)
        case segment:
            return screens.message_of_segment(view, segment, words)
