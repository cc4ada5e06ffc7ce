"""Reports written for people: one small mail for each layout, its words from the system, the rest made up."""

from __future__ import annotations

from textwrap import dedent

import pytest

from probe.returned_mail import Action, ReturnedKind, layouts, read
from probe.returned_mail.diagnostic import Diagnostic, parse_diagnostic
from probe.returned_mail.layouts import LAYOUTS

HEAD = "From: Mail Delivery <MAILER-DAEMON@mx.acme.example>\nTo: news@sender.example\nSubject: failure notice\n\n"
ORIGINAL = "Received: from sender.example\nMessage-ID: <1@sender.example>\nTo: other@acme.example\n\nDear Ann\n"

MAILS: dict[str, tuple[str, str | None, int | None]] = {
    "qmail, QSBMF": ("""\
        Hi. This is the qmail-send program at mx.acme.example.
        I'm afraid I wasn't able to deliver your message to the following addresses.

        <ann@acme.example>:
        192.0.2.25 does not like recipient.
        Remote host said: 550 5.1.1 No such user
        Giving up on 192.0.2.25.

        --- Below this line is a copy of the message.

        """, "5.1.1", 550),
    "Yahoo": ("""\
        Sorry, we were unable to deliver your message to the following address.

        <ann@acme.example>:
        550: 5.1.1 no such user

        --- Below this line is a copy of the message.

        """, "5.1.1", 550),
    "Postfix": ("""\
        This is the mail system at host mx.acme.example.

        <ann@acme.example> (expanded from <all@acme.example>): host mail.acme.example[192.0.2.25]
            said: 550 5.1.1 No such user (in reply to RCPT TO command)

        """, "5.1.1", 550),
    "Google": ("""\
        Delivery to the following recipient failed permanently:

             ann@acme.example

        The error that the other server returned was:
        550 5.1.1 no such user

        ----- Original message -----

        """, "5.1.1", 550),
    "sendmail, McAfee, Biglobe, Active!hunter": ("""\
           ----- The following addresses had permanent fatal errors -----
        <ann@acme.example>
            (reason: 550 5.1.1 User unknown)

           ----- Transcript of session follows -----
        ... while talking to mail.acme.example.:
        >>> RCPT To:<ann@acme.example>
        <<< 550 5.1.1 User unknown

        """, "5.1.1", 550),
    "sendmail 5": ("""\
           ----- Transcript of session follows -----
        550 acme.example (smtp)... 550 Host unknown
        554 <ann@acme.example>... 550 Host unknown

           ----- Unsent message follows -----
        """, None, 550),
    "Zoho": ("""\
        This message was created automatically by mail delivery software.

        ann@acme.example Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 no such user

        """, "5.1.1", 550),
    "Exim, GMX, MxLogic": ("""\
        A message that you sent could not be delivered to one or more of its
        recipients. This is a permanent error. The following address(es) failed:

          ann@acme.example
            (ultimately generated from all@acme.example)
            host mail.acme.example [192.0.2.25]: 550 5.1.1 no such user

        ------ This is a copy of the message, including all the headers. ------

        """, "5.1.1", 550),
    "Exim, malformed": ("""\
        A message that you sent contained one or more recipient addresses that were
        incorrectly constructed:

          ann@acme.example <ben>: malformed address

        """, None, None),
    "DragonFly": ("""\
        This is the DragonFly Mail Agent v0.13 at mx.acme.example.

        There was an error delivering your mail to <ann@acme.example>.

        mail.acme.example [192.0.2.25] did not like our RCPT TO:
        550 5.1.1 no such user

        Message headers follow.

        """, "5.1.1", 550),
    "OpenSMTPD": ("""\
            An error has occurred while attempting to deliver a message for
            the following list of recipients:

        ann@acme.example: 550 5.1.1 no such user

            Below is a copy of the original message:

        """, "5.1.1", 550),
    "Exchange 2003": ("""\
        Your message

          To:      other@acme.example

        did not reach the following recipient(s):

        ann@acme.example on Thu, 29 Apr 2010 00:00:00 -0000
            The recipient name is not recognized

        """, None, None),
    "Exchange 2007 and later": ("""\
        Delivery has failed to these recipients or groups:

        Ann (ann@acme.example)<mailto:ann@acme.example>

        Generating server: mx.acme.example

        ann@acme.example
        #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

        Original message headers:

        """, "5.1.1", 550),
    "Domino": ("""\
        Your message

          Subject: Spring news

        was not delivered to:

          ann@acme.example

        because:

          550 5.1.1 User not listed

        """, "5.1.1", 550),
    "Notes": ("""\
        ------- Failure Reasons  --------

        User  not listed in public Name & Address Book
        ann@acme.example

        ------- Returned Message --------
        """, None, None),
    "IMail": ("Unknown user: ann@acme.example\n\nOriginal message follows.\n\n", None, None),
    "IMail, attempts": ("Delivery failed 20 attempts: ann@acme.example\n\nOriginal message follows.\n\n", None, None),
    "IMail, reply": ("undeliverable to ann@acme.example\n550 5.1.1 unknown\nOriginal message follows.\n", "5.1.1", 550),
    "EZweb, KDDI": ("""\
        次のあて先へのメッセージはエラーのため送信できませんでした。

            Recipient: <ann@acme.example>
            >>> RCPT TO:<ann@acme.example>
            <<< 550 <ann@acme.example>: User unknown

        """, None, 550),
    "EZweb, disabled": ("The user(s) account is disabled.\n\n<ann@acme.example>\n", None, None),
    "KDDI": ("""\
        Your mail sent on: Thu, 29 Apr 2013 23:45:22 +0900
             Could not be delivered to: <ann@acme.example>
             As their mailbox is full.
        """, None, None),
    "m-FILTER": ("""\
        以下のメールアドレスへの送信に失敗しました。
        ann@acme.example

        -------server message
        550 5.1.1 no such user

        -------original mail info
        """, "5.1.1", 550),
    "Mimecast": ("""\
        An email that you attempted to send to the following address could not be delivered:

        -- ann@acme.example

        Additional information follows :
        -- 5.4.1 Recipient address rejected
        """, "5.4.1", None),
    "James, Verizon": ("""\
        Error: Invalid user address

        550 - Requested action not taken: no such user here

        Message details:
          MAIL FROM: news@sender.example
          RCPT TO: ann@acme.example
        """, None, 550),
    "Verizon": ("""\
        Message could not be delivered to mobile.
        Error: No valid recipients for this MM

        Original Message:
        From: news@sender.example
        To: ann@acme.example
        """, None, None),
    "x2": ("""\
        NOTICE: Delivery Failure.

        Delivery failed: ann@acme.example
        Remote host said[Response Message]: 550 5.1.1 no such user
        """, "5.1.1", 550),
    "x6": ("""\
        We had trouble delivering your message. Full details follow:

        SMTP Server <mail.acme.example> rejected recipient <ann@acme.example> (Error following RCPT command).
        It responded as follows: [550 5.1.1 User unknown]
        """, "5.1.1", 550),
    "MailFoundry, InterScan": ("""\
        Unable to deliver message to: <ann@acme.example>
        Server mail.acme.example[192.0.2.25] failed with: 550 5.1.1 No such user
        """, "5.1.1", 550),
    "InterScan, transcript": ("""\
        Sent <<< RCPT TO:<ann@acme.example>
        Received >>> 550 5.1.1 user unknown
        """, "5.1.1", 550),
    "mailbox is full": ("User's mailbox is full: <ann@acme.example>\nUnable to deliver mail.\n", None, None),
}  # fmt: skip


