"""The classifier that reads by rules: causes, reasons, and what needs no rule."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused
from rule_files import rules

from fake_gateways.truth import Cause
from probe.classify import Evidence, Reading, RecipientClassifier
from probe.classify.rules.classifier import RuleClassifier
from probe.records.attempt import Failure

KUMOMTA = '[rules]\nTransientFailure = ["busy"]\nInvalidRecipient = ["^4.*unknown", "unknown"]\nAutoReply = ["away"]\n'
EVIDENCE = Evidence("ann@acme.example", (refused(code=550, enhanced="5.1.1", text="unknown"),))


def read(text: str, **columns: object) -> Reading:
    """Let KumoMTA's rules read a refusal."""
    classifier: RecipientClassifier = RuleClassifier(rules("kumomta", KUMOMTA))
    return classifier.classify(Evidence("ann@acme.example", (refused(text=text, **columns),)))


def test_the_cause_is_that_of_the_class_and_the_reason_names_the_rule() -> None:
    reading = read("unknown", code=550, enhanced="5.1.1")
    assert reading == Reading(Cause.USER_UNKNOWN, "rule 3 (1:3): InvalidRecipient by unknown", place="1:3")
    assert reading.suppress


def test_a_temporary_reply_that_the_rules_read_keeps_their_class() -> None:
    assert read("unknown", code=450, enhanced=None).cause is Cause.USER_UNKNOWN
    assert read("busy", code=450, enhanced=None).cause is Cause.SYSTEM


def test_a_class_that_is_not_a_bounce_has_no_cause() -> None:
    assert read("away") == Reading(None, "rule 4 (1:4): AutoReply by away", place="1:4")


def test_a_reply_that_no_rule_matches_has_no_cause() -> None:
    assert read("sorry") == Reading(None, "no rule matches (Uncategorized)")


def test_a_delivered_message_is_not_a_bounce_whatever_the_text() -> None:
    classifier = RuleClassifier(rules("kumomta", KUMOMTA))
    assert classifier.classify(Evidence("ann@acme.example", (attempt(text="unknown"),))) == Reading(None, "delivered")


@pytest.mark.parametrize("failure", list(Failure))
def test_without_a_reply_the_failure_gives_the_cause(failure: Failure) -> None:
    expected = Cause.BAD_DOMAIN if failure is Failure.NO_ROUTE else Cause.NETWORK
    assert read("unknown", code=None, failure=failure) == Reading(expected, f"no reply: {failure}")


def test_a_cached_reading_of_one_domain_is_not_used_for_another() -> None:
    classifier = RuleClassifier(rules("momentum", "acme.example,10,unknown"))
    refusal = (refused(text="unknown"),)
    assert classifier.classify(Evidence("ann@acme.example", refusal)).cause is Cause.USER_UNKNOWN
    assert classifier.classify(Evidence("ann@other.example", refusal)).cause is None


def test_a_reply_too_long_for_the_cache_is_read_as_well() -> None:
    assert read("x" * 5000 + " unknown").cause is Cause.USER_UNKNOWN
