"""Where a report is read: in its fields for machines, its header, a known layout, or its words."""

from __future__ import annotations

import pytest

from probe.returned_mail import read
from probe.returned_mail.layouts import split_notice
from probe.returned_mail.mime import parse_mail
from probe.returned_mail.model import Action, RecipientEntry
from probe.returned_mail.report import read_report, read_unnamed_report

DAEMON = "From: MAILER-DAEMON@mx.acme.example\nTo: news@sender.example\nSubject: Undelivered Mail\n"


def told(octets: str) -> list[RecipientEntry] | None:
    """Return what a report says."""
    mail = parse_mail(octets.encode())
    return read_report(mail, split_notice(mail.parts[0].text, mail.header.get("subject", "")))


@pytest.mark.parametrize(
    "report",
    [
        f"{DAEMON}X-Failed-Recipients: ann@acme.example\n\nann@acme.example\n  550 5.1.1 unknown\n",
        f"{DAEMON}\nFinal-Recipient: rfc822;ann@acme.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 no\n",
        f"{DAEMON}\nThis is the mail system at host mx.\n\n<ann@acme.example>: 550 5.1.1 unknown\n",
        f"{DAEMON}\nYour message to ann@acme.example failed: 550 5.1.1 unknown\n",
    ],
    ids=["header", "fields", "layout", "sentence"],
)
def test_a_recipient_is_read_wherever_a_report_names_it(report: str) -> None:
    (entry,) = told(report) or []
    assert entry[:4] == ("ann@acme.example", Action.FAILED, "5.1.1", 550)


def test_a_local_part_that_exim_writes_alone_has_the_words_below_it() -> None:
    head = f"{DAEMON}X-Failed-Recipients: ann@acme.example, ben@acme.example\n\nThe following address(es) failed:\n\n"
    text = "  ann\n    mx.acme.example: 550 5.7.0 Use your provider\n\n  ben\n    mx.acme.example: 552 5.2.2 Full\n"
    assert [(each.recipient, each.status) for each in told(head + text) or []] == [
        ("ann@acme.example", "5.7.0"),
        ("ben@acme.example", "5.2.2"),
    ]


def test_a_report_that_names_nobody_is_a_report_and_other_mail_is_none() -> None:
    assert told(f"{DAEMON}\nSorry.\n") == []
    assert told("From: ann@acme.example\nSubject: Hello\n\nben@acme.example\n") is None


HOME = "Final-Recipient: rfc822; ann@home.example\n"
FIELDS = "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n"
FORWARDED = {
    "Exim": "X-Failed-Recipients: ann@home.example\n\n ann@home.example\n (generated from ann@acme.example)\n 550 no\n",
    "Postfix": "\nThis is the mail system.\n\n<ann@home.example> (expanded from <ann@acme.example>): 550 5.1.1 no\n",
    "fields": f"\n{HOME}Original-Recipient: rfc822;ann@acme.example\n{FIELDS}",
    "sendmail": f"\n<ann@home.example>\n    (expanded from: <ann@acme.example>)\n\n{HOME}{FIELDS}",
}


@pytest.mark.parametrize("report", FORWARDED.values(), ids=FORWARDED)
def test_the_address_that_was_mailed_is_kept_beside_that_of_a_forward(report: str) -> None:
    (entry,) = told(DAEMON + report) or []
    assert (entry.recipient, entry.original_recipient, entry.code) == ("ann@home.example", "ann@acme.example", 550)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The mailbox is full.\n\n552 5.2.2 Over quota\n", (Action.FAILED, "5.2.2", 552)),
        ("We will keep trying.\n\n452 4.2.2 Over quota\n", (Action.DELAYED, "4.2.2", 452)),
        ("It could not be delivered.\n", (Action.FAILED, None, None)),
    ],
)
def test_a_report_that_names_nobody_keeps_its_reason(text: str, said: tuple[object, ...]) -> None:
    mail = parse_mail(f"From: postmaster@acme.example\n\n{text}".encode())
    entry = read_unnamed_report(mail, split_notice(text))
    assert entry is not None
    assert entry[1:4] == said


def test_a_mail_of_a_postmaster_without_any_trouble_says_nothing() -> None:
    mail = parse_mail(b"From: postmaster@acme.example\nSubject: Hello\n\nHello.\n")
    assert read_unnamed_report(mail, split_notice("Hello.\n")) is None


def test_a_transcript_is_about_the_only_recipient() -> None:
    transcript = "\n   ----- Transcript of session follows -----\n451 4.0.0 Operating system error\n\n"
    fields = "Final-Recipient: rfc822; {}@acme.example\nAction: failed\nStatus: {}\n"
    assert [each.code for each in told(f"{DAEMON}{transcript}{fields.format('ann', '4.5.0')}") or []] == [451]
    assert [each.code for each in told(f"{DAEMON}{transcript}{fields.format('ann', '5.5.0')}") or []] == [None]
    both = "\n".join(fields.format(name, "4.5.0") for name in ("ann", "ben"))
    assert [each.code for each in told(f"{DAEMON}{transcript}{both}") or []] == [None, None]


