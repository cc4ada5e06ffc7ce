"""What people bring from mail providers, if the collection of such cases lies beside the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.hints import Hints
from probe.intake.open_log import open_log

LOGS: Final = Path(__file__).parents[3] / "shared" / "data" / "cases" / "logs"
REFUSED, ANN, BOB = EventKind.REFUSED, "ann@acme.example", "bob@acme.example"
CASES: Final = (
    *((file, "ses", [(REFUSED, ANN)]) for file in (
        "l04_ses_sqs_receive.json", "l04b_ses_lambda_sns.json", "l04e_ses_sqs_raw_bodies.jsonl",
        "l04f_ses_localstack_message_object.json", "l04g_ses_cloudwatch_insights.json", "l05_ses_display_name.jsonl",
        "l05b_ses_no_diag.jsonl",
    )),
    ("l05c_ses_quoted_local.jsonl", "ses", [
        (REFUSED, '"ryan."@acme.example'), (REFUSED, ANN), (EventKind.DELIVERED, BOB),
    ]),
    ("l05f_mailgun_display.json", "mailgun", [(REFUSED, ANN), (REFUSED, BOB), (REFUSED, "carl@acme.example")]),
    ("mailgun-rejected.json", "mailgun", [(REFUSED, "recipient@example.org")]),
    ("l06_ses_rendering_failure.jsonl", "ses", [(REFUSED, ANN), (REFUSED, BOB)]),
    ("l06b_csv_bounce_type.csv", "csv", [(REFUSED, ANN), (EventKind.DELIVERED, BOB)]),
    ("sparkpost.json", "sparkpost", [
        (EventKind.AUTO_REPLY, "vacationing@example.com"), (EventKind.SUPPRESSED, "suppressed@example.com"),
    ]),
    ("l08_sendgrid_bounces_export.csv", "sendgrid", [(REFUSED, ANN), (REFUSED, BOB)]),
    ("l08b_sendgrid_bounces_api.json", "sendgrid", [(REFUSED, ANN)]),
    ("l08d_mailgun_bounces.csv", "mailgun", [(REFUSED, ANN)]),
    ("l09_mandrill.jsonl", "mandrill", [(REFUSED, ANN)]),
    ("l09d_brevo.jsonl", "brevo", [
        (REFUSED, ANN), (REFUSED, "bob@acme"), (EventKind.OPENED, "carl@acme.example"),
        (EventKind.OPENED, "carl@acme.example"),
    ]),
    ("l09e_zepto.jsonl", "zeptomail", [(REFUSED, ANN)]),
    ("l14_exchange_trace_utf16.csv", "exchange", [(REFUSED, ANN)]),
    ("l14c_exchange_trace_utf8.csv", "exchange", [
        (REFUSED, ANN), (REFUSED, BOB), (EventKind.DELIVERED, "carl@acme.example"),
        (EventKind.DEFERRED, "dora@acme.example"),
    ]),
    ("l15_csv_dates.csv", "csv", [
        (REFUSED, f"{name}@acme.example") for name in ("ann", "bob", "carl", "dora", "eve")
    ]),
)  # fmt: skip


@pytest.mark.skipif(not LOGS.is_dir(), reason="no collection of cases beside the checkout")
@pytest.mark.parametrize(("file", "source", "expected"), CASES, ids=[case[0] for case in CASES])
def test_each_case_is_read_as_people_want_it(file: str, source: str, expected: list[tuple[EventKind, str]]) -> None:
    found = list(open_log(LOGS / file, source, Hints()))
    assert not [each for each in found if isinstance(each, BadLine)]
    assert [(event.kind, event.recipient) for event in found if isinstance(event, Event)] == expected
    assert all(event.at is not None for event in found if isinstance(event, Event)) or file == "sparkpost.json"
