"""What each vendor's delivery reports look like. Structure and phrases: sisimai/set-of-emails@18e585c2, as named.

Texts are shortened, and keep what parsers go by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fake_gateways.reports.dsn import Draft, Habit, Layout, Report, Undelivered, assemble, one_line

Say = Callable[[Undelivered], str]
"""Returns the text for one recipient's reply."""

_MAPPED_TO_UNKNOWN: Final = {550, 551, 553}
"""Replies to RCPT that sendmail reads as an unknown user, whatever their text (EX_NOUSER)."""


def compose(report: Report, layout: Layout, habits: frozenset[Habit] = frozenset()) -> bytes:
    """Write a report as an RFC 5322 message; raises ValueError if it has no addressee (RFC 5321 section 4.5.5)."""
    say = _keep_back if Habit.NO_DIAGNOSTIC in habits else _tell
    draft = _DRAFTS[layout](report, say)
    if Habit.FOREIGN_LANGUAGE in habits:
        draft = Draft(**{**vars(draft), **_in_german(report, say)})
    return assemble(report, draft, habits)


def _tell(each: Undelivered) -> str:
    """Return the reply for the text."""
    return one_line(str(each.reply))


def _keep_back(each: Undelivered) -> str:
    """Return nothing: the habit of reports without a reason."""
    del each
    return ""


def _succeeded(report: Report) -> bool:
    return all(each.kind in {"delivered", "relayed"} for each in report.undelivered)


def _in_german(report: Report, say: Say) -> dict[str, str]:
    people = "\n".join(f"  {one_line(each.recipient)}\n    {say(each)}" for each in report.undelivered)
    return {
        "subject": f"Unzustellbar: {report.subject}",
        "text": f"Ihre Nachricht konnte die folgenden Empfänger nicht erreichen:\n\n{people}\n",
    }


def _rfc3464(report: Report, say: Say) -> Draft:
    outcome = "was delivered to" if _succeeded(report) else "could not be delivered to"
    people = "\n".join(f"  <{each.recipient}>\n    {say(each)}" for each in report.undelivered)
    return Draft(
        subject=f"Delivery Status Notification ({'Success' if _succeeded(report) else 'Failure'})",
        sender=f"Mail Delivery Subsystem <mailer-daemon@{report.host}>",
        text=f"Your message {outcome} the following recipients:\n\n{people}\n",
    )


def _exchange(report: Report, say: Say) -> Draft:
    """Exchange 2007 and later (lhost-exchange2007-03.eml): the reason between # and ##."""
    people = "\n".join(f"{each.recipient}" for each in report.undelivered)
    facts = "\n\n".join(f"{each.recipient}\n#{say(each)} ##" for each in report.undelivered)
    return Draft(
        subject=f"{'Delivered' if _succeeded(report) else 'Undeliverable'}: {report.subject}",
        sender=f"postmaster@{report.host}",
        text=(
            f"Delivery has failed to these recipients or groups:\n\n{people}\n\n"
            f"Diagnostic information for administrators:\n\nGenerating server: {report.host}\n\n{facts}\n\n"
            f"Original message headers:\n\n{report.headers}\n"
        ),
        headers=(("X-MS-Exchange-Message-Is-Ndr", ""),),
    )


def _exchange_online(report: Report, say: Say) -> Draft:
    """Exchange Online (lhost-office365-04.eml): another server's reply is wrapped as 5.1.351 or 5.0.350."""
    facts = []
    for each in report.undelivered:
        said = say(each)
        if each.remote_host and said:
            said = f"Remote Server returned '550 5.1.351 Remote server returned unknown recipient -> {said}'"
        elif said:
            said = f"Remote Server returned '{said}'"
        facts.append(f"{each.recipient}\n{each.remote_host or report.host}\n{said}")
    people = "\n".join(f"Your message to {each.recipient} couldn't be delivered." for each in report.undelivered)
    details = "\n\n".join(facts)
    return Draft(
        subject=f"Undeliverable: {report.subject}",
        sender=f"Microsoft Outlook <postmaster@{report.host}>",
        text=(
            f"{people}\n\nDiagnostic information for administrators:\n\n"
            f"Generating server: {report.host}\n\n{details}\n\n"
            f"Original message headers:\n\n{report.headers}\n"
        ),
        headers=(("X-MS-Exchange-Message-Is-Ndr", ""),),
        statuses=tuple("5.1.351" if each.remote_host else str(each.status) for each in report.undelivered),
    )


