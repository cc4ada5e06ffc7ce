"""Whatever comes back, it is read without an error, and nobody is named whom it does not name."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_gateways.reports.dsn import Habit, Layout, Report, Undelivered
from fake_gateways.reports.layouts import compose
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from probe.returned_mail import ReturnedMail, read
from probe.returned_mail.layouts import LAYOUTS

ANN: Final = Undelivered("ann@acme.example", Reply(550, ("User unknown",), EnhancedStatus(5, 1, 1)))
BEN: Final = replace(ANN, recipient="bén@acme.example", remote_host="mail.acme.example")
REPORT: Final = Report(
    host="mx.acme.example",
    at=1_772_438_460.0,
    arrived_at=1_772_438_400.0,
    return_path="news@sender.example",
    undelivered=(ANN, BEN),
    original=b"From: news@sender.example\r\nSubject: Spring news\r\nMessage-ID: <1@sender.example>\r\n\r\nDear Ann\r\n",
    number="acme.1",
)
PIECES: Final = (
    *(f"{layout.name}: {layout.shown_by}\n" for layout in LAYOUTS),
    "From: MAILER-DAEMON\n", "Content-Type: multipart/report; boundary=b\n", "Content-Type: text/html\n", "\n--b\n",
    "Content-Type: message/rfc822\n", "Content-Type: message/delivery-status; charset*=x''y\n", "\n\n", " ",
    "Final-Recipient: rfc822;", "Original-Recipient: ", "Action: failed\n", "Status: 5.1.1\n",
    "Diagnostic-Code: smtp; ",
    "X-Failed-Recipients: ", "Feedback-Type: abuse\n", "ann@acme.example", "<ann@acme.example>:\n", "550 5.1.1 no\n",
    "Subject: =?x?q?", "?=", "Hi. This is the qmail-send program\n", "following address(es) failed:\n", "> ", "-----\n",
    "Message-ID: <1@sender.example>\n", "Auto-Submitted: auto-replied\n", "\udcff", "\0",
)  # fmt: skip
reports = st.builds(
    lambda layout, habits: compose(REPORT, layout, habits),
    st.sampled_from(Layout),
    st.frozensets(st.sampled_from(Habit)),
)
patchwork = st.lists(st.sampled_from(PIECES) | st.text(max_size=9), max_size=40).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Return a report cut, with pieces of it doubled, and octets of it changed."""
    octets = bytearray(draw(reports))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(octets)))
        end = draw(st.integers(start, min(len(octets), start + 400)))
        piece = octets[start:end]
        match draw(st.sampled_from(["cut", "double", "move", "change"])):
            case "cut":
                del octets[start:end]
            case "double":
                octets[end:end] = piece
            case "move":
                del octets[start:end]
                place = draw(st.integers(0, len(octets)))
                octets[place:place] = piece
            case _:
                octets[start : start + 3] = draw(st.binary(min_size=1, max_size=3))
    return bytes(octets)


def check(octets: bytes) -> ReturnedMail:
    found = read(octets)
    stands = octets.decode("utf-8", "replace") + octets.decode("latin-1")
    for entry in found.recipients:
        assert entry.recipient in stands
        assert entry.original_recipient in stands
        assert entry.status is None or entry.status in stands
        assert entry.code is None or str(entry.code) in stands
        assert "\n" not in entry.text
    assert found.message_id in stands
    return found


@settings(deadline=None)
@given(st.binary(max_size=2000))
def test_any_octets_are_read(octets: bytes) -> None:
    assert isinstance(read(octets), ReturnedMail)


@settings(deadline=None)
@given(patchwork)
def test_any_patchwork_of_what_reports_are_made_of_is_read(octets: bytes) -> None:
    text = octets.decode("utf-8", "replace")
    assert all(entry.recipient in text for entry in read(octets).recipients)


@settings(deadline=None)
@given(mutated())
def test_a_broken_report_names_nobody_who_does_not_stand_in_it(octets: bytes) -> None:
    check(octets)


@settings(deadline=None)
@given(st.sampled_from(Layout), st.frozensets(st.sampled_from(Habit)))
def test_a_whole_report_names_its_recipients_and_nobody_else(layout: Layout, habits: frozenset[Habit]) -> None:
    # Beyond ASCII, the header field in which Exim names them would hold question marks.
    both = (ANN, replace(BEN, recipient="ben@acme.example"))
    found = check(compose(replace(REPORT, undelivered=both), layout, habits)).recipients
    assert [entry.recipient for entry in found] == [each.recipient for each in both]
