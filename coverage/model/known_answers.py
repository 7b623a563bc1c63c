"""What was asked of a view already? It never changes, so each question is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

Answer = TypeVar("Answer")
MOST = 256
"""So many answers are kept. A view serves every visitor of a server for days, and each scenario asks anew."""


class KnownAnswers:
    """The answers to questions that slides, pages and notes all ask; what is made of a view begins with none."""

    @cached_property
    def _answers(self) -> dict[Hashable, Any]:
        return {}

    def once(self, question: Hashable, answer: Callable[[], Answer]) -> Answer:
        """Return the answer to a question, worked out the first time; where too many are kept, all begin anew.

        What another visitor's thread does to the answers meanwhile changes nothing of what is returned here.
        """
        known: Answer | None = self._answers.get(question)
        if known is not None:
            return known
        result = answer()
        if len(self._answers) >= MOST:
            self._answers.clear()
        self._answers[question] = result
        return result
