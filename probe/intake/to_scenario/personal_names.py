"""Hides the names of people in replies. A name is known because it is a part of an address in the log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from probe.intake.to_scenario.anonymise import Naming
from probe.intake.to_scenario.ordinary_words import LETTERS, LETTERS_OR_SLOT, folded, is_ordinary

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_SHORTEST: Final = 3
"""A shorter name is taken for one only if it begins with a capital letter, as in ``Bo``."""


class PersonalNames:
    """The names among the words of some wordings: those that addresses have too, and that are no ordinary words."""

    def __init__(self, wordings: Iterable[str], addresses: Iterable[str], naming: Naming) -> None:
        self._naming = naming
        self._names: frozenset[str] = frozenset()
        if naming.hides:
            words = {word for text in wordings for word in _words(text) if not is_ordinary(word)}
            spellings = {spelling for word in words for spelling in _spellings(word)}
            self._names = frozenset(
                name
                for address in addresses
                for name in LETTERS.findall(folded(address.rpartition("@")[0]))
                if len(name) > 1 and name in spellings
            )

    def hidden(self, wording: str) -> str:
        """Return a wording with made-up names for the names in it; slots stay."""
        return LETTERS_OR_SLOT.sub(self._made_up, wording) if self._names else wording

    def _made_up(self, found: re.Match[str]) -> str:
        word = found[0]
        if word[0] in "{}" or is_ordinary(word) or self._names.isdisjoint(_spellings(word)):
            return word
        if len(word) < _SHORTEST and not word.istitle():
            return word
        return self._naming.person(word)


def _words(wording: str) -> Iterable[str]:
    return (word for word in LETTERS_OR_SLOT.findall(wording) if word[0] not in "{}")


def _spellings(word: str) -> frozenset[str]:
    """Return how addresses may spell a word: ``muller`` and ``mueller`` for ``Müller``."""
    return frozenset({folded(word), folded(word.casefold().translate(_UMLAUTS))})
