"""Believes the text of a reply, whatever the code, by a small rule file."""

from __future__ import annotations

from importlib import resources

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.formats import own
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import RuleText


class ByText(RuleClassifier):
    """Reads the text of a permanent refusal: the first rule of words.toml that matches decides."""

    def __init__(self) -> None:
        text = (resources.files("probe.classify") / "words.toml").read_text("utf-8")
        super().__init__(own.parse([RuleText("words.toml", text)], {}))

    def cause_of(self, text: str) -> Cause | None:
        """Return the cause that a text names, None if no rule matches."""
        rule = self.deciding(ReceivedReply(None, None, text, Stage.RCPT))
        return None if rule is None else rule.cause
