"""Believes the words: a small rule file over the reply's text, whatever the code."""

from __future__ import annotations

import tomllib
from importlib import resources

import re2

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence, Reading, without_refusal


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
        text = evidence.heard[2].replace("\n", " ")
        for cause, pattern, compiled in self._rules:
            if compiled.search(text):
                return Reading(cause, reason=f"matches {pattern}")
        return Reading(None, confidence=0.0, reason="no rule matches")
