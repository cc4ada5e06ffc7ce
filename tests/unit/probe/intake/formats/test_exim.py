"""Exim's main log (https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html).

The sample was written by hand after that chapter, its 53rd; chapter 3 of the same tells the forms of message ids.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats.exim import read
from probe.intake.reading.queue_memory import QueueMemory

SAMPLE = Path(__file__).parents[4] / "intake/documented/exim.log"
EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp()


def read_text(*texts: str, memory: QueueMemory | None = None) -> list[Event | BadLine]:
    """Read lines."""
    return list(read((LogLine(number, text) for number, text in enumerate(texts, 1)), memory=memory))


def event(note: str) -> Event:
    """Return the event of a line, given from its flag on."""
    (found,) = read_text(f"2026-03-02 08:00:00 1vx0Aa-000001-2b {note}")
    assert isinstance(found, Event)
    return found


def test_the_sample_is_read() -> None:
    first = Event(EventKind.DELIVERED, "", message_id="<1@news.example>", return_path="news@bounce.example")
    assert read_text(*SAMPLE.read_text().splitlines()) == [
        first._replace(
            recipient="ann@acme.example",
            at=EIGHT + 1,
            mx="mx.acme.example",
            stage="end-of-data",
            code=250,
            enhanced="2.0.0",
            text='Ok: queued as "77AA"',
        ),
        first._replace(
            recipient="bob@acme.example",
            at=EIGHT + 2,
            return_path="other@bounce.example",
            local_address="203.0.113.9",
            mx="mx.acme.example",
            stage="end-of-data",
            code=250,
            text="1742 byte chunk, total 1742\nOK id=1vx0Ab",
        ),
        first._replace(
            kind=EventKind.REFUSED,
            recipient="cleo@acme.example",
            at=EIGHT + 3,
            mx="mx.acme.example",
            stage="rcpt",
            code=550,
            enhanced="5.1.1",
            text="No such person here.\nSee C:\\help",
        ),
        first._replace(kind=EventKind.REFUSED, recipient="dora@coal.example", at=EIGHT + 4, text="Unrouteable address"),
        first._replace(recipient="eric@out.example", at=EIGHT + 5),
        first._replace(kind=EventKind.SUPPRESSED, recipient="fred@dune.example", at=EIGHT + 6, text=":blackhole:"),
        first._replace(recipient="gina@out.example", at=EIGHT + 7),
        Event(
            EventKind.DEFERRED,
            "hugo@elm.example",
            EIGHT + 9.25,
            local_address="2001:db8::9",
            mx="mx.elm.example",
            stage="mail",
            code=451,
            enhanced="4.7.1",
            text="Later",
        ),
        Event(
            EventKind.DEFERRED,
            "ida@elm.example",
            EIGHT + 10.25,
            mx="192.0.2.90",
            stage="connect",
            text="Connection refused",
        ),
        Event(
            EventKind.REFUSED,
            "jack@berg.example",
            EIGHT + 12,
            mx="mx.berg.example",
            stage="end-of-data",
            code=554,
            text="Spam",
        ),
        Event(
            EventKind.DEFERRED,
            "kim@berg.example",
            EIGHT + 13,
            mx="mx.berg.example",
            stage="connect",
            text="Remote host mx.berg.example [192.0.2.40] closed connection in response to initial connection",
        ),
        Event(EventKind.REFUSED, "kim@berg.example", EIGHT + 14, text="retry timeout exceeded"),
        BadLine(19, "'2026-02-30 08:00:16' is not a time"),
        BadLine(20, "no address"),
    ]


@pytest.mark.parametrize(
    ("after", "stage"),
    [
        ("initial connection", "connect"),
        ("EHLO out.example", "ehlo"),
        ("HELO out.example", "ehlo"),
        ("MAIL FROM:<news@bounce.example> SIZE=1742", "mail"),
        ("pipelined MAIL FROM:<news@bounce.example>", "mail"),
        ("RCPT TO:<ann@acme.example>", "rcpt"),
        ("pipelined RCPT TO:<ann@acme.example>", "rcpt"),
        ("DATA", "data"),
        ("pipelined DATA", "data"),
        ("sending data block", "end-of-data"),
        ("end of data", "end-of-data"),
        ("pipelined end of data", "end-of-data"),
        ("STARTTLS", None),
    ],
)
@pytest.mark.parametrize("server", ["mail server", "mailer", "server"])
@pytest.mark.parametrize(
    "form",
    [
        "H=m.example [192.0.2.1]: {}: 550 No after DATA: 450",
        "T=smtp: {}: host m.example [192.0.2.1]: 550 No after DATA: 450",
    ],
)
def test_the_stage_is_that_of_the_command(after: str, stage: str | None, server: str, form: str) -> None:
    found = event("** ann@acme.example " + form.format(f"SMTP error from remote {server} after {after}"))
    assert (found.mx, found.stage, found.code, found.text) == ("m.example", stage, 550, "No after DATA: 450")


@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        ("Connection timed out", "connect"),
        ("Operation timed out", "connect"),
        ("SMTP timeout after RCPT TO:<ann@acme.example>: Connection timed out", "rcpt"),
        ("SMTP timeout while connected to m.example [192.0.2.1] after end of data: 550", "end-of-data"),
        ("SMTP error from remote mail server after DATA: garbage", "data"),
        ("retry time not reached for any host after DATA", None),
    ],
)
def test_a_failure_of_the_network_has_no_code(reason: str, stage: str | None) -> None:
    found = event(f"== ann@acme.example R=r T=t defer (-1) H=m.example [192.0.2.1]: {reason}")
    assert (found.kind, found.mx, found.stage, found.code, found.text) == ("deferred", "m.example", stage, None, reason)


@pytest.mark.parametrize(
    ("address", "recipient"),
    [
        ("ann@acme.example", "ann@acme.example"),
        ('"ann berg"@acme.example', '"ann berg"@acme.example'),
        ("ann@acme.example <a@b.example>", "ann@acme.example"),
        ("ann (parent@acme.example) <a@b.example>", "a@b.example"),
        ("/var/mail/a@b <a@b.example>", "a@b.example"),
        ("ann F=<news@bounce.example>", "ann"),
    ],
)
def test_the_recipient_is_whom_the_remote_host_knows(address: str, recipient: str) -> None:
    assert event(f"=> {address} R=r T=t").recipient == recipient
    assert event(f"** {address} R=r T=t: No").recipient == recipient


def test_a_host_that_told_a_name_of_its_own_is_known_by_its_address() -> None:
    assert event("=> ann@acme.example H=(helo.example) [192.0.2.1] T=t").mx == "192.0.2.1"


def test_a_return_path_of_the_delivery_comes_before_the_arrivals() -> None:
    assert event("=> ann@acme.example F=<f@b.example> P=<verp@b.example> R=r").return_path == "verp@b.example"


def test_a_quote_that_is_never_closed_ends_the_fields() -> None:
    assert event('** ann@acme.example H=m.example [192.0.2.1] DN="x: 550 No').text == ""


def test_a_message_that_is_completed_is_forgotten() -> None:
    memory = QueueMemory()
    assert read_text(*SAMPLE.read_text().splitlines(), memory=memory)
    assert len(memory) == 1


@pytest.mark.parametrize(
    "line",
    [
        "",
        "2026-03-02 08:00:00 Start queue run: pid=1",
        "2026-03-02 08:00:00 1vx0Aa-000001-2b *> ann@acme.example R=r T=t",
        "2026-03-02 08:00:00 1vx0Aa-000001-2b (= ann@acme.example",
        "2026-03-02 08:00:00 1vx0Aa-000001-2b SMTP error from remote mail server after DATA: 450",
        "Mar  2 08:00:01 out postfix/smtp[1]: 4F1A2B3C4D: removed",
    ],
)
def test_lines_that_tell_of_no_delivery_are_passed_over(line: str) -> None:
    assert read_text(line) == []


def test_a_line_that_is_not_exims_is_told() -> None:
    assert read_text("4F1A2B3C4D: removed", "hello") == [
        BadLine(1, "not a line of Exim"),
        BadLine(2, "not a line of Exim"),
    ]


def test_a_failure_in_lmtp_has_the_servers_reply() -> None:
    found = event("** ann@acme.example R=r T=lmtp: LMTP error after RCPT TO:<ann@acme.example>: 550 5.1.1 Nobody")
    assert (found.stage, found.code, found.enhanced, found.text) == ("rcpt", 550, "5.1.1", "Nobody")


@pytest.mark.parametrize("timings", ["DT=0.5s", "QT=1m2s DT=0.5s", "RT=0.250s"])
def test_timings_at_the_end_are_no_words_of_the_server(timings: str) -> None:
    after = "SMTP error from remote mail server after DATA"
    assert event(f"** ann@acme.example R=r T=t H=m.example [192.0.2.1]: {after}: 550 No {timings}").text == "No"
    assert event(f"== ann@acme.example R=r T=t defer (-1): Connection refused {timings}").text == "Connection refused"


def test_a_message_that_a_filter_handed_back_has_one_event_for_each_recipient() -> None:
    texts = SAMPLE.with_name("exim-filter.log").read_text()
    found = [each for each in read_text(*texts.splitlines()) if isinstance(each, Event)]
    assert [(each.kind, each.recipient, each.mx) for each in found] == [
        ("refused", "ann@acme.example", "m.example"),
        ("delivered", "bob@acme.example", "m.example"),
    ]


def _part(number: str, text: str, process: int = 99) -> str:
    return f"Nov 12 09:06:56 mx1 exim[{process}]: [{number}] {text}"


_FIRST = (
    "2026-11-12 09:06:56 1rAbCd-0001aB-Cs ** cat@acme.example R=dnslookup T=remote_smtp H=mx [192.0.2.5]: "
    "SMTP error from remote mail server after RCPT TO:<cat@acme.example>: 550"
)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ([_part("1/2", f"{_FIRST} no such"), _part("2/2", " user")], "no such user"),
        ([_part("1\\2", f"{_FIRST}-no such"), _part("2\\2", "550 user")], "no such\nuser"),
        ([_part("1/2", f"{_FIRST} no"), _part("1/2", "x", 7), _part("2/2", "ne")], "none"),
        ([_part("1/3", f"{_FIRST} no")], "no"),
        ([_part("1/3", f"{_FIRST} no"), _part("1/1", "2026-11-12 09:06:57 End of queue run")], "no"),
    ],
)
def test_a_line_that_exim_split_for_syslog_is_one(texts: list[str], told: str) -> None:
    (found,) = read_text(*texts)
    assert isinstance(found, Event)
    assert (found.kind, found.recipient, found.stage, found.code) == ("refused", "cat@acme.example", "rcpt", 550)
    assert found.text == told


def test_a_part_without_those_before_it_is_told() -> None:
    (found,) = read_text(_part("2/2", " user"))
    assert found == BadLine(1, "a part of a line of which the part before it is missing")


def test_what_a_filter_dropped_is_no_delivery() -> None:
    text = "250 2.7.0 Ok, discarded, id=7 - spam"
    assert event(f'=> a@b.example R=r T=smtp H=localhost [127.0.0.1] C="{text}"').kind is EventKind.SUPPRESSED
