"""Wrong arguments of the gateway fixture: one sentence with the place, the problem and the remedy."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from mailing import ANN, BOB

from fake_gateways import persona as personas
from fake_gateways.reports.dsn import Layout
from fake_gateways.truth import Cause
from probe.testing import GatewayFixture, InputError

STAGES: Final = "use one of: connect, ehlo, mail, rcpt, data, end-of-data"
CAUSES: Final = f"use one of: {', '.join(Cause)}"
UNREAD: Final = "'(' is not a regular expression that RE2 can read (missing ): ()"
ADDRESS: Final = "write for example ann@acme.example or *@acme.example"
BOTH: Final = "write for example ann@acme.example or acme.example"
SPELLINGS: Final = "write for example ann@acme.example, Ann <ann@acme.example> or acme.example"
DURATION: Final = 'write for example "90s", "5m", "2h" or "1d"'
KEYWORDS: Final = "use one of: sender, client, content, rate, attempts, wait, at, optional"
LAYOUTS: Final = f"use one of: {', '.join(Layout)}"
ESCAPE: Final = "correct it, or escape special characters with \\"


class Mistake(NamedTuple):
    """A wrong call, and the parts of its error sentence."""

    method: str
    arguments: dict[str, Any]
    place: str
    problem: str
    remedy: str


MISTAKES: Final = [
    Mistake("refuse", {"cause": "speed"}, "cause='speed'", "is not a cause", CAUSES),
    Mistake("refuse", {"claims": "gone"}, "claims='gone'", "is not a cause", CAUSES),
    Mistake("refuse", {"at": "eod"}, "at='eod'", "is not a stage of the dialogue", STAGES),
    Mistake("refuse", {"at": "report"}, "at='report'", "is not a stage of the dialogue", STAGES),
    Mistake(
        "refuse",
        {"recipient": ANN, "at": "mail"},
        "recipient=...",
        "the recipient is not known yet at mail",
        "set at to rcpt, data or end-of-data",
    ),
    Mistake(
        "refuse", {"sender": ANN, "at": "ehlo"}, "sender=...", "the sender is not known yet at ehlo", "set at to mail"
    ),
    Mistake(
        "refuse",
        {"content": "x", "at": "data"},
        "content=...",
        "the content is not known yet at data",
        "set at to end-of-data, or omit it",
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
        "5 is not a rate with a unit of time",
        'write for example "120/10m" for 120 in ten minutes',
    ),
    Mistake("refuse", {"attempts": 0}, "attempts=0", "is not a number of attempts", "give 1 or more"),
    Mistake("refuse", {"attempts": "2"}, "attempts='2'", "is not a number of attempts", "give 1 or more"),
    Mistake(
        "refuse",
        {"reply": "250 fine"},
        "reply='250 fine'",
        "is not a reply that refuses (4xx or 5xx)",
        'write for example "550 5.1.1 No such user"',
    ),
    Mistake("refuse", {"recipient": ""}, "recipient=...", "a recipient is never empty", ADDRESS),
    Mistake("refuse", {"recipient": "Ann Smith"}, "recipient=...", "'Ann Smith' is not an address", SPELLINGS),
    Mistake("refuse", {"recipient": []}, "recipient=...", "() has no address", BOTH),
    Mistake("refuse", {"sender": ["a b"]}, "sender=...", "'a b' is not an address", SPELLINGS),
    Mistake("refuse", {"wait": "5"}, "wait=...", "'5' is not a duration with a unit", DURATION),
    Mistake("delay", {"duration": "5"}, "duration=...", "'5' is not a duration with a unit", DURATION),
    Mistake("report", {"recipient": ""}, "recipient=...", "a recipient is never empty", ADDRESS),
    Mistake("report", {"recipient": ANN, "cause": "gone"}, "cause='gone'", "is not a cause", CAUSES),
    Mistake("refuse", {"attemps": 2}, "attemps=...", "is not an argument", "did you mean attempts?"),
    Mistake("hang", {"recipients": [ANN]}, "recipients=...", "is not an argument", KEYWORDS),
    Mistake("report", {"recipient": ANN, "layout": "x"}, "layout='x'", "is not a layout of reports", LAYOUTS),
    Mistake("cut", {"at": "eod"}, "at='eod'", "is not a stage of the dialogue", STAGES),
    Mistake(
        "hang",
        {"recipient": ANN, "at": "mail"},
        "recipient=...",
        "the recipient is not known yet at mail",
        "set at to rcpt, data or end-of-data",
    ),
    Mistake(
        "refuse",
        {"reply": "550 no\r\n250 yes"},
        "reply='550 no\\r\\n250 yes'",
        "has lines with the codes 550 and 250",
        "give one reply",
    ),
    Mistake(
        "mailbox",
        {"address": "bob"},
        "'bob'",
        "is not a valid address",
        "write for example ann@acme.example or *@acme.example",
    ),
    Mistake(
        "mailbox",
        {"address": BOB, "state": "gone"},
        "state='gone'",
        "is not a state of a mailbox",
        "use one of: present, full, departed, disabled",
    ),
    Mistake(
        "let_pass",
        {"duration": "60"},
        "duration=...",
        "'60' is not a duration with a unit",
        DURATION,
    ),
    Mistake("assert_received", {"content": "("}, "content=...", UNREAD, ESCAPE),
    Mistake("assert_refused", {"cause": "speed"}, "cause='speed'", "is not a cause", CAUSES),
    Mistake("assert_refused", {"claimed": "speed"}, "claimed='speed'", "is not a cause", CAUSES),
    Mistake("assert_refused", {"stage": "eod"}, "stage='eod'", "is not a stage of the dialogue", STAGES),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: f"{mistake.method} {mistake.place}")
def test_a_wrong_argument_is_an_error_with_place_problem_and_remedy(mistake: Mistake, gateway: GatewayFixture) -> None:
    with pytest.raises(InputError) as raised:
        getattr(gateway, mistake.method)(**mistake.arguments)
    assert str(raised.value) == (f"gateway.{mistake.method}({mistake.place}): {mistake.problem}; {mistake.remedy}")


def test_an_unknown_persona_is_an_error_that_lists_the_personas() -> None:
    with pytest.raises(InputError) as raised:
        GatewayFixture("acme")
    assert str(raised.value).startswith(
        f"gateway(persona='acme'): 'acme' is not a persona; use one of: {', '.join(personas.names())}"
    )
