"""Mail that came back, and mailboxes of it."""

from __future__ import annotations

from typing import Final

from probe.intake.event import Event
from probe.intake.formats import mailbox
from probe.intake.reading import mbox
from probe.records.returned import Returned
from probe.returned_mail import read
from probe.returned_mail.joiner import ReturnJoiner
from probe.returned_mail.mime import MAX_OCTETS
from probe.sender.template import Template
from simulation.fuzzing.target import Target

_WORDS: Final = (
    b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/delivery-status\n", b"\n--b\n",
    b"\n--b--\n", b"Content-Type: message/rfc822\n", b"Content-Type: text/html; charset=utf-7\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Type: text/plain; name*0*=utf-8''%41; name*1=b\n",
    b"Content-Transfer-Encoding: quoted-printable\n", b"Final-Recipient: rfc822;ann@acme.example\n",
    b"Original-Recipient: ", b"Action: failed\n", b"Status: 5.1.1\n", b"Diagnostic-Code: smtp; 550 5.1.1 no\n",
    b"X-Failed-Recipients: ", b"Feedback-Type: abuse\n", b"<ann@acme.example>:\n", b"Subject: ", b"=?utf-8?B?YWJjZ?=",
    b"=?iso-2022-jp?Q?=1B?=", b"Hi. This is the qmail-send program\n", b"> ", b"-----\n",
    b"following address(es) failed:\n", b"This is the mail system at host", b"Message-ID: <1@sender.example>\n",
    b"Auto-Submitted: auto-replied\n", b"From: MAILER-DAEMON\n", b"From ann@acme.example Tue Mar  3 09:00:13 2026\n",
    b'{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"ann@acme.example"}]}}',
    b"Received: ", b'"ann smith"@acme.example', b"bounce+ann=acme.example@sender.example", b"begin 644 x\n",
    b"multipart/", b"\n\n", b"\n ",
)  # fmt: skip


def _read(data: bytes) -> None:
    """Read a mail; it names only whom it names."""
    found = read(data)
    assert all("\n" not in each.text for each in found.recipients)
    rows: list[Returned] = []
    ReturnJoiner("acme", rows.append).accept("bounce+ann=acme.example@sender.example", data, 1_772_438_400.0)
    assert rows


def _mailbox(data: bytes) -> None:
    """Read a file as a mailbox: an mbox, or a single mail."""
    for each in mailbox.events(mbox.messages(data.splitlines(keepends=True), MAX_OCTETS)):
        assert not isinstance(each, Event) or each.recipient


def _message(data: bytes) -> None:
    """Read a message of a campaign, and fill it in."""
    template = Template(data, "message.eml")
    fields = dict.fromkeys(template.fields, "Ann \u00c5berg\r\nBcc: x")
    octets = template.render(fields, to="ann@acme.example", message_id="<1@sender.example>", at=1_772_438_400.0)
    assert b"\nBcc: x" not in octets or b"Bcc" in data


TARGETS: Final = (
    Target("message", _message, words=(*_WORDS, b"{{name}}", b"{{ f1 }}", b"{{", b"}}", b"Bcc: ")),
    Target("mail", _read, words=_WORDS),
    Target("mailbox", _mailbox, words=_WORDS, batch=1_000),
)
