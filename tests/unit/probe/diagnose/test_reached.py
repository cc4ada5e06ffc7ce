"""What is said if a recipient is accepted."""

from __future__ import annotations

from diagnosing import RECIPIENT, replied

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.diagnosis import Observed
from probe.diagnose.reached import Reached, Unreached
from probe.records.attempt import Failure
from probe.sender.transaction import Result

TAKEN = Observed(replied(250, "2.1.5", "ok"), 90.0)
DELIVERED = Observed(replied(250, "2.0.0", "queued", Stage.END_OF_DATA), 90.0)


def test_a_recipient_that_is_accepted_is_reachable() -> None:
    assert Reached(RECIPIENT, TAKEN).sentences() == [
        f"{RECIPIENT} is reachable. The recipient is accepted at RCPT:",
        "    250 2.1.5 ok",
        "Nothing was sent. Whether your message is accepted shows --message FILE, which sends it.",
    ]


def test_after_a_deferral_it_was_a_greylist() -> None:
    reached = Reached(RECIPIENT, DELIVERED, Observed(replied(451, "4.7.1", "Greylisted"), 30.0))
    said = reached.sentences()
    assert said[:3] == [
        f"{RECIPIENT} is reachable. The message was accepted:",
        "    250 2.0.0 queued",
        "60 seconds before, the answer was:",
    ]
    assert "greylist" in said[-1]
    deferred = reached.document()["deferred"]
    assert (deferred["at"], deferred["stage"], deferred["reply"]) == (30.0, "rcpt", "451 4.7.1 Greylisted")


def test_it_has_a_document() -> None:
    document = Reached(RECIPIENT, TAKEN).document()
    accepted = document.pop("accepted")
    assert document == {"schema": 1, "recipient": RECIPIENT, "reachable": True, "deferred": None}
    assert (accepted["at"], accepted["stage"], accepted["reply"]) == (90.0, "rcpt", "250 2.1.5 ok")


def test_without_a_server_nothing_is_said_about_the_mailbox() -> None:
    refused = Result(Stage.CONNECT, failure=Failure.UNREACHABLE, text="Connection refused")
    found = Unreached(RECIPIENT, Observed(refused, 90.0))
    assert found.sentences()[0] == f"Nobody could be asked about {RECIPIENT}: Connection refused."
    assert "Nothing can be said about the mailbox" in found.sentences()[2]
    failed = found.document()["failed"]
    assert (failed["at"], failed["stage"], failed["reply"]) == (90.0, "connect", "Connection refused")
