"""What the baseline classifiers make of a recipient's last reply."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.truth import Cause, Remedy
from probe.classify import Evidence, Reading, RecipientClassifier
from probe.classify.registry import BASELINES
from probe.records.attempt import Attempt, Failure

POOR_REPUTATION = (
    "esa1.acme.iphmx.com\nYour access to this mail system has been rejected due to the sending MTA's poor reputation."
)


def read(name: str, *attempts: Attempt) -> Reading:
    """Let a baseline read a recipient's attempts."""
    return BASELINES[name]().classify(Evidence(attempts[-1].recipient, attempts))


@pytest.mark.parametrize(
    ("code", "enhanced", "cause"),
    [
        (550, "5.1.1", Cause.USER_UNKNOWN),
        (554, "5.1.1", Cause.USER_UNKNOWN),
        (550, "5.1.2", Cause.BAD_DOMAIN),
        (551, "5.1.6", Cause.ADDRESS_MOVED),
        (550, "5.1.8", Cause.SENDER_REJECTED),
        (556, "5.1.10", Cause.BAD_DOMAIN),  # RFC 7505 4.2
        (550, "5.2.1", Cause.MAILBOX_DISABLED),
        (552, "5.2.2", Cause.MAILBOX_FULL),
        (552, "5.3.4", Cause.TOO_LARGE),
        (550, "5.7.1", Cause.POLICY),
        (550, "5.7.26", Cause.AUTHENTICATION),  # RFC 7372 3.3
        (550, "5.4.99", Cause.NETWORK),
        (550, "5.6.0", Cause.CONTENT),
        (550, "5.0.0", Cause.USER_UNKNOWN),  # RFC 3463 3.1: nothing is said, so the code speaks
        (550, None, Cause.USER_UNKNOWN),
        (551, None, Cause.ADDRESS_MOVED),
        (552, None, Cause.MAILBOX_FULL),
        (553, None, Cause.USER_UNKNOWN),
        (554, None, Cause.POLICY),
        (571, None, Cause.SYSTEM),
    ],
)
def test_by_code_believes_the_enhanced_status_and_then_the_code(code: int, enhanced: str | None, cause: Cause) -> None:
    assert read("code", refused(code=code, enhanced=enhanced, text="blocked by our spam filter")).cause is cause


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
        ("Your access has been rejected", Cause.POLICY),
        ("Sorry", None),
        ("", None),
    ],
)
def test_by_text_believes_the_words_whatever_the_numbers(text: str, cause: Cause | None) -> None:
    reading = read("text", refused(code=550, enhanced="5.1.1", text=text))
    assert reading.cause is cause
    assert reading.alive is None


@pytest.mark.parametrize("name", BASELINES)
def test_a_delivered_message_is_no_bounce(name: str) -> None:
    assert read(name, attempt(text="User unknown, no such user")).cause is None


@pytest.mark.parametrize("name", BASELINES)
def test_the_last_attempt_decides(name: str) -> None:
    assert read(name, refused(text="User unknown"), attempt()).cause is None


@pytest.mark.parametrize("name", ["code", "text"])
@pytest.mark.parametrize(("code", "enhanced"), [(421, "4.7.0"), (450, "4.1.1"), (452, None)])
def test_a_deferral_is_never_more_than_temporary(name: str, code: int, enhanced: str | None) -> None:
    reading = read(name, refused(code=code, enhanced=enhanced, text="User unknown"))
    assert reading.cause is Cause.SYSTEM
    assert not reading.suppress


@pytest.mark.parametrize("name", ["code", "text"])
@pytest.mark.parametrize("failure", list(Failure))
def test_a_failure_of_the_network_is_read_as_one(name: str, failure: Failure) -> None:
    reading = read(name, refused(code=None, failure=failure, text="User unknown"))
    is_nowhere = failure is Failure.NO_ROUTE
    assert reading.cause is (Cause.BAD_DOMAIN if is_nowhere else Cause.NETWORK)
    assert failure in reading.reason
    assert reading.suppress is is_nowhere


@given(st.integers(400, 599), st.text(max_size=80))
def test_always_keep_suppresses_nobody(code: int, text: str) -> None:
    assert read("always-keep", refused(code=code, text=text)) == Reading(None, reason="keeps every address")


@pytest.mark.parametrize("cause", list(Cause))
def test_only_causes_whose_remedy_is_suppression_suppress(cause: Cause) -> None:
    assert Reading(cause).suppress == (cause.remedy is Remedy.SUPPRESS)


def test_no_idea_suppresses_nobody() -> None:
    assert not Reading(None).suppress


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_gives_the_same_reading_every_time(name: str) -> None:
    classifier: RecipientClassifier = BASELINES[name]()
    evidence = Evidence("ann@acme.example", (refused(text="User unknown"),))
    assert classifier.classify(evidence) == classifier.classify(evidence)
