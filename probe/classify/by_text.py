"""Believes the words: a small rule file over the reply's text, whatever the code."""

from __future__ import annotations

import tomllib
from importlib import resources

import re2

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading, without_refusal


class ByText:
    """Searches the last reply for each rule's expression in turn; the first that is found decides."""

    def __init__(self) -> None:
        text = (resources.files("probe.classify") / "words.toml").read_text("utf-8")
        options = re2.Options()
        options.case_sensitive = False
        self._rules = [
            (Cause(rule["cause"]), rule["pattern"], re2.compile(rule["pattern"], options))
            for rule in tomllib.loads(text)["rule"]
        ]

    def classify(self, evidence: Evidence) -> Reading:
        """Read a permanent refusal by its words."""
        settled = without_refusal(evidence)
        if settled is not None:
            return settled
        rule = self._rule_for(evidence.heard[2])
        if rule is None:
            return Reading(None, "no rule matches")
        return Reading(rule[0], f"matches {rule[1]}")

    def cause_of(self, text: str) -> Cause | None:
        """Return the cause that words speak of, None where no rule knows them."""
        rule = self._rule_for(text)
        return None if rule is None else rule[0]

    def _rule_for(self, text: str) -> tuple[Cause, str] | None:
        text = text.replace("\n", " ")
        return next(((cause, pattern) for cause, pattern, compiled in self._rules if compiled.search(text)), None)
