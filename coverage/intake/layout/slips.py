"""Which known word is an unknown one a slip of?

The same first letter and one edit (two from nine letters on): `Cabng`, `Aktf`. Plain likeness would take `Bekerja` for
a slip of `pekerja`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from coverage.intake.layout import vocabulary

_LONG, _SHORTEST = 9, 4


def near(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words that are slips, each with the word that is meant."""
    return [(word, meant) for word in words if (meant := nearest(word))]


@lru_cache(maxsize=10_000)
def mended(text: str) -> str:
    """Return a text with its unknown words as they are meant, if that makes all of it known; else nothing."""
    reading = vocabulary.read(text)
    if not reading.rest or reading.get("foreign"):
        return ""
    meant = {word: nearest(word) for word in reading.rest}
    if not all(meant.values()):
        return ""
    words = " ".join(meant.get(word, word) for word in vocabulary.words_of(text))
    better = vocabulary.read(words)
    telling = any(better.get(facet) for facet in ("role", "measure", "segment", "kind", "share", "counted"))
    return words if better.known and telling and not better.get("foreign") else ""


@lru_cache(maxsize=10_000)
def nearest(word: str) -> str:
    """Return the known word that a word is a slip of; nothing where it is none."""
    if len(word) < _SHORTEST or not word.isalpha():
        return ""
    allowed = 2 if len(word) >= _LONG else 1
    near = [known for known in vocabulary.single_words() if known[0] == word[0] and _within(word, known, allowed)]
    return min(near, key=lambda known: (abs(len(known) - len(word)), known)) if near else ""


def _within(word: str, known: str, allowed: int) -> bool:
    """Say whether so many letters added, lost, changed or exchanged with the next turn one word into the other."""
    if abs(len(word) - len(known)) > allowed:
        return False
    before: list[int] = []
    row = list(range(len(known) + 1))
    for at, letter in enumerate(word, start=1):
        now = [at]
        for place, other in enumerate(known, start=1):
            cost = min(row[place] + 1, now[place - 1] + 1, row[place - 1] + (letter != other))
            if at > 1 and place > 1 and letter == known[place - 2] and word[at - 2] == other:
                cost = min(cost, before[place - 2] + 1)
            now.append(cost)
        before, row = row, now
    return row[-1] <= allowed
