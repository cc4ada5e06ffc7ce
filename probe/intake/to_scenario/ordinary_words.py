"""Words and hosts that are no secrets: those of mail servers' replies in common languages, and those of personas."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

from fake_gateways import persona as personas

LETTERS: Final = re.compile(r"[^\W\d_]+")
"""A run of letters, of any script."""
_SHORTEST_NAME_OF_HOST: Final = 4
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
LETTERS_OR_SLOT: Final = re.compile(r"\{\{|\}\}|\{\w+\}|[^\W\d_]+")
"""A run of letters, a slot, or a doubled brace of a wording."""
_SLOT: Final = re.compile(r"\{\w+\}")
_CODE: Final = re.compile(r"\w(?:[\w+'-]*\w)?")
_HOST: Final = re.compile(r"(?<![\w.-])(?:[\w-]+\.)+[a-z]{2,}")


def folded(word: str) -> str:
    """Return a word in lower case and without diacritics, as in addresses: ``muller`` for ``Müller``."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))


def spellings(word: str) -> frozenset[str]:
    """Return how addresses may spell a word: ``muller`` and ``mueller`` for ``Müller``."""
    return frozenset({folded(word), folded(word.casefold().translate(_UMLAUTS))})


def is_ordinary(word: str) -> bool:
    """Whether a word is an ordinary one; whether all words of it are, if it has digits or signs between them."""
    return all(folded(each) in _words() for each in LETTERS.findall(word))


def is_public(host: str) -> bool:
    """Whether a host belongs to a block list, a filter or a large provider that everybody knows."""
    labels = host.lower().split(".")
    return any(".".join(labels[place:]) in _hosts() for place in range(len(labels)))


def is_of_a_persona(code: str) -> bool:
    """Whether a word with digits stands in the wording of a persona, as ``AS16012611`` does."""
    return code in _codes()


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for text in _wordings() for code in _CODE.findall(_SLOT.sub(" ", text)))


@cache
def _lists() -> dict[str, str]:
    text = (resources.files("probe.intake.to_scenario") / "ordinary_words.toml").read_text("utf-8")
    return {name: str(words) for name, words in tomllib.loads(text).items()}


@cache
def _hosts() -> frozenset[str]:
    in_personas = (host for text in _wordings() for host in _HOST.findall(_SLOT.sub(" ", text)))
    return frozenset((*_lists()["hosts"].split(), *in_personas))


@cache
def _wordings() -> tuple[str, ...]:
    texts = (refusal.text for name in personas.names() for refusal in personas.load(name).refusal)
    return (*texts, (resources.files("fake_gateways") / "plain_words.toml").read_text("utf-8"))


@cache
def _words() -> frozenset[str]:
    texts = [text for name, text in _lists().items() if name != "hosts"]
    texts += [_SLOT.sub(" ", text) for text in _wordings()]
    texts += [first for host in _hosts() if len(first := host.split(".")[0]) >= _SHORTEST_NAME_OF_HOST]
    return frozenset(folded(word) for text in texts for word in LETTERS.findall(text))