def _domino(report: Report, say: Say) -> Draft:
    """Domino (lhost-domino-*.eml): the subject has the reason, too."""
    first = report.undelivered[0]
    people = "\n".join(f"  {each.recipient}" for each in report.undelivered)
    said = "\n".join(f"  {one_line(each.reply.text) if say(each) else ''}" for each in report.undelivered)
    return Draft(
        subject=f"DELIVERY FAILURE: {one_line(first.reply.text) if say(first) else ''}",
        sender=f"Mail Router <postmaster@{report.host}>",
        text=(
            f"Your message\n\n  Subject: {report.subject}\n\nwas not delivered to:\n\n{people}\n\nbecause:\n\n{said}\n"
        ),
    )


def _symantec_cloud(report: Report, say: Say) -> Draft:
    """MessageLabs (rhost-messagelabs-*.eml of the same collection): text only."""
    people = "\n\n".join(f"<{each.recipient}>:\n\nReason:\n\n{say(each)}" for each in report.undelivered)
    return Draft(
        subject=f"Mail Delivery Failure: {report.subject}",
        sender="Mail Delivery System <MAILER-DAEMON@messagelabs.example>",
        text=(
            "This is the mail delivery agent at messagelabs.example.\n"
            f"I was unable to deliver your message to the following addresses:\n\n{people}\n\n"
            f"The message subject was: {report.subject}\nThe message date was: {report.arrival_date}\n"
            f"The message reference was: {report.number}\n\n"
            "Please do not reply to this email as it is sent from an unattended mailbox.\n"
        ),
        has_machine_part=False,
        quote_line="--- Below this line is a copy of the message.",
    )


def _postfix_text(report: Report, say: Say, greeting: str) -> str:
    paragraphs = []
    for each in report.undelivered:
        said = say(each)
        if each.remote_host and said:
            said = f"host {each.remote_host} said: {said} (in reply to RCPT TO command)"
        paragraphs.append(f"<{each.recipient}>: {said}")
    return greeting + "\n\n".join(paragraphs) + "\n"


def _barracuda(report: Report, say: Say) -> Draft:
    """Barracuda Email Security Gateway (rfc3464-03.eml): Postfix's report under another name."""
    greeting = (
        f"This is the Email Security Gateway at host {report.host}.\n\n"
        "I'm sorry to inform you that the message below could not be delivered.\n"
        "When delivery was attempted, the following error was returned.\n\n\n"
    )
    return Draft(
        subject="Undelivered Mail Returned to Sender",
        sender=f"MAILER-DAEMON@{report.host} (Mail Delivery System)",
        text=_postfix_text(report, say, greeting),
        per_message=(
            ("X-Email-Security-Gateway-Queue-ID", report.number),
            ("X-Email-Security-Gateway-Sender", f"rfc822; {report.return_path}"),
        ),
    )


def _postfix(report: Report, say: Say) -> Draft:
    """Postfix (lhost-postfix-01.eml; bounce(5))."""
    greeting = (
        f"This is the mail system at host {report.host}.\n\n"
        "I'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients. It's attached below.\n\n"
    )
    if _succeeded(report):
        greeting = f"This is the mail system at host {report.host}.\n\nYour message was successfully delivered.\n\n"
    done = "Successful Mail Delivery Report"
    return Draft(
        subject=done if _succeeded(report) else "Undelivered Mail Returned to Sender",
        sender=f"MAILER-DAEMON@{report.host} (Mail Delivery System)",
        text=_postfix_text(report, say, greeting),
        per_message=(
            ("X-Postfix-Queue-ID", report.number),
            ("X-Postfix-Sender", f"rfc822; {report.return_path}"),
        ),
    )


