"""What a test or a classifier in Python is given as text."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from fake_gateways.smtp.envelope import Stage
from fake_gateways.units import parse_duration, parse_rate, parse_size
from fake_gateways.wording import Wording
from probe.classify import Attempt, ByCode, ByText, Context, Evidence, Outcome, Returned
from probe.records.returned import ReturnedKind
from probe.returned_mail.verp import decode
from probe.testing.arguments import read_conditions
from probe.testing.patterns import contains, matches_any, read_addresses
from probe.testing.told_reply import read_reply
from simulation.fuzzing.slots import Slots
from simulation.fuzzing.target import Target

_WORDS: Final = (
    b"550 5.1.1 ", b"550-", b"Diagnostic-Code: smtp; ", b"said: ", b"{recipient}", b"{", b"}", b"{recipient:>9}",
    b"\n", b"(in reply to RCPT TO command)", b"ann@acme.example", b"*@acme.example", b'"ann smith"@acme.example',
    b"<>", b"5/1m", b"127.0.0.0/8", b"2001:db8::/32", b"90s", b"10 MB", b"user unknown", b"mailbox full", b"blocked",
    b"421", b"4.2.2",
)  # fmt: skip
_AT: Final = 1_772_438_400.0
_HEARD: Final = Attempt(
    lane="acme",
    seq=0,
    at=_AT,
    duration_s=0.1,
    number=0,
    campaign="news",
    message="news.eml",
    message_id="<1@sender.example>",
    return_path="",
    recipient="ann@acme.example",
    mx="mx.acme.example",
    mx_address="127.1.0.1",
    local_address="127.10.0.1",
    local_port=1025,
    tls=False,
    stage="rcpt",
    outcome="refused",
    code=550,
    enhanced=None,
    text="no",
    failure=None,
    connection=1,
    position=1,
    greeting="",
)


def _reply(data: bytes) -> None:
    """Read a reply that a test tells a gateway; what is read can be said."""
    wording = read_reply(data.decode("utf-8", "replace"), "gateway.refuse(reply)")
    assert isinstance(wording, Wording)
    assert wording.say(Slots()).code == wording.code


def _conditions(data: bytes) -> None:
    """Read the conditions of a test's rule, one a line."""
    lines = data.decode("utf-8", "replace").split("\n")
    given: Any = {}
    for line in lines:
        name, equals, value = line.partition("=")
        if equals:
            given[name] = value
    recipient = given.pop("recipient", None)
    conditions = read_conditions("refuse", recipient, given)
    for patterns in filter(None, (conditions.recipients, conditions.senders)):
        matches_any(patterns, lines[-1])
    if conditions.content is not None:
        contains(data, conditions.content)


def _units(data: bytes) -> None:
    """Read a value as each unit."""
    text = data.decode("utf-8", "replace")
    for parse in (parse_duration, parse_rate, parse_size, read_addresses):
        try:
            parse(text)
        except ValueError:
            continue
    decode(text)


def _evidence(data: bytes) -> None:
    """Classify what was heard about a recipient: one attempt a line, and a report if a line is empty."""
    head, _, report = data.decode("utf-8", "replace").partition("\n\n")
    attempts = [_attempt(number, line) for number, line in enumerate(head.split("\n"))]
    returned = (_returned(report),) if report else ()
    evidence = Evidence("ann@acme.example", tuple(attempts), returned)
    for classifier in _by_recipient():
        classifier.classify(evidence)
    (reading,) = Context().classify_campaign({"ann@acme.example": evidence}).values()
    assert reading.alive is None or 0 <= reading.alive <= 1


@cache
def _by_recipient() -> tuple[ByCode, ByText]:
    return ByCode(), ByText()


def _attempt(number: int, line: str) -> Attempt:
    code, _, rest = line.partition(" ")
    status, _, text = rest.partition(" ")
    value = int(code) if code.isascii() and code.isdecimal() and len(code) == 3 else None
    outcome = Outcome.FAILED if value is None else Outcome.DELIVERED if value < 400 else Outcome.REFUSED
    stage = tuple(Stage)[len(text) % len(Stage)]
    return _HEARD._replace(
        seq=number,
        at=_AT + 300 * number,
        number=number,
        stage=stage,
        outcome=outcome,
        code=value,
        enhanced=status or None,
        text=text,
    )


def _returned(text: str) -> Returned:
    return Returned(
        "acme",
        1,
        1e9,
        "",
        "news",
        "ann@acme.example",
        ReturnedKind.REPORT,
        "failed",
        None,
        None,
        text,
        "",
        "report",
        "",
    )


TARGETS: Final = (
    Target("reply-told", _reply, words=_WORDS, batch=5_000),
    Target("conditions", _conditions, words=_WORDS),
    Target("units", _units, words=_WORDS, batch=5_000),
    Target("evidence", _evidence, words=_WORDS),
)
