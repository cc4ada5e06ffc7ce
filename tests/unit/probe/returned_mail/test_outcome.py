"""What became of a message, by the words of reports."""

from __future__ import annotations

import pytest

from probe.returned_mail.model import Action
from probe.returned_mail.outcome import outcome


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Warning: message 1ab-000-AA delayed 24 hours", "has not yet been delivered to one or more of its recipients"),
        ("Delivery Status Notification (Delay)", "** Delivery incomplete **"),
        ("Warning: could not send message for past 4 hours", "THIS IS A WARNING MESSAGE ONLY."),
        ("Delayed Mail (still being retried)", "Your message could not be delivered for 4.0 hours."),
        ("Verzögerte Zustellung", "Leider noch nicht zugestellt."),
        ("Mail status", "Your message has not been delivered yet. We will keep trying for 2 more days."),
        ("Mail status", "Temporary problem delivering. You will be notified if the delivery fails permanently."),
        ("Mail status", "Your message is taking longer than usual to deliver."),
        ("Mail status", "Votre message n'a pas encore été remis."),
        ("Mail status", "The following addresses had transient non-fatal errors"),
        ("Mail status", "The message is still undelivered. Delivery attempts will continue for some time."),
    ],
)
def test_a_delay_is_a_delay(subject: str, text: str) -> None:
    assert outcome(subject, text) is Action.DELAYED


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Undelivered Mail Returned to Sender", "Your message has not been delivered to the following recipient:"),
        ("Notice", "Your message wasn't delivered to ann@acme.example."),
        ("Notice", "Your message could not be delivered to: ann@acme.example"),
        ("Notice", "Your message was never\ndelivered to Ann."),
        ("Notice", "An error occurred before the message was delivered to the mailbox."),
        ("Notice", "The message was delayed for 5 days. I'm not going to try again; this message has expired."),
        ("Notice", "Temporary failure delivering the message; this is a permanent error now. Giving up."),
        ("Delivery Status Notification (Failure)", "The server said: 451 delivery is delayed for unknown senders"),
        ("", ""),
    ],
)
def test_a_failure_is_a_failure(subject: str, text: str) -> None:
    assert outcome(subject, text) is Action.FAILED


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Successful Mail Delivery Report", ""),
        ("Mail status", "Your message was successfully delivered to the destination(s) listed below."),
        ("Mail status", "Your message has been delivered to the following recipients:\n\n  ann@acme.example"),
        ("Relayed: News", "Delivery to these recipients or groups is complete, but no notification was sent."),
        ("Mail status", "We were not sure at first. Your message was delivered to ann@acme.example."),
    ],
)
def test_a_success_is_a_success(subject: str, text: str) -> None:
    assert outcome(subject, text) is Action.DELIVERED


def test_only_temporary_replies_and_no_word_of_failure_are_a_delay() -> None:
    assert outcome("Opóźnione dostarczenie", "ann@acme.example\n451 4.7.1 Spróbuj później") is Action.DELAYED
    assert outcome("Zpráva", "ann@acme.example\n451 4.7.1 Greylisted, try later") is Action.DELAYED
    assert outcome("Zpráva", "ann@acme.example could not be delivered\n451 4.7.1 Greylisted") is Action.FAILED
    assert outcome("Zpráva", "ann@acme.example\n451 4.7.1 Greylisted\n550 5.1.1 no") is Action.FAILED
