"""The log of Postfix (https://www.postfix.org/MAILLOG_README.html, https://www.postfix.org/DEBUG_README.html).

The sample was written by hand after those pages; https://www.postfix.org/postconf.5.html (soft_bounce,
enable_long_queue_ids) and https://www.postfix.org/ADDRESS_VERIFICATION_README.html tell the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats.postfix import read
from probe.intake.reading.lines import MAX_LINE
from probe.intake.reading.queue_memory import QueueMemory
from probe.intake.reading.quoted import MAX_TEXT

SAMPLE = Path(__file__).parents[4] / "intake/documented/postfix.log"


def lines(*texts: str) -> Iterator[LogLine]:
    """Return lines, numbered."""
    return (LogLine(number, text) for number, text in enumerate(texts, 1))


def at(text: str) -> float:
    """Return a time of UTC in seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def delivery(why: str, status: str = "bounced", *, to: str = "ann@acme.example", relay: str = "none") -> str:
    """Return a delivery line."""
    head = f"2027-01-06T08:00:00Z out postfix/smtp[1]: 4F1A2B3C4D: to=<{to}>, relay={relay}"
    return f"{head}, delay=1, delays=0/0/0/1, dsn=5.0.0, status={status} ({why})"


def event(why: str, status: str = "bounced", *, relay: str = "none") -> Event:
    """Return the event of a delivery line."""
    (found,) = read(lines(delivery(why, status, relay=relay)))
    assert isinstance(found, Event)
    return found


def test_the_sample_is_read() -> None:
    refused_to_talk = Event(
        EventKind.DEFERRED,
        "cleo@berg.example",
        at("2027-01-01T00:00:04"),
        message_id="<2@news.example>",
        return_path="news@bounce.example",
        mx="mx.berg.example",
        stage="connect",
        code=421,
        enhanced="4.0.0",
        text="Too many connections from 203.0.113.9",
        is_own_status=True,
    )
    unreached = refused_to_talk._replace(
        recipient="dora@coal.example",
        at=at("2027-01-01T00:00:05"),
        mx="mx.coal.example",
        code=None,
        enhanced="4.4.1",
        text="connect to mx.coal.example[192.0.2.70]:25: Connection timed out",
        is_own_status=False,
    )
    second = Event(EventKind.REFUSED, "", message_id="<2@news.example>", return_path="news@bounce.example")
    assert list(read(lines(*SAMPLE.read_text().splitlines()), 2026)) == [
        Event(
            EventKind.DELIVERED,
            "ann@acme.example",
            at("2026-12-31T23:59:52"),
            message_id="<1@news.example>",
            return_path="news+ann=acme.example@bounce.example",
            mx="mx.acme.example",
            stage="end-of-data",
            code=250,
            enhanced="2.0.0",
            text="Ok: queued as 77AA",
        ),
        second._replace(
            recipient="bob@acme.example",
            at=at("2027-01-01T00:00:03"),
            mx="mx.acme.example",
            stage="rcpt",
            code=550,
            enhanced="5.1.1",
            text="No such person here.\n\nSee https://acme.example/550",
        ),
        refused_to_talk,
        unreached,
        second._replace(
            recipient="eric@nowhere.example",
            at=at("2027-01-01T00:00:06"),
            enhanced="5.4.4",
            text="Host or domain name not found. Name service error for name=nowhere.example type=AAAA: Host not found",
        ),
        second._replace(
            recipient="fred@out.example",
            at=at("2027-01-01T00:00:07"),
            enhanced="5.1.1",
            text='unknown user: "fred"',
        ),
        second._replace(
            recipient="gina@dune.example",
            at=at("2027-01-01T00:00:08"),
            mx="mx.dune.example",
            stage="end-of-data",
            code=554,
            enhanced="5.0.0",
            text="Spam (we think)",
            is_own_status=True,
        ),
        refused_to_talk._replace(at=at("2027-01-06T00:00:05")),
        refused_to_talk._replace(kind=EventKind.REFUSED, at=at("2027-01-06T00:00:06")),
        unreached._replace(kind=EventKind.REFUSED, at=at("2027-01-06T00:00:06")),
        Event(
            EventKind.DEFERRED,
            "hugo@elm.example",
            at("2027-01-06T08:00:00") + 0.25,
            mx="mx.elm.example",
            stage="rcpt",
            enhanced="4.4.2",
            text="lost connection with mx.elm.example[192.0.2.90] while sending RCPT TO",
        ),
        Event(
            EventKind.DELIVERED,
            "ida@out.example",
            at("2027-01-06T08:00:01"),
            mx="out.example",
            stage="end-of-data",
            code=250,
            enhanced="2.0.0",
            text="<ida@out.example> Saved",
        ),
        BadLine(25, "status 'lost' is unknown"),
        BadLine(26, "no recipient"),
    ]


