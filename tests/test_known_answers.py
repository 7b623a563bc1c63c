"""Is a question about a view worked out once, and are the answers of a server that runs for days few?"""

from __future__ import annotations

from coverage.model import known_answers
from coverage.model.known_answers import KnownAnswers


def test_a_question_is_worked_out_once():
    asked: list[int] = []
    view = KnownAnswers()
    answers = [view.once("pace", lambda: asked.append(1) or [7]) for _ in range(3)]
    assert answers == [[7], [7], [7]]
    assert len(asked) == 1


def test_the_scenarios_of_many_visitors_do_not_pile_up():
    view = KnownAnswers()
    kept = 0
    for scenario in range(10 * known_answers.MOST):
        assert view.once(("solve", scenario), lambda scenario=scenario: [scenario]) == [scenario]
        kept = max(kept, len(view._answers))
    assert kept == known_answers.MOST