def test_a_server_that_describes_the_original_first_is_read_to_the_end() -> None:
    original = "This report relates to a message with the following header fields:\n\n  Message-id: <1@x.example>\n"
    listed = (
        "\nIt cannot be delivered to:\n\n  Recipient address: ann@acme.example\n  Diagnostic code: smtp;550 5.1.1 no\n"
    )
    assert [each[:4] for each in told(f"{DAEMON}\n{original}{listed}") or []] == [
        ("ann@acme.example", Action.FAILED, "5.1.1", 550)
    ]


def test_the_servers_words_in_the_text_outrank_a_stated_status_without_a_diagnostic() -> None:
    text = "--- The following addresses had permanent errors ---\n<ann@acme.example>\n    (reason: 550 5.7.1 no)\n"
    fields = "\nFinal-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n"
    assert [each[2:4] for each in told(f"{DAEMON}\n{text}{fields}") or []] == [("5.7.1", 550)]


def test_a_report_that_lost_its_header_is_read_by_its_fields() -> None:
    fields = "Sorry.\n\nFinal-Recipient: rfc822; ann@acme.example\nAction: failed\nStatus: 5.1.1\n"
    assert [each[:3] for each in told(f"\n{fields}") or []] == [("ann@acme.example", Action.FAILED, "5.1.1")]


UNNAMED = (
    "From: MAILER-DAEMON@mx.acme.example\nTo: news@sender.example\nSubject: Undelivered Mail\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n{}\n'
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.acme.example\n\n"
    "Final-Recipient: rfc822; {}\nAction: failed\nStatus: 5.2.2\n"
    "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\n\n--b--\n"
)


@pytest.mark.parametrize("named", ["ann", "IMCEAEX-_O=ACME_OU=EXCHANGE_CN=RECIPIENTS_CN=ANN@acme.example"])
def test_fields_that_name_the_recipient_by_no_address_still_say_why(named: str) -> None:
    text = "This is the mail system at host mx.acme.example.\n\n<ann@acme.example>: the mailbox is full\n"
    (entry,) = read(UNNAMED.format(text, named).encode()).recipients
    assert entry[:4] == ("ann@acme.example", "failed", "5.2.2", 552)
    assert entry.text == "552 5.2.2 Mailbox full"


def test_an_address_that_exchange_wrapped_is_unwrapped() -> None:
    mail = UNNAMED.format("Sorry.", "IMCEASMTP-ann+40acme+2Eexample@ex1.local")
    assert [entry.recipient for entry in read(mail.encode()).recipients] == ["ann@acme.example"]


FOREIGN = {
    "Chinese": "您的邮件 无法发送到 ann@acme.example 对方服务器 said: 550 Mailbox not found",
    "Greek": "Το μήνυμά σας προς ann@acme.example δεν παραδόθηκε. 550 5.1.1 άγνωστος",  # noqa: RUF001
    "Arabic": "تعذر تسليم رسالتك إلى ann@acme.example\n550 5.1.1 User unknown",
    "Vietnamese": "Thư của bạn gửi ann@acme.example không đến nơi (550 5.1.1). Hỏi postmaster@mx.acme.example",
    "Czech": "Vaše zpráva pro ann@acme.example se vrátila: 550 5.1.1 neznámý",
    "Italian": (
        'Il messaggio proveniente da "news@shop.example" ed indirizzato a "ann@acme.example" '
        "non e' stato consegnato: 5.1.1 -"
    ),
}  # fmt: skip


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.acme.example", "Gateway <gateway@mx.acme.example>"])
@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_the_only_foreign_address_of_a_mail_system_with_a_code_is_the_recipient(sender: str, text: str) -> None:
    mail = f"Return-Path: <>\nFrom: {sender}\nTo: bounces@sender.example\nSubject: ...\n\n{text}\n"
    (entry,) = read(mail.encode()).recipients
    assert (entry.recipient, entry.action, entry.is_inferred) == ("ann@acme.example", "failed", False)
    assert entry.code == 550 or entry.status == "5.1.1"


def test_a_receipt_of_italian_certified_mail_names_its_recipient_without_a_return_path() -> None:
    head = "X-Ricevuta: errore-consegna\nFrom: pec@post.example\nTo: news@sender.example\nSubject: MANCATA CONSEGNA\n"
    (entry,) = read(f"{head}\n{FOREIGN['Italian']}\nIdentificativo: 1@post.example\n".encode()).recipients
    assert (entry.recipient, entry.status) == ("ann@acme.example", "5.1.1")
