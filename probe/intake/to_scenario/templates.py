"""Groups reply texts by template; the varying parts become slots (template mining by drain3)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final, NamedTuple

from drain3 import TemplateMiner
from drain3.template_miner_config import TemplateMinerConfig

from fake_gateways.smtp.envelope import domain_of

MAX_TEMPLATES: Final = 2000
"""The most templates; beyond that the least recently used are dropped, so that noise does not fill the memory."""
MAX_WORDS: Final = 50_000
_WORDS_OF_A_REPLY: Final = 120
_EMAIL: Final = re.compile(r"[^\s<>()\[\]\"',;:]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,251}[A-Za-z0-9]")
_ADDRESS: Final = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)|(?<![\w:])(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])"
)
_ID: Final = re.compile(
    r"\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{8,}\b|\b\d{6,}\b|\b[0-9a-fA-F]{16,}\b"
)
_SLOT: Final = re.compile(r"<\*>")
_FIRST_STATUS: Final = re.compile(
    r"^(?:smtp ?; ?)?(?:[245]\d\d(?=[ -])[ -]+)?(?:#?[245]\.\d{1,3}\.\d{1,3}(?= )[ -]+)?", re.IGNORECASE
)


class Template(NamedTuple):
    """A text with slots as in personas, and how often it was seen."""

    text: str
    seen: int


class Templates:
    """Groups replies as they are added; the templates are final after the last one.

    A word that appears in replies about a single company counts as private, and becomes a slot, unless it is among the
    ``plain`` words. With ``is_private`` False every word is kept.
    """

    def __init__(self, plain: frozenset[str], *, is_private: bool) -> None:
        settings = TemplateMinerConfig()
        settings.drain_max_clusters = MAX_TEMPLATES
        settings.drain_sim_th = 0.5
        settings.drain_max_children = 100
        settings.profiling_enabled = False
        self._miner = TemplateMiner(config=settings)
        self._plain = plain
        self._is_private = is_private
        self._companies: dict[str, str | None] = {}
        self._seen: Counter[int] = Counter()

    def add(self, text: str, recipient: str, local_address: str = "") -> int:
        """Add a reply about a recipient; return the number of its template."""
        masked = mask(text, recipient, local_address)
        domain = domain_of(recipient)
        for word in masked.split():
            if len(self._companies) < MAX_WORDS or word in self._companies:
                before = self._companies.setdefault(word, domain)
                if before != domain:
                    self._companies[word] = None
        number = int(self._miner.add_log_message(masked)["cluster_id"])
        self._seen[number] += 1
        return number

    def found(self) -> dict[int, Template]:
        """Return the templates by their numbers."""
        return {
            cluster.cluster_id: Template(self._public(cluster.get_template()), self._seen[cluster.cluster_id])
            for cluster in self._miner.drain.clusters
        }

    def _public(self, text: str) -> str:
        words = [_SLOT.sub("{id}", word) for word in text.split()]
        if self._is_private:
            words = [word if self._is_public(word) else "{id}" for word in words]
        merged = [word for place, word in enumerate(words) if word != "{id}" or words[place - 1 : place] != ["{id}"]]
        return " ".join(merged) or "{id}"

    def _is_public(self, word: str) -> bool:
        bare = word.strip("<>()[].,;:!?'\"").lower()
        return "{" in word or bare in self._plain or self._companies.get(word, "") is None


def mask(text: str, recipient: str, local_address: str = "") -> str:
    """Return a reply on one line, with slots for recipient, addresses and ids; its own braces become parentheses."""
    text = "".join(each if each.isprintable() else " " for each in text).replace("{", "(").replace("}", ")")
    text = " ".join(_FIRST_STATUS.sub("", text).split()[:_WORDS_OF_A_REPLY])
    if recipient:
        text = re.sub(re.escape(recipient), "{recipient}", text, flags=re.IGNORECASE)
        local = recipient.rpartition("@")[0]
        if len(local) > 2:
            text = re.sub(rf"(?<![\w.@-]){re.escape(local)}(?![\w@-])", "{recipient}", text, flags=re.IGNORECASE)
        domain = domain_of(recipient)
        if domain:
            text = re.sub(rf"(?<![\w@-]){re.escape(domain)}\b", "{domain}", text, flags=re.IGNORECASE)
    text = _EMAIL.sub("{sender}", text)
    if local_address:
        text = text.replace(local_address, "{ip}")
    text = _ADDRESS.sub("{ip}", text)
    return _ID.sub("{id}", text)
