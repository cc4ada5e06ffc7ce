"""Who wrote a mail about deliveries: a mail system, or a person."""

from __future__ import annotations

from textwrap import dedent

import pytest

from probe.returned_mail import ReturnedKind, read
from probe.returned_mail.authorship import (
    calls_itself_daemon,
    has_delivery_status,
    is_about_delivery,
    is_answer,
    is_answer_of_a_person,
    is_from_daemon,
    is_from_nobody,
    is_from_program,
    is_pasted_by_a_person,
    is_robot,
)
from probe.returned_mail.mime import parse_mail

ANN = "From: Ann Berg <ann@acme.example>\nTo: bounces@sender.example\n"
QUOTED = """
    > This is the mail system at host mx.other.example.
    >
    > <ben@other.example>: host mx.other.example[192.0.2.1] said: 550 5.1.1 User unknown
    >
    > Final-Recipient: rfc822; ben@other.example
    > Action: failed
    > Status: 5.1.1
    """

WRITTEN_BY_PEOPLE = {
    "a parcel": ("Delivery problem with order 4711", "It has not arrived. Please answer to\n\nann@home.example\n"),
    "a parcel in German": ("Paket unzustellbar", "Es wurde nicht zugestellt. Meine Adresse:\nann@home.example\n"),
    "a parcel in French": ("Colis non remis", "Il n'a pas pu être livré. Écrivez à\n\nann@home.example\n"),
    "an answer to a bounce": ("Re: Undelivered Mail Returned to Sender", f"What is this? Ask Ben.\n{QUOTED}"),
    "an answer in German": ("AW: Unzustellbar: Newsletter", "Bitte nur noch an\nann@home.example\nschreiben.\n"),
    "an answer in Swedish": ("SV: Undeliverable: News", "Använd ann@home.example: den gamla fungerar inte.\n"),
    "a new address": ("Mail failure", "Mail to ann@acme.example fails since May.\n\nNew address:\nann@home.example\n"),
    "a question with an error": ("Mail delivery failed", f"Hello, I get this from you:\n\n550 5.7.1 blocked\n{QUOTED}"),
    "a colleague": ("Delivery status of our order", "Please ask\n\nben@acme.example\n\nhe knows the error 550.\n"),
    "a complaint": ("Returned mail?", "Your mail to ann@acme.example was returned to sender. Why?\n"),
    "an address with an error": ("Error in mail", "The address carl@acme.example does not exist. Please remove it.\n"),
    "somebody who left": ("Delivery error", "Was not delivered to:\n\nbert@acme.example\n\nHe left us in May.\n"),
    "somebody on leave": ("Mail failed", "Recipient: bert@acme.example is on leave, write to\nben@acme.example\n"),
    "a filter": ("Rejected mail", "Your mail to bert@acme.example was rejected: 550 5.7.1. I let you in now.\n"),
    "an administrator": ("Re: your mail is rejected", "We unblocked you.\n\nben@acme.example\n"),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "text"), WRITTEN_BY_PEOPLE.values(), ids=WRITTEN_BY_PEOPLE)
def test_what_a_person_writes_about_deliveries_is_no_bounce(subject: str, text: str) -> None:
    for sender in (ANN, f"Return-Path: <ann@acme.example>\n{ANN}", ANN.replace("Ann Berg", "")):
        found = read(f"{sender}Subject: {subject}\nMIME-Version: 1.0\n\n{dedent(text)}".encode())
        assert (found.kind, found.recipients) == (ReturnedKind.UNREADABLE, ())


def test_an_administrator_who_answers_is_a_person() -> None:
    mail = "From: Postmaster <postmaster@acme.example>\nSubject: Re: Delivery failure\n\nAsk\n\nben@acme.example\n"
    assert read(mail.encode()).recipients == ()


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("postmaster@acme.example", "Hello,\n\nwe see errors when you deliver to ben@acme.example. Can you check?\n"),
        ("noreply@post.example", "Your parcel could not be delivered.\nRecipient: ben@acme.example\n"),
        (
            "ann@acme.example",
            "This is the mail system at host mx.\n\n<ben@acme.example>: 550 5.1.1\n\nDo you know why?\n",
        ),
    ],
)
def test_letters_and_news_of_parcels_bounce_nobody(sender: str, text: str) -> None:
    found = read(f"From: {sender}\nTo: bounces@sender.example\nSubject: Delivery failed\n\n{text}".encode())
    assert (found.kind, found.recipients, found.unnamed) == (ReturnedKind.UNREADABLE, (), None)