@pytest.mark.parametrize(
    ("why", "stage"),
    [
        ("host m.example[192.0.2.1] said: 550 No (in reply to EHLO command)", "ehlo"),
        ("host m.example[192.0.2.1] said: 550 No (in reply to HELO command)", "ehlo"),
        ("host m.example[192.0.2.1] said: 550 No (in reply to MAIL FROM command)", "mail"),
        ("host m.example[192.0.2.1] said: 550 No (in reply to RCPT TO command)", "rcpt"),
        ("host m.example[192.0.2.1] said: 550 No (in reply to DATA command)", "data"),
        ("host m.example[192.0.2.1] said: 550 No (in reply to end of DATA command)", "end-of-data"),
        ("host m.example[192.0.2.1] said: 550 No (in reply to STARTTLS command)", None),
        ("host m.example[192.0.2.1] said: 550 No", None),
        ("host m.example[192.0.2.1]:587 refused to talk to me: 550 No", "connect"),
        ("SASL authentication failed; server m.example[192.0.2.1] said: 550 No", None),
        ("delivery temporarily suspended: host m.example[192.0.2.1] said: 550 No (in reply to DATA command)", "data"),
    ],
)
def test_the_stage_is_that_of_the_command(why: str, stage: str | None) -> None:
    found = event(why)
    assert (found.mx, found.stage, found.code, found.text) == ("m.example", stage, 550, "No")


@pytest.mark.parametrize(
    ("why", "stage"),
    [
        ("connect to m.example[192.0.2.1]:25: Connection refused", "connect"),
        ("connect to m.example[private/lmtp]: No such file or directory", "connect"),
        ("lost connection with m.example[192.0.2.1] while receiving the initial server greeting", "connect"),
        ("conversation with m.example[192.0.2.1] timed out while receiving the initial server greeting", "connect"),
        ("lost connection with m.example[192.0.2.1] while performing the EHLO handshake", "ehlo"),
        ("lost connection with m.example[192.0.2.1] while sending MAIL FROM", "mail"),
        ("lost connection with m.example[192.0.2.1] while sending message body", "end-of-data"),
        (
            "conversation with m.example[192.0.2.1] timed out while sending end of data -- may be sent twice",
            "end-of-data",
        ),
        ("lost connection with m.example[192.0.2.1] while humming", None),
        ("delivery temporarily suspended: connect to m.example[192.0.2.1]:25: Connection refused", "connect"),
    ],
)
def test_a_failure_of_the_network_has_no_code(why: str, stage: str | None) -> None:
    found = event(why, "deferred")
    assert (found.kind, found.mx, found.stage, found.code, found.text) == ("deferred", "m.example", stage, None, why)


def test_what_the_remote_says_does_not_pass_for_postfix() -> None:
    why = "host m.example[192.0.2.1] said: 550 No (in reply to DATA command) (in reply to RCPT TO command)"
    assert (event(why).stage, event(why).text) == ("rcpt", "No (in reply to DATA command)")


def test_the_remotes_enhanced_status_comes_before_postfixs() -> None:
    assert event("host m.example[192.0.2.1] said: 550 5.7.1 No (in reply to DATA command)").enhanced == "5.7.1"


def test_what_is_no_reply_is_text() -> None:
    assert event("host m.example[192.0.2.1] said: hello (in reply to DATA command)")[8:12] == (
        "data", None, "5.0.0", "hello"
    )  # fmt: skip


def test_a_soft_bounce_is_a_deferral() -> None:
    assert event("host m.example[192.0.2.1] said: 550 No", "SOFTBOUNCE").kind is EventKind.DEFERRED


