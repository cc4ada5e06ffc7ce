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

POOR_REPUTATION = (
    "esa1.acme.iphmx.com\nYour access to this mail system has been rejected due to the sending MTA's poor reputation."
)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("User Unknown", Cause.USER_UNKNOWN),
        ("#5.1.0 Address rejected.", Cause.USER_UNKNOWN),
        ("Invalid Recipient - https://example.com/DOC-1369#550 [abc.uk125]", Cause.USER_UNKNOWN),
        ("The email account that you tried to reach\ndoes not exist.", Cause.USER_UNKNOWN),
        ("No such user here", Cause.USER_UNKNOWN),
        ("The email account that you tried to reach is disabled.", Cause.MAILBOX_DISABLED),
        ("Mailbox full", Cause.MAILBOX_FULL),
        ("mailbox over quota", Cause.MAILBOX_FULL),
        (POOR_REPUTATION, Cause.IP_REPUTATION),
        ("Blocked - see https://example.com/dnsbl-lookup?ip=127.10.0.1", Cause.IP_REPUTATION),
        ("csi.mimecast.org Poor Reputation Sender.", Cause.IP_REPUTATION),
        ("Too many messages in the last hour", Cause.VELOCITY),
        ("IP temporarily blacklisted", Cause.IP_REPUTATION),  # the first rule that matches decides
        ("Greylisted, see later", Cause.GREYLISTED),
        ("Message size exceeds fixed maximum message size", Cause.TOO_LARGE),
        ("Local Policy Violation", Cause.CONTENT),
        ("Transaction failed due to content filter", Cause.CONTENT),
        ("likely unsolicited mail", Cause.CONTENT),
        ("Relaying denied", Cause.SENDER_REJECTED),
        ("<ann@acme.example>: Sender address rejected: Domain not found", Cause.SENDER_REJECTED),
        ("<ann@acme.example>: Sender address rejected: User unknown in virtual mailbox table", Cause.SENDER_REJECTED),
        ("Sender address rejected: undeliverable address: host mx said: no such user", Cause.SENDER_REJECTED),
        ("Domain of sender address ann@acme.example does not exist", Cause.SENDER_REJECTED),
        ("The sender's mailbox does not exist", Cause.SENDER_REJECTED),
        ("Unable to verify sender address", Cause.SENDER_REJECTED),
        ("<ann@acme.example>: Recipient address rejected: Rejected by policy", Cause.POLICY),
        ("Recipient address rejected due to policy reasons", Cause.POLICY),
        ("Recipient address rejected: Message rejected due to: SPF fail - not authorized", Cause.POLICY),
        ("Mailbox unavailable because of local policy", Cause.POLICY),
        ("IP address 192.0.2.25 rejected", Cause.POLICY),
        ("Recipient address rejected", Cause.USER_UNKNOWN),
        ("<ann@acme.example>: Recipient address rejected: User unknown; see our policy", Cause.USER_UNKNOWN),
        ("<ann@acme.example>: Recipient address rejected: undeliverable address: x", Cause.USER_UNKNOWN),
        ("Recipient address rejected: this address no longer exists", Cause.USER_UNKNOWN),
        ("<ann@acme.example>: Recipient address rejected: Not in recipient list", Cause.USER_UNKNOWN),
        ("Recipient address rejected: Access denied", Cause.USER_UNKNOWN),  # how Exchange Online says it
        ("Recipient address rejected (in reply to RCPT TO command)", Cause.USER_UNKNOWN),
        ("User unknown; returned to sender", Cause.USER_UNKNOWN),
        ("Your access has been rejected", Cause.POLICY),
        ("Sorry", None),
        ("", None),
    ],
)
def test_the_text_gives_the_cause_whatever_the_code(text: str, cause: Cause | None) -> None:
    row = refused(code=550, enhanced="5.1.1", text=text)
    reading = ByText().classify(Evidence(row.recipient, (row,)))
    assert reading.cause is cause
    assert reading.alive is None


def test_the_first_rule_that_matches_a_text_gives_its_cause() -> None:
    assert ByText().cause_of("listed by Spamhaus; no such user") is Cause.IP_REPUTATION
    assert ByText().cause_of("Sorry") is None


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