def _exim(report: Report, say: Say) -> Draft:
    """Exim (lhost-exim-02.eml): text only, the recipients in a header field."""
    people = "\n".join(
        f"  {each.recipient}\n"
        + (
            f"    SMTP error from remote mail server after RCPT TO:<{each.recipient}>:\n"
            f"    host {each.remote_host}: {say(each)}"
            if each.remote_host
            else f"    {say(each)}"
        )
        for each in report.undelivered
    )
    return Draft(
        subject="Mail delivery failed: returning message to sender",
        sender=f"Mail Delivery System <Mailer-Daemon@{report.host}>",
        text=(
            "This message was created automatically by mail delivery software.\n\n"
            "A message that you sent could not be delivered to one or more of its\n"
            f"recipients. This is a permanent error. The following address(es) failed:\n\n{people}\n"
        ),
        headers=(("X-Failed-Recipients", ", ".join(each.recipient for each in report.undelivered)),),
        has_machine_part=False,
        quote_line="------ This is a copy of the message, including all the headers. ------",
    )


def _qmail(report: Report, say: Say) -> Draft:
    """Write as qmail does: QSBMF, text only (cr.yp.to/proto/qsbmf.txt)."""
    paragraphs = []
    for each in report.undelivered:
        said = say(each)
        if each.remote_host and said:
            host = each.remote_host
            said = f"{host} does not like recipient.\nRemote host said: {said}\nGiving up on {host}."
        paragraphs.append(f"<{each.recipient}>:\n{said}\n")
    people = "\n".join(paragraphs)
    return Draft(
        subject="failure notice",
        sender=f"MAILER-DAEMON@{report.host}",
        text=(
            f"Hi. This is the qmail-send program at {report.host}.\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
            f"This is a permanent error; I've given up. Sorry it didn't work out.\n\n{people}\n"
        ),
        has_machine_part=False,
        quote_line="--- Below this line is a copy of the message.",
    )


def _sendmail(report: Report, say: Say) -> Draft:
    """Write as sendmail does (lhost-sendmail-33.eml), which reports ``5.1.1`` over another remote reply to RCPT."""
    fatal, transcript, statuses = [], [], []
    for each in report.undelivered:
        said = say(each)
        takes_for_unknown = each.remote_host is not None and each.reply.code in _MAPPED_TO_UNKNOWN
        fatal.append(f"<{each.recipient}>\n    (reason: {said})")
        if each.remote_host:
            transcript.append(f"... while talking to {each.remote_host}.:\n>>> RCPT To:<{each.recipient}>\n<<< {said}")
        if takes_for_unknown:
            transcript.append(f"550 5.1.1 <{each.recipient}>... User unknown")
        statuses.append("5.1.1" if takes_for_unknown else str(each.status))
    people, session = "\n".join(fatal), "\n".join(transcript)
    return Draft(
        subject="Returned mail: see transcript for details",
        sender=f"Mail Delivery Subsystem <MAILER-DAEMON@{report.host}>",
        auto_submitted="auto-generated (failure)",
        text=(
            f"The original message was received at {report.arrival_date}\n\n"
            f"   ----- The following addresses had permanent fatal errors -----\n{people}\n\n"
            f"   ----- Transcript of session follows -----\n{session}\n"
        ),
        statuses=tuple(statuses),
    )


_DRAFTS: Final[dict[Layout, Callable[[Report, Say], Draft]]] = {
    Layout.RFC3464: _rfc3464,
    Layout.EXCHANGE: _exchange,
    Layout.EXCHANGE_ONLINE: _exchange_online,
    Layout.DOMINO: _domino,
    Layout.SYMANTEC_CLOUD: _symantec_cloud,
    Layout.BARRACUDA: _barracuda,
    Layout.POSTFIX: _postfix,
    Layout.EXIM: _exim,
    Layout.QMAIL: _qmail,
    Layout.SENDMAIL: _sendmail,
}
