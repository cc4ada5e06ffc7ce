"""The text baseline, and its rule file."""

from __future__ import annotations

import pytest
from book_rows import refused

from fake_gateways.truth import Cause
from probe.classify.by_text import ByText
from probe.classify.evidence import Evidence
from probe.classify.rules.lint import FindingKind, lint
from probe.classify.rules.persona_replies import known_replies
from probe.classify.rules.rule_tests import failures


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Mailbox full", Cause.MAILBOX_FULL),
        ("No such user", Cause.USER_UNKNOWN),
        ("listed by Spamhaus; no such user", Cause.IP_REPUTATION),
        ("Sorry", None),
    ],
)
def test_the_first_rule_that_matches_the_text_gives_the_cause(text: str, cause: Cause | None) -> None:
    assert ByText().cause_of(text) is cause


def test_the_code_does_not_matter_for_a_permanent_refusal() -> None:
    for code, enhanced in ((550, "5.7.1"), (554, None)):
        row = refused(code=code, enhanced=enhanced, text="User unknown")
        assert ByText().classify(Evidence(row.recipient, (row,))).cause is Cause.USER_UNKNOWN


def test_a_temporary_reply_is_temporary_whatever_its_text() -> None:
    row = refused(code=450, enhanced=None, text="User unknown")
    assert ByText().classify(Evidence(row.recipient, (row,))).cause is Cause.SYSTEM


def test_the_baselines_own_tests_pass() -> None:
    classifier = ByText()
    assert len(classifier.rule_set.tests) > 10
    assert failures(classifier, classifier.rule_set.tests) == []


def test_the_baselines_own_rules_are_written_well() -> None:
    kinds = {finding.kind for finding in lint(ByText(), known_replies())}
    assert kinds <= {FindingKind.MISREAD}  # it believes the words, which is what it is there for