PASTED = {
    "by the subject": ("Fwd: Undelivered Mail", "See below.\n"),
    "from Outlook": (
        "WG: Unzustellbar: Hello",
        "Von: Microsoft Outlook <postmaster@other.example>\nGesendet: Montag\n",
    ),
    "from Gmail": ("Undelivered Mail", "---------- Forwarded message ---------\nFrom: Mail Delivery System\n"),
    "from Apple": ("Mail delivery failed", "> Begin forwarded message:\n>\n> From: Mail Delivery System\n"),
}


@pytest.mark.parametrize(("subject", "above"), PASTED.values(), ids=PASTED)
def test_what_a_person_pastes_from_a_report_is_no_report(subject: str, above: str) -> None:
    for text in (dedent(QUOTED), dedent(QUOTED).replace("> ", "").replace(">", "")):
        mail = f"Return-Path: <ann@acme.example>\n{ANN}Subject: {subject}\n\n{above}{text}"
        found = read(mail.encode())
        assert (found.kind, found.recipients, found.unnamed) == (ReturnedKind.UNREADABLE, (), None)


def test_a_system_that_answers_with_the_subject_of_the_original_brings_a_report() -> None:
    text = "This is the mail system at host mx.acme.example.\n\n<ben@acme.example>: 550 5.1.1 unknown\n"
    mail = f"From: post_master@acme.example\nSubject: Re:News\n\n{text}"
    assert [entry[:4] for entry in read(mail.encode()).recipients] == [("ben@acme.example", "failed", "5.1.1", 550)]


def test_nobody_and_robots_are_no_people() -> None:
    assert is_from_nobody(parse_mail(b"Subject: x\n\n"))
    assert is_robot(parse_mail(b"From: Shop <no-reply@acme.example>\n\n"))
    assert is_answer(parse_mail(b"Subject: Re: News\n\n"))
    assert not has_delivery_status(parse_mail(b"Subject: x\n\n"))


def test_a_postmaster_may_be_a_person() -> None:
    daemon, postmaster = (f"From: {name}@acme.example\n\n".encode() for name in ("mailer-daemon", "postmaster"))
    assert calls_itself_daemon(parse_mail(daemon))
    assert not calls_itself_daemon(parse_mail(postmaster))


@pytest.mark.parametrize(
    ("header", "daemon", "program"),
    [
        ("From: MAILER-DAEMON (Mail Delivery System)", True, True),
        ("From: Postmaster <postmaster@acme.example>", True, True),
        ("Return-Path: <>\nFrom: Gateway <gateway@acme.example>", False, True),
        ("From: no-reply@acme.example", False, True),
        ("Auto-Submitted: auto-generated\nFrom: ann@acme.example", False, True),
        ("Auto-Submitted: no\nFrom: ann@acme.example", False, False),
        ("From: Ann <ann@acme.example>", False, False),
        ("To: ann@acme.example", False, True),
    ],
)
def test_a_daemon_says_its_name_and_a_program_has_no_return_path(header: str, daemon: bool, program: bool) -> None:  # noqa: FBT001
    mail = parse_mail(f"{header}\n\n".encode())
    assert (is_from_daemon(mail), is_from_program(mail)) == (daemon, program)


@pytest.mark.parametrize(
    ("subject", "answer", "pasted", "about"),
    [
        ("Re: Undeliverable: News", True, False, True),
        ("AW: [News] Rückfrage", True, False, False),
        ("FWD: Returned mail: see transcript for details", False, True, True),
        ("Fwd: News", False, True, False),
        ("Recipes", False, False, False),
        ("Warning: could not send message for past 4 hours", False, False, True),
    ],
)
def test_the_subject_tells_answers_forwards_and_reports(
    subject: str,
    answer: bool,  # noqa: FBT001
    pasted: bool,  # noqa: FBT001
    about: bool,  # noqa: FBT001
) -> None:
    mail = parse_mail(f"From: ann@acme.example\nSubject: {subject}\n\n".encode())
    assert is_pasted_by_a_person(mail, "") == pasted
    assert (is_answer_of_a_person(mail), is_about_delivery(mail)) == (answer, about)