def test_a_delivery_by_a_local_daemon_has_no_code() -> None:
    found = event("delivered to mailbox", "sent", relay="local")
    assert (found.kind, found.mx, found.stage, found.code, found.text) == (
        "delivered", "", None, None, "delivered to mailbox"
    )  # fmt: skip


def test_a_line_of_old_tells_no_enhanced_status() -> None:
    line = "Mar 02 08:00:01 out postfix/smtp[1]: 4F1A2B3C4D: to=<a@b.example>, relay=none, delay=0, status=bounced (No)"
    assert list(read(lines(line), 2026)) == [
        Event(EventKind.REFUSED, "a@b.example", at("2026-03-02T08:00:01"), text="No"),
    ]


def test_a_line_that_syslog_cut_is_read_as_far_as_it_goes() -> None:
    line = delivery("host m.example[192.0.2.1] said: 550 5.1.1 No such")
    (found,) = read(lines(line.removesuffix(")")))
    assert isinstance(found, Event)
    assert (found.code, found.text) == (550, "No such")


def test_without_a_year_the_time_is_unknown() -> None:
    line = "Feb 29 08:00:01 out postfix/smtp[1]: 4F1A2B3C4D: to=<a@b.example>, relay=none, delay=0, status=bounced (No)"
    assert list(read(lines(line))) == [Event(EventKind.REFUSED, "a@b.example", text="No")]


def test_a_straggler_after_new_year_is_of_the_old_year() -> None:
    tail = "out postfix/smtp[1]: 4F1A2B3C4D: to=<a@b.example>, relay=none, delay=0, status=sent (x)"
    dates = ["Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:58", "Jan  1 00:00:01", "Nov 30 00:00:00"]
    found = [each.at for each in read(lines(*(f"{date} {tail}" for date in dates)), 2026) if isinstance(each, Event)]
    assert found == [
        at("2026-12-31T23:59:59"),
        at("2027-01-01T00:00:00"),
        at("2026-12-31T23:59:58"),
        at("2027-01-01T00:00:01"),
        at("2027-11-30T00:00:00"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Feb 30 08:00:01 out postfix/smtp[1]: 4F1A2B3C4D: to=<a@b.example>, x", "'Feb 30 08:00:01' is not a date"),
        ("2026-02-30T08:00:01Z out postfix/smtp[1]: 4F1A2B3C4D: x", "'2026-02-30T08:00:01Z' is not a time"),
        (
            "2026-03-02T08:00:01Z out postfix/smtp[1]: 4F1A2B3C4D: to=<a@b.example>, relay=none",
            "a delivery line in an unknown form",
        ),
        (
            "Mar  2 08:00:01 out sendmail[1]: 4F1A2B3C4D: to=<a@b.example>, delay=0, mailer=esmtp, stat=Sent",
            "a delivery line in an unknown form",
        ),
        ("2026-03-02 08:00:01 1a2b3c-0001Ab-2C => ann@acme.example R=dnslookup", "not a line of Postfix"),
        ("x" * (MAX_LINE + 1), "more than 65536 characters"),
    ],
)
def test_a_bad_line_is_told(line: str, reason: str) -> None:
    assert list(read(lines(line), 2026)) == [BadLine(1, reason)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Mar  2 08:00:01 out exim[1]: 1a2b3c-0001Ab-2C => ann@acme.example R=dnslookup",
        "Mar  2 08:00:01 out postfix/smtp[1]: warning: no MX host",
        "Mar  2 08:00:01 out postfix/smtp[1]: 4F1A2B3C4D: to be or not",
        delivery("550 5.1.1 No", "undeliverable"),
    ],
)
def test_lines_that_tell_of_no_delivery_are_passed_over(line: str) -> None:
    assert list(read(lines(line), 2026)) == []


def test_a_long_text_is_cut() -> None:
    assert event("host m.example[192.0.2.1] said: 550 " + "x" * 9_000).text == "x" * (MAX_TEXT - 4)


def test_a_message_that_was_removed_is_forgotten() -> None:
    memory = QueueMemory()
    assert all(read(lines(*SAMPLE.read_text().splitlines()), 2026, memory=memory))
    assert len(memory) == 1


