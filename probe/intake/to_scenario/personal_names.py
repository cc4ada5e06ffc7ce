"""Hides the names of people in replies. A name is known because it is a part of an address in the log."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from probe.intake.to_scenario.anonymise import Naming
from probe.intake.to_scenario.ordinary_words import LETTERS, LETTERS_OR_SLOT, folded, is_ordinary, spellings

_BETWEEN: Final = re.compile(r",? ")
_SHORTEST: Final = 3
"""A shorter name is taken for one only if it begins with a capital letter, as in ``Bo``."""


class PersonalNames:
    """The names among the words of some wordings: those that addresses have too, and that are no ordinary words."""

    def __init__(self, wordings: Iterable[str], addresses: Iterable[str], naming: Naming) -> None:
        self._naming = naming
        self._initials: dict[str, set[str]] = {}
        """By name: the initials that stand beside it in addresses, as in ``o.nilsson``."""
        if naming.hides:
            words = {word for text in wordings for word in LETTERS_OR_SLOT.findall(text) if may_be_a_name(word)}
            spelled = {spelling for word in words for spelling in spellings(word)}
            for address in addresses:
                parts = LETTERS.findall(folded(address.rpartition("@")[0]))
                for name in parts:
                    if len(name) > 1 and name in spelled:
                        self._initials.setdefault(name, set()).update(part for part in parts if len(part) == 1)

    def hidden(self, wording: str) -> str:
        """Return a wording with made-up names for the names in it; slots stay.

        Beside a family name that addresses have with an initial, the given name is hidden too.
        """
        words = list(LETTERS_OR_SLOT.finditer(wording)) if self._initials else []
        initials = [self._initials_of(word[0]) for word in words]
        found, end = [], 0
        for place, word in enumerate(words):
            beside = (
                initials[other]
                for other in (place - 1, place + 1)
                if 0 <= other < len(words) and _BETWEEN.fullmatch(wording, *_gap(word, words[other]))
            )
            is_name = initials[place] is not None or is_given_name(word[0], {i for each in beside for i in each or ()})
            found += [wording[end : word.start()], self._naming.person(word[0]) if is_name else word[0]]
            end = word.end()
        return "".join([*found, wording[end:]])

    def _initials_of(self, word: str) -> set[str] | None:
        """Return the initials that addresses have beside a name; None if the word is no name."""
        if not may_be_a_name(word) or (len(word) < _SHORTEST and not word.istitle()):
            return None
        found = [self._initials[each] for each in spellings(word) if each in self._initials]
        return set().union(*found) if found else None


def may_be_a_name(word: str) -> bool:
    """Whether a word, and no slot or brace, is none of the ordinary words."""
    return word[0] not in "{}" and not is_ordinary(word)


def is_given_name(word: str, initials: Collection[str]) -> bool:
    """Whether a word beside a family name may be the given name that begins with one of the initials."""
    return word.istitle() and may_be_a_name(word) and folded(word)[0] in initials


def _gap(word: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    return min(word.end(), other.end()), max(word.start(), other.start())