def mail(text: str, head: str = HEAD) -> bytes:
    return (head + dedent(text) + ORIGINAL).encode()


def test_every_layout_has_its_mail() -> None:
    assert list(MAILS) == [layout.name for layout in LAYOUTS]


@pytest.mark.parametrize(("text", "status", "code"), MAILS.values(), ids=MAILS)
def test_a_layout_tells_recipient_status_and_code(text: str, status: str | None, code: int | None) -> None:
    found = read(mail(text))
    assert found.kind is ReturnedKind.REPORT
    assert [entry[:4] for entry in found.recipients] == [("ann@acme.example", Action.FAILED, status, code)]
    assert found.recipients[0].text
    assert found.message_id == "<1@sender.example>"


@pytest.mark.parametrize("name", ["qmail, QSBMF", "Postfix", "OpenSMTPD", "Yahoo"])
def test_each_recipient_has_words_of_its_own(name: str) -> None:
    text = dedent(MAILS[name][0])
    begins = text.index("<ann@" if "<ann@" in text else "ann@")
    ends = text.index("\n\n", begins)
    other = text[begins:ends].replace("ann@", "ben@").replace("5.1.1", "5.2.2").replace("550", "552")
    found = read(mail(f"{text[:ends]}\n\n{other}{text[ends:]}")).recipients
    assert [entry[:4] for entry in found] == [
        ("ann@acme.example", Action.FAILED, "5.1.1", 550), ("ben@acme.example", Action.FAILED, "5.2.2", 552),
    ]  # fmt: skip


def test_zoho_has_two_forms() -> None:
    other = "[Status: Error, Address: <ben@acme.example>, ResponseCode 552, , Mailbox full.]\n\n"
    found = read(mail(dedent(MAILS["Zoho"][0]) + other)).recipients
    assert [(each.recipient, each.code) for each in found] == [("ann@acme.example", 550), ("ben@acme.example", 552)]


