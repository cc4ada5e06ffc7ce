"""What a file looks like that is not what the user said."""

from __future__ import annotations

import pytest
from intake_samples import MAILBOX, SAMPLES, YEAR, Sample

from probe.intake.event import LogLine
from probe.intake.guess_format import described, guess_format, is_without_mail_out


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.source)
def test_each_sample_looks_like_its_format(sample: Sample) -> None:
    # A table that names its columns otherwise is read with --columns only.
    expected = None if sample.columns else sample.source
    assert guess_format(sample.lines, YEAR) in {expected, sample.source}
    assert described(sample.source)


def test_a_log_in_a_containers_dress_looks_the_same() -> None:
    for sample in SAMPLES[:2]:
        dressed = [LogLine(line.number, f"mail-1  | {line.text}") for line in sample.lines]
        assert guess_format(dressed, YEAR) == sample.source


def test_a_mailbox_is_known_by_its_first_line() -> None:
    lines = [LogLine(number, text) for number, text in enumerate(MAILBOX.read_text("utf-8").splitlines(), 1)]
    assert guess_format(lines, YEAR) == "mailbox"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{}",
        "a,b",
        "Mar  2 08:00:01 mta1 CRON[109]: (root) CMD (true)",
        "Mar  2 08:00:01 mta1 su: ann <ann@a.example>",
    ],
)
def test_what_has_no_event_looks_like_nothing(text: str) -> None:
    assert guess_format([LogLine(1, text), LogLine(2, text)], YEAR) is None


def test_a_format_without_a_name_of_its_own_is_called_by_its_option() -> None:
    assert described("pigeon") == "the format pigeon"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"event": "delivered", "email": "ann@a.example", "ts_event": 1772438400, "message-id": "<1@x>"}', "brevo"),
        ('{"event": "delivered", "email": "ann@a.example", "timestamp": 1772438400, "sg_message_id": "1"}', "sendgrid"),
        ("status,reason,email,created\n5.1.1,550 5.1.1 no,ann@a.example,1772438400", "sendgrid"),
        ("address,code,error,created_at\nann@a.example,550,no,2026-03-02", "mailgun"),
        ('{"Bounces": [{"Type": "HardBounce", "Email": "ann@a.example", "BouncedAt": "2026-03-02"}]}', "postmark"),
        ('{"Message": "{\\"eventType\\": \\"Open\\", \\"mail\\": {\\"destination\\": [\\"ann@a.example\\"]}}"}', "ses"),
        ("Email Address,Bounce Type\nann@a.example,Soft bounce", "csv"),
        ("ann@a.example\nbob@a.example", "csv"),
        ("Received,RecipientAddress,Status\n2026-03-02,ann@a.example,Failed", "exchange"),
    ],
)
def test_what_holds_as_many_events_in_several_formats_is_of_the_one_in_which_they_say_most(
    text: str, expected: str
) -> None:
    assert guess_format([LogLine(number, line) for number, line in enumerate(text.splitlines(), 1)], YEAR) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "postfix",
            "Nov 12 09:06:56 mx1 postfix/postscreen[7]: NOQUEUE: reject: RCPT from [192.0.2.7]:4000: 550 5.7.1 No",
        ),
        (
            "postfix",
            "Nov 12 09:06:56 mx1 mta/cleanup[7]: 4F1A2B3C4D: milter-reject: END-OF-MESSAGE from a.example[192.0.2.7]",
        ),
        ("postfix", "Nov 12 09:06:56 mx1 mta/smtp[7]: 4F1A2B3C4D: to=<a@acme.example>, status=undeliverable (no)"),
        (
            "exim",
            "2026-11-12 09:06:56 H=a.example [192.0.2.7] F=<a@b.example> rejected RCPT <c@d.example>: Unrouteable",
        ),
        ("exim", "2026-11-12 09:06:56 Start queue run: pid=7"),
    ],
)
def test_a_log_may_be_without_mail_that_went_out(name: str, text: str) -> None:
    assert is_without_mail_out(name, [LogLine(1, "kernel: up"), LogLine(2, text)])
    assert not is_without_mail_out("csv", [LogLine(1, text)])
    assert not is_without_mail_out(name, [LogLine(1, "Nov 12 09:06:56 mx1 sshd[7]: session opened")])
