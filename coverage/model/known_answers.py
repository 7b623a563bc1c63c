"""What was asked of a view already? It never changes, so each question is worked out once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class KnownAnswers:
    """The answers to questions that slides, pages and notes all ask; what is made of a view begins with none."""

    @cached_property
    def _answers(self) -> dict[Hashable, Any]:
        return {}

    def once(self, question: Hashable, answer: Callable[[], Answer]) -> Answer:
        """Return the answer to a question, worked out the first time."""
        if question not in self._answers:
            self._answers[question] = answer()
        result: Answer = self._answers[question]
        return result