def test_a_recipient_delivered_to_in_the_end_is_not_given_up() -> None:
    expiry = "2027-01-07T00:00:00Z out postfix/qmgr[1]: 4F1A2B3C4D: from=<x@y.example>, status=force-expired, returned"
    found = list(read(lines(delivery("later", "deferred"), delivery("delivered", "sent"), expiry)))
    assert [each.kind for each in found if isinstance(each, Event)] == [EventKind.DEFERRED, EventKind.DELIVERED]


@pytest.mark.parametrize(
    "pairs",
    [
        "relay=mx.acme.example[192.0.2.25]:25, delay=1, delays=0/0/0/1, tls=may, dsn=5.1.1",
        "relay=mx.acme.example[192.0.2.25]:25, tls=dane (verified), conn_use=2, delay=1, later_pair=<x, y>, dsn=5.1.1",
        'orig_to=<"a, b>c"@acme.example>, relay=mx.acme.example[192.0.2.25]:25, dsn=5.1.1',
        "dsn=5.1.1, relay=mx.acme.example[192.0.2.25]:25",
    ],
)
def test_pairs_that_a_later_version_adds_are_passed_over(pairs: str) -> None:
    line = f"2026-03-02T08:00:01Z out postfix/smtp[1]: 4F1A2B3C4D: to=<ann@acme.example>, {pairs}, status=bounced"
    for more in ("", ", next=pair"):
        (found,) = read(lines(f"{line}{more} (host mx.acme.example[192.0.2.25] said: 550 No)"))
        assert isinstance(found, Event)
        assert (found.recipient, found.mx, found.code, found.enhanced) == (
            "ann@acme.example", "mx.acme.example", 550, "5.1.1"
        )  # fmt: skip


def test_a_quoted_local_part_may_hold_what_ends_an_address() -> None:
    line = delivery("host m.example[192.0.2.1] said: 550 No", to='"ann>, relay=x"@acme.example')
    (found,) = read(lines(line))
    assert isinstance(found, Event)
    assert found.recipient == '"ann>, relay=x"@acme.example'


@pytest.mark.parametrize(
    ("relay", "why"),
    [
        (
            "127.0.0.1[127.0.0.1]:10024",
            "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as BBBBB22222",
        ),
        ("filter.out.example[10.0.0.7]:10024", "250 2.0.0 Ok: queued as BBBBB22222"),
        ("filter.out.example[192.0.2.200]:25", "250 2.0.0 Ok: queued as BBBBB22222"),
        ("127.0.0.1[127.0.0.1]:10024", "250 2.0.0 Ok"),
        ("spamfilter", "delivered via spamfilter service"),
    ],
)
def test_a_message_that_a_filter_handed_back_has_one_event_for_each_recipient(relay: str, why: str) -> None:
    texts = SAMPLE.with_name("postfix-filter.log").read_text().replace("RELAY", relay).replace("SENT", why).splitlines()
    found = [each for each in read(lines(*texts)) if isinstance(each, Event)]
    assert [(each.kind, each.recipient, each.mx) for each in found] == [
        ("refused", "ann@acme.example", "mx.acme.example"),
        ("delivered", "bob@acme.example", "mx.acme.example"),
    ]


def test_what_a_filter_dropped_is_no_delivery() -> None:
    told = "250 2.7.0 Ok, discarded, id=08424-01 - spam"
    dropped = event(told, "sent", relay="127.0.0.1[127.0.0.1]:10024")
    assert (dropped.kind, dropped.code, dropped.mx) == (EventKind.SUPPRESSED, None, "")
    assert dropped.text == "Ok, discarded, id=08424-01 - spam"
    assert event(told, "sent", relay="mx.acme.example[198.51.100.7]:25").kind is EventKind.DELIVERED


def test_what_the_transport_discard_took_is_no_delivery() -> None:
    line = (
        "Mar  2 08:00:01 out postfix/discard[1]: 4F1A2B3C4D: to=<a@b.example>, relay=none, dsn=2.0.0, status=sent (b)"
    )
    assert list(read(lines(line))) == [Event(EventKind.SUPPRESSED, "a@b.example", text="b")]