def test_exim_names_the_recipients_in_its_header() -> None:
    head = f"X-Failed-Recipients: ann@acme.example,\n  ben@acme.example\n{HEAD}"
    text = "Sorry.\n\n  pipe to |/bin/x\n    generated by ben@acme.example\n    550 5.1.1 gone\n\n"
    found = read(mail(text, head)).recipients
    assert [entry[:4] for entry in found] == [
        ("ann@acme.example", Action.FAILED, None, None), ("ben@acme.example", Action.FAILED, "5.1.1", 550),
    ]  # fmt: skip


def test_a_delay_is_told_from_a_failure() -> None:
    text = "Delivery to the following recipient has been delayed:\n\n   ann@acme.example\n\n421 try later\n\n"
    assert read(mail(text)).recipients[0][:4] == ("ann@acme.example", Action.DELAYED, None, 421)


def test_a_layout_that_only_flufl_bounce_knows_is_read() -> None:
    text = (
        "--> Error description:\n\nError-for:  ann@acme.example\nError-code: 550 5.1.1 gone\nError-End: One error\n\n"
    )
    assert read(mail(text)).recipients[0][:4] == ("ann@acme.example", Action.FAILED, "5.1.1", 550)


def test_a_layout_that_nobody_knows_is_read_when_an_address_begins_a_line() -> None:
    text = "Vaše zpráva nemohla být doručena:\n\n  ann@acme.example\n    550 5.1.1 nikdo\n\n"
    assert read(mail(text)).recipients[0][:4] == ("ann@acme.example", Action.FAILED, "5.1.1", 550)


@pytest.mark.parametrize(
    "text",
    [
        "Write to\nnews@sender.example\nor to\nMAILER-DAEMON@mx.acme.example\n",
        f"We lost a message.\n\n{'a' * 90}@acme.example\n",
        "We lost <1@sender.example> and v5.1.1 of 550 others.\n",
        "",
    ],
)
def test_nobody_is_made_up(text: str) -> None:
    assert [entry for entry in read(mail(text)).recipients if not entry.is_inferred] == []


def test_a_report_about_nobody_is_joined_by_the_message_it_brings_back() -> None:
    found = read(mail("Delivery report unavailable\n\n"))
    assert (found.kind, found.message_id) == (ReturnedKind.REPORT, "<1@sender.example>")
    assert [(entry.recipient, entry.is_inferred) for entry in found.recipients] == [("other@acme.example", True)]


def test_html_alone_is_read_as_text() -> None:
    head = HEAD.replace("\n\n", "\nContent-Type: text/html\n\n")
    text = "<p>Hi. This is the program.</p><p>&lt;ann@acme.example&gt;:<br>550 5.1.1 gone</p>"
    assert read((head + text).encode()).recipients[0][:4] == ("ann@acme.example", Action.FAILED, "5.1.1", 550)


def test_the_servers_code_is_read_from_a_transcript_and_not_the_line_that_closes_it() -> None:
    text = """\
           ----- Transcript of session follows -----
        While talking to mx.acme.example:
        >>> DATA
        <<< 552 Mailbox full
        554 <ann@acme.example>... Remote protocol error
        While talking to mx.acme.example:
        >>> QUIT
        <<< 421 Bye
        While talking to mx.other.example:
        >>> RCPT To:<ben@other.example>
        <<< 550-Not known
        <<< 550 here
        551 <ben@other.example>... User unknown
        554 <eve@acme.example>... Service unavailable

           ----- Unsent message follows -----
        """
    assert [(entry.recipient, entry.code, entry.text) for entry in read(mail(text)).recipients] == [
        ("ann@acme.example", 552, "552 Mailbox full"),
        ("ben@other.example", 550, "550-Not known 550 here"),
        ("eve@acme.example", 554, "554 <eve@acme.example>... Service unavailable"),
    ]


@pytest.mark.parametrize("address", ['"ann lee"@acme.example', '"ann."@acme.example'])
def test_a_quoted_local_part_is_read_as_it_stands(address: str) -> None:
    said = f"<{address}>: host mx.acme.example[192.0.2.1] said: 550 5.1.1 unknown (in reply to RCPT TO command)\n"
    (entry,) = read(f"{HEAD}This is the mail system at host mx.sender.example.\n\n{said}".encode()).recipients
    assert (entry.recipient, entry.code, entry.status) == (address, 550, "5.1.1")


def test_a_diagnostic_that_all_share_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def parse(text: str) -> Diagnostic:
        texts.append(text)
        return parse_diagnostic(text)

    monkeypatch.setattr(layouts, "parse_diagnostic", parse)
    named = "".join(f"u{number}@acme.example\n" for number in range(50))
    found = read(f"{HEAD}was not delivered to:\n{named}because:\n550 5.1.1 No such user\n".encode())
    assert [each.status for each in found.recipients] == ["5.1.1"] * 50
    assert len(texts) == 1
