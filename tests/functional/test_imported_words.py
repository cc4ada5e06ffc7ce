"""The replay of a log says what the log says, in the same words, about made-up people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from fake_gateways import persona as personas
from fake_gateways.smtp.envelope import Stage, domain_of
from fake_gateways.smtp.reply import Reply
from fake_gateways.truth import Cause
from fake_gateways.wording import Wording
from probe.classify.by_text import ByText
from probe.classify.context import Context
from probe.classify.evidence import Evidence
from probe.classify.registry import choose
from probe.intake.event import Event, EventKind, LogLine
from probe.intake.formats import FORMATS, mailbox
from probe.intake.hints import Hints
from probe.intake.to_scenario.anonymise import Anonymiser
from probe.intake.to_scenario.write_scenario import import_as_scenario
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.scenario.load import load

KEY: Final = b"a key for tests, and no other use"
SENDER: Final = "news@messenger.example"
CLIENT: Final = "203.0.113.5"
IDENTIFIER: Final = "4Bq1Ns0Qz9z1"
_IP: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")
COMMANDS: Final = {Stage.RCPT: "RCPT TO", Stage.END_OF_DATA: "end of DATA"}
NAMES: Final = "anna.berg ben_costa cdora the.max no info eric-koch f.lang no-reply will vera gina7".split()


class Refused(NamedTuple):
    """A recipient who was refused: how, when, by which server."""

    recipient: str
    wording: Wording
    stage: Stage
    reply: Reply
    mx: str


def refused() -> list[Refused]:
    """Return a recipient for every wording of the personas."""
    found: dict[tuple[int, str], Refused] = {}
    for name in personas.names():
        for wording in personas.load(name).refusal:
            stage = Stage.RCPT if Stage.RCPT in wording.stages else Stage.END_OF_DATA
            key = wording.code, wording.text
            if key in found or "backend" in wording.names or stage not in wording.stages:
                continue
            number = len(found)
            domain = f"northwind{number % 40}.example"
            recipient = f"{NAMES[number % len(NAMES)]}{number // len(NAMES)}@{domain}"
            if number < len(NAMES):
                recipient = f"{NAMES[number]}@{domain}"
            values = slots(recipient, SENDER, CLIENT, f"mx1.{domain}")
            found[key] = Refused(recipient, wording, stage, wording.say(values), f"mx1.{domain}")
    return list(found.values())


def slots(recipient: str, sender: str, ip: str, host: str, identifier: str = IDENTIFIER) -> dict[str, str]:
    """Return what the slots of a wording stand for."""
    domain = domain_of(sender)
    return {
        "recipient": recipient,
        "local_part": recipient.rpartition("@")[0],
        "domain": domain_of(recipient),
        "sender": sender,
        "sender_domain": domain,
        "ip": ip,
        "helo": f"mta1.{domain.removeprefix('bounce.')}",
        "id": identifier,
        "host": host,
    }


def wire(reply: Reply, between: str) -> str:
    """Return a reply as it came, with something else between its lines."""
    return reply.octets.decode().rstrip("\r\n").replace("\r\n", between)


def postfix(each: Refused) -> str:
    """Return a line of Postfix's log."""
    said = f"host {each.mx}[192.0.2.10] said: {wire(each.reply, ' ')} (in reply to {COMMANDS[each.stage]} command)"
    status = each.reply.enhanced or f"{each.reply.code // 100}.0.0"
    result = "bounced" if each.reply.code >= 500 else "deferred"
    return (
        f"Mar  2 08:00:05 mta1 postfix/qmgr[103]: A1B2C3D4E5: from=<{SENDER}>, size=2048, nrcpt=1 (queue active)\n"
        f"Mar  2 08:00:05 mta1 postfix/smtp[104]: A1B2C3D4E5: to=<{each.recipient}>, relay={each.mx}[192.0.2.10]:25, "
        f"delay=1, delays=0/0/0.5/0.5, dsn={status}, status={result} ({said})"
    )


def exim(each: Refused) -> str:
    """Return a line of Exim's log."""
    after = f"RCPT TO:<{each.recipient}>" if each.stage is Stage.RCPT else "end of data"
    flag, defer = ("**", "") if each.reply.code >= 500 else ("==", " defer (-44)")
    said = wire(each.reply, "\\n")
    return (
        f"2026-03-02 08:00:05 1vXyZb-000002-CD {flag} {each.recipient} F=<{SENDER}> R=dnslookup T=remote_smtp{defer} "
        f"H={each.mx} [192.0.2.10] I=[{CLIENT}]:40002: SMTP error from remote mail server after {after}: {said}"
    )


def kumomta(each: Refused) -> str:
    """Return a line of KumoMTA's log."""
    status = each.reply.enhanced
    enhanced = status and {"class": status.klass, "subject": status.subject, "detail": status.detail}
    command = f"RCPT TO:<{each.recipient}>" if each.stage is Stage.RCPT else "."
    return json.dumps({
        "type": "Bounce" if each.reply.code >= 500 else "TransientFailure", "id": "e7ef132b5d7711eea8c8000c29c33806",
        "sender": SENDER, "recipient": each.recipient, "queue": domain_of(each.recipient), "site": each.mx,
        "response": {"code": each.reply.code, "enhanced_code": enhanced, "content": each.reply.text,
                     "command": command},
        "peer_address": {"name": f"{each.mx}.", "addr": "192.0.2.10"}, "timestamp": 1772438405,
        "source_address": {"address": f"{CLIENT}:40001"},
    })  # fmt: skip


