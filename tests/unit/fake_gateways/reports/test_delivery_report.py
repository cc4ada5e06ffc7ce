"""Tests of how a gateway writes a delivery report about the current message."""

from __future__ import annotations

import email

from lone_gateway import ALICE, CLARA, CLEAN, RETURN_PATH, STARTS, session_view

from fake_gateways.reports.delivery_report import write_report
from fake_gateways.reports.dsn import Layout, Undelivered
from fake_gateways.reports.settings import Reports
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.smtp.reply import Reply

GONE = tuple(Undelivered(recipient, Reply(550, ("No such user",))) for recipient in (ALICE, CLARA))


def test_a_report_goes_to_the_return_path_after_the_time_of_the_settings() -> None:
    view = session_view()
    view.envelope, view.content = Envelope(RETURN_PATH, [ALICE, CLARA]), CLEAN
    settings = Reports(layout=Layout.EXCHANGE, after="2m")
    report = write_report(view, GONE, settings, gateway="northwind", host="mx.example", seq=7, now=STARTS)
    assert (report.gateway, report.host, report.seq, report.at) == ("northwind", "mx.example", 7, STARTS + 120.0)
    assert (report.return_path, report.recipients) == (RETURN_PATH, f"{ALICE} {CLARA}")
    assert report.layout == Layout.EXCHANGE
    message = email.message_from_string(report.content)
    assert RETURN_PATH in message["To"]
    assert "No such user" in report.content


def test_the_sender_may_ask_for_the_header_alone() -> None:
    view = session_view()
    view.content = CLEAN
    for headers_only in (True, False):
        view.envelope = Envelope(RETURN_PATH, [ALICE], headers_only=headers_only)
        report = write_report(view, GONE, Reports(), gateway="northwind", host="mx.example", seq=1, now=STARTS)
        assert ("As agreed." in report.content) is not headers_only
