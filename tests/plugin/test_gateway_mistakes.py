"""What a gateway in a test does not understand is told in one sentence, with its place and what to write instead."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from mailing import ANN, BOB

from fake_gateways.truth import Cause
from probe.input_error import InputError
from probe.testing.gateway import GatewayFixture

STAGES: Final = "use one of: connect, ehlo, mail, rcpt, data, end-of-data"
CAUSES: Final = f"use one of: {', '.join(Cause)}"
UNREAD: Final = "'(' is no expression that RE2 reads (missing ): ()"
ESCAPE: Final = "mend it or escape special characters with \\"


class Mistake(NamedTuple):
    """A call that cannot be, and what is said of it."""

    method: str
    arguments: dict[str, Any]
    place: str
    problem: str
    remedy: str


MISTAKES: Final = [
    Mistake("refuse", {"cause": "speed"}, "cause='speed'", "is no cause", CAUSES),
    Mistake("refuse", {"claims": "gone"}, "claims='gone'", "is no cause", CAUSES),
    Mistake("refuse", {"at": "eod"}, "at='eod'", "is no stage of the dialogue", STAGES),
    Mistake("refuse", {"at": "report"}, "at='report'", "is no stage of the dialogue", STAGES),
    Mistake(
        "refuse",
        {"recipient": ANN, "at": "mail"},
        "recipient=...",
        "nobody knows the recipient at mail",
        "move at to rcpt, data or end-of-data",
    ),
    Mistake(
        "refuse", {"sender": ANN, "at": "ehlo"}, "sender=...", "nobody knows the sender at ehlo", "move at to mail"
    ),
    Mistake(
        "refuse",
        {"content": "x", "at": "data"},
        "content=...",
        "nobody knows the content at data",
        "move at to end-of-data, or leave it out",
    ),
    Mistake("refuse", {"content": "("}, "content=...", UNREAD, ESCAPE),
    Mistake(
        "refuse",
        {"client": "mx.acme.example"},
        "client=...",
        "'mx.acme.example' does not appear to be an IPv4 or IPv6 network",
        "write for example 127.0.0.1 or 127.10.0.0/24",
    ),
    Mistake(
        "refuse",
        {"rate": 5},
        "rate=...",
        "5 is no rate with a unit of time",
        'write for example "120/10m" for 120 in ten minutes',
    ),
    Mistake("refuse", {"attempts": 0}, "attempts=0", "is no number of attempts", "give 1 or more"),
    Mistake("refuse", {"attempts": "2"}, "attempts='2'", "is no number of attempts", "give 1 or more"),
    Mistake(
        "refuse",
        {"reply": "250 fine"},
        "reply='250 fine'",
        "is no reply that refuses",
        'write for example "550 5.1.1 No such user"',
    ),
    Mistake(
        "refuse",
        {"reply": "550 4.1.1 no"},
        "reply='550 4.1.1 no'",
        "enhanced status 4.1.1 belongs to another class than code 550 (RFC 2034 section 4)",
        "correct it",
    ),
    Mistake(
        "refuse",
        {"reply": "550 no\r\n250 yes"},
        "reply='550 no\\r\\n250 yes'",
        "'no\\r\\n250 yes' has empty text, blanks at the ends of a line, or control characters",
        "remove them",
    ),
    Mistake(
        "mailbox",
        {"address": "bob"},
        "'bob'",
        "is no address",
        "write for example ann@acme.example or *@acme.example",
    ),
    Mistake(
        "mailbox",
        {"address": BOB, "state": "gone"},
        "state='gone'",
        "is no state of a mailbox",
        "use one of: present, full, departed, disabled",
    ),
    Mistake(
        "let_pass",
        {"duration": "60"},
        "duration=...",
        "'60' is no duration with a unit",
        'write for example "90s", "5m", "2h" or "1d"',
    ),
    Mistake("assert_received", {"content": "("}, "content=...", UNREAD, ESCAPE),
    Mistake("assert_refused", {"cause": "speed"}, "cause='speed'", "is no cause", CAUSES),
    Mistake("assert_refused", {"claimed": "speed"}, "claimed='speed'", "is no cause", CAUSES),
    Mistake("assert_refused", {"stage": "eod"}, "stage='eod'", "is no stage of the dialogue", STAGES),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.method} {mistake.place}")
def test_a_call_that_cannot_be(mistake: Mistake, gateway: GatewayFixture) -> None:
    with pytest.raises(InputError) as raised:
        getattr(gateway, mistake.method)(**mistake.arguments)
    assert str(raised.value) == (f"gateway.{mistake.method}({mistake.place}): {mistake.problem}; {mistake.remedy}")


def test_a_persona_that_does_not_exist() -> None:
    with pytest.raises(InputError) as raised:
        GatewayFixture("acme")
    assert str(raised.value).startswith("gateway(persona='acme'): 'acme' is not a persona; use one of: barracuda-")