def ses(each: Refused) -> str:
    """Return an event of SES."""
    kind, key, who = ("Bounce", "bounce", "bouncedRecipients")
    if each.reply.code < 500:
        kind, key, who = ("DeliveryDelay", "deliveryDelay", "delayedRecipients")
    status = each.reply.enhanced or f"{each.reply.code // 100}.0.0"
    diagnosis = f"smtp; {wire(each.reply, ' ')}"
    about = {"emailAddress": each.recipient, "status": str(status), "diagnosticCode": diagnosis}
    at = "2026-03-02T08:00:05.000Z"
    return json.dumps({
        "eventType": kind, key: {who: [about], "timestamp": at, "bounceType": "Permanent"},
        "mail": {"source": SENDER, "destination": [each.recipient], "messageId": "0100018e-2", "timestamp": at},
    })  # fmt: skip


def report(each: Refused) -> bytes:
    """Return a delivery report."""
    status = each.reply.enhanced or f"{each.reply.code // 100}.1.0"
    return (
        f"From: MAILER-DAEMON@{each.mx}\nTo: <{SENDER}>\nDate: Mon, 02 Mar 2026 08:00:05 +0000\nSubject: Undelivered\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n--x\n'
        "Content-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; {each.mx}\n\nFinal-Recipient: rfc822; {each.recipient}\nAction: failed\n"
        f"Status: {status}\n"
        f"Diagnostic-Code: smtp; {wire(each.reply, ' ')}\n\n--x--\n"
    ).encode()


def replay(events: list[Event], folder: Path) -> dict[str, Attempt]:
    """Import events, run the scenario, and return the last attempt for each recipient."""
    import_as_scenario(events, folder / "made", name="made", key=KEY, cause_of=ByText().cause_of)
    prepared = prepare(load(folder / "made" / "scenario.toml"))
    run_scenario(prepared, Options(transport="memory", out=folder / "run", classifiers=choose(["code"])))
    with Ledger.open(folder / "run") as books:
        return {row.recipient: row for row in books.attempts()}


@pytest.mark.parametrize("write", [postfix, exim, kumomta, ses])
def test_a_replay_says_every_wording_of_the_personas_as_the_log_does(
    write: Callable[[Refused], str], tmp_path: Path
) -> None:
    expected = refused()
    lines = "\n".join(map(write, expected)).split("\n")
    read = FORMATS[write.__name__]([LogLine(number, line) for number, line in enumerate(lines, 1)], Hints(year=2026))
    events = [event for event in read if isinstance(event, Event)]
    assert [event.recipient for event in events] == [each.recipient for each in expected]
    heard = replay(events, tmp_path)
    naming = Anonymiser(KEY)
    pairs = []
    for each, event in zip(expected, events, strict=True):
        row = heard[naming.address(each.recipient)]
        host = f"mx1.{domain_of(row.recipient)}" if write is ses else row.mx  # SES does not name the server
        said = each.wording.say(slots(row.recipient, row.return_path, row.local_address, host, "\0"))
        text = re.escape(_IP.sub("IP", said.text)).replace("\0", "[0-9A-Za-z]{12}")
        words = " ".join(row.text.split()) if write is ses else row.text  # SES has a reply on one line
        assert (row.code, row.enhanced) == (said.code, str(said.enhanced) if said.enhanced else None)
        assert re.fullmatch(" ".join(text.split()) if write is ses else text, _IP.sub("IP", words)), event
        original = row._replace(recipient=each.recipient, text=each.reply.text, mx=each.mx)
        pairs.append((Evidence(each.recipient, (original,)), Evidence(row.recipient, (row,))))
    for first, second in pairs:
        there, here = ByText().classify(first), ByText().classify(second)
        assert replace(there, reason="") == replace(here, reason=""), first.last.text
    there, here = (
        Context().classify_campaign({str(number): pair[side] for number, pair in enumerate(pairs)}) for side in (0, 1)
    )
    assert {key: (each.cause, each.advice) for key, each in there.items()} == {
        key: (each.cause, each.advice) for key, each in here.items()
    }


def test_the_cause_is_that_of_the_words_and_not_of_the_names_of_slots(tmp_path: Path) -> None:
    text = "ann@acme.example Rejected {user unknown}"
    event = Event(EventKind.REFUSED, "ann@acme.example", code=550, text=text)
    assert ByText().cause_of("ann@acme.example Rejected") is Cause.POLICY
    replay([event, event._replace(text=text[:25])], tmp_path)
    made = (tmp_path / "made" / "scenario.toml").read_text("utf-8")
    assert re.findall(r'^(?:text|cause) = "([^"]*)"', made, re.MULTILINE) == [
        *("{recipient} Rejected {{user unknown}}", "user-unknown"),
        *("{recipient} Rejected", "policy"),
    ]


def test_a_replayed_report_quotes_what_the_report_quotes(tmp_path: Path) -> None:
    expected = [each for each in refused() if each.reply.code >= 500 and len(each.reply.lines) == 1]
    events = [event for event in mailbox.events(map(report, expected)) if isinstance(event, Event)]
    replay(events, tmp_path)
    with Ledger.open(tmp_path / "run") as books:
        home = {row.recipient: row for row in books.returned()}
    naming = Anonymiser(KEY)
    for each, event in zip(expected, events, strict=True):
        row = home[naming.address(each.recipient)]
        assert (row.code, row.status) == (event.code, event.enhanced)
        assert len(row.text.split()) == len(event.text.split()), event.text
        assert ByText().cause_of(row.text) == ByText().cause_of(event.text)
