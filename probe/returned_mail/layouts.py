"""Human-readable reports: how the text of each mail system names recipients and diagnostics.

A layout is a row of a table: a phrase by which it is recognised, and a pattern for a recipient below that phrase. The
text after a recipient, up to the next one, is its diagnostic. Sources of the phrases: sisimai/set-of-emails@18e585c2,
cr.yp.to/proto/qsbmf.txt, bounce(5) of Postfix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from probe.returned_mail.diagnostic import ADDRESS, is_plausible, parse_diagnostic
from probe.returned_mail.model import MAX_RECIPIENTS, Action, RecipientEntry
from probe.returned_mail.outcome import outcome

MAX_NOTICE: Final = 256 * 1024
"""Characters of the human-readable text that are read, at most."""
_MAX_PARAGRAPH: Final = 4_000
_AT_ONCE: Final = 500
"""Characters within which a report of a mail system shows its layout."""

_ORIGINAL_BEGINS: Final = re.compile(
    r"^[ \t>*]{0,9}(?:"
    r"-{2,30} ?(?:Below (?:this|the next) line|This is a copy|Enclosed is a copy|(?:The header of the )?Original"
    r" message|Unsent message|Returned Message|Message header|START OF RETURNED|original mail info|Undelivered message)"
    r"|(?:(?:Possibly truncated )?Original message|Message headers|Message text) follow"
    r"|Below is a copy of the original message"
    r"|Original message headers?:|Included is a copy of the message header"
    r"|(?:Received|Return-Path|DKIM-Signature|X-Received|MIME-Version|Message-ID|Reporting-MTA)[ \t]?:)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the human-readable text ends: at the quoted original message, or at machine-readable fields."""
_DESCRIBES: Final = re.compile(r"following header fields:\s{1,20}$", re.IGNORECASE)
_MESSAGE_ID: Final = re.compile(
    r"^[ \t>]{0,9}(?:Original-)?Message-ID[ \t]{0,9}:\s{0,9}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_SESSION_BEGINS: Final = re.compile(r"^.{0,9}while talking to ", re.IGNORECASE | re.MULTILINE)
_REPLIES: Final = re.compile(r"^<<< (\d{3}[ -].*)", re.MULTILINE)
_STARTS_WITH_CODE: Final = re.compile(r"[45]\d\d ")


class Layout(NamedTuple):
    """The layout of one system's reports.

    ``shown_by`` recognises it. ``{}`` in ``recipient`` is the place of the address. ``ends`` matches the end of the
    list of recipients, if it has one. ``where`` says where the diagnostic is: behind the recipient, in its line, in the
    session above its line, or around all recipients, who share it.
    """

    name: str
    shown_by: str
    recipient: str
    ends: str = ""
    where: Literal["behind", "line", "session", "around"] = "behind"


_LINE: Final = r"^[ \t]{0,20}[<\"]?{}[>\"]?:?[ \t]{0,9}$"
"""An address on a line of its own."""

LAYOUTS: Final = (
    Layout(
        "qmail, QSBMF", r"^(?:Hi\. This is the|This is the mail delivery agent at|Hi\. The MTA program at)", r"^<{}>:"
    ),
    Layout("Yahoo", r"(?:unable to deliver your|Unable to deliver) message to the following address", r"^<{}>:"),
    Layout(
        "Postfix",
        r"^[ \t]*This is the (?:mail system|[\w ]{0,30}Postfix|Email Security Gateway)",
        r"^<{}>(?: \(.{1,200}\))?:",
    ),
    Layout("Google", r"^Delivery to the following recipients? (?:failed|has been delayed)", _LINE, r"^-----"),
    Layout(
        "sendmail, McAfee, Biglobe, Active!hunter",
        r"-{3} ?The following addresses had .{1,60}-{3}",
        r"^(?:>>> )?<?{}>?(?=[ \t]*$|[ \t]+[<(\[])",
        r"^[ \t]*-{3,5} ?(?!The following)",
    ),
    Layout(
        "sendmail 5",
        r"^[ \t]*-+ Transcript of session follows -+",
        r"^\d{3}(?: \d\.\d\.\d)? <{}>\.\.\.",
        where="session",
    ),
    Layout(
        "Zoho",
        r"^This message was created automatically",
        r"^[ \t]*{} .{0,40}, ?ERROR_CODE ?:|\bAddress: <{}>, ?ResponseCode",
    ),
    Layout(
        "Exim, GMX, MxLogic",
        r"could not be delivered to[^:]{1,160}following\s+address(?:\(es\))?\s+failed:",
        r"^(?:[ \t]{0,9}[<\"]?{}[>\"]?:?[ \t]*$|[ \t]{1,9}<{}>: )",
    ),
    Layout("Exim, malformed", r"addresses that were\s+incorrectly constructed:", r"^[ \t]{1,9}{}(?= <|:)"),
    Layout("DragonFly", r"^This is the DragonFly Mail Agent", r"error delivering your mail to <{}>"),
    Layout("OpenSMTPD", r"following\s+list of recipients:", r"^{}: "),
    Layout(
        "Exchange 2003",
        r"(?:did not reach the following recipient|The following recipient\(s\) could not be)",
        r"^[ \t]*{} on ",
    ),
    Layout("Exchange 2007 and later", r"^Generating server:", r"^{}[ \t]*$"),
    Layout("Domino", r"^was not delivered to:", _LINE, r"^[ \t]*because:", where="around"),
    Layout("Notes", r"-{3,9} Failure Reasons", _LINE, where="around"),
    Layout(
        "IMail",
        r"",
        r"^(?:Unknown user|User mailbox exceeds allowed size|Invalid final delivery userid): {}",
        where="line",
    ),
    Layout("IMail, attempts", r"", r"^Delivery failed \d{1,9} attempts: {}", where="line"),
    Layout("IMail, reply", r"", r"^undeliverable[ ]{1,3}to {}"),
    Layout("EZweb, KDDI", r"", r"^[ \t]*Recipient: <{}>"),
    Layout("EZweb, disabled", r"^The user\(s\) account is disabled", r"^[ \t]*<{}>", where="around"),
    Layout("KDDI", r"", r"^[ \t]*Could not be delivered to: <{}>"),
    Layout("m-FILTER", r"以下のメールアドレスへの送信に失敗しました", _LINE),
    Layout("Mimecast", r"(?:following address could not be|an email you addressed to)", r"^-- {}[ \t]*$"),
    Layout("James, Verizon", r"^Message details:", r"^[ \t]*RCPT TO: {}[ \t]*$", where="around"),
    Layout("Verizon", r"^Message could not be delivered to mobile", r"^To: {}[ \t]*$", where="around"),
    Layout("x2", r"^NOTICE: Delivery Failure", r"^Delivery failed: {}"),
    Layout("x6", r"^We had trouble delivering your message", r"rejected recipient <{}>"),
    Layout("MailFoundry, InterScan", r"", r"Unable to deliver message to:? <{}>"),
    Layout("InterScan, transcript", r"^Sent <<< ", r"^Sent <<< RCPT TO:<{}>"),
    Layout("mailbox is full", r"", r"^User's mailbox is full: <{}>", where="around"),
)
"""In the order they are tried: the first that is recognised and names a recipient is used."""


class _Compiled(NamedTuple):
    shown_by: re.Pattern[str]
    recipient: re.Pattern[str]
    ends: re.Pattern[str] | None
    where: str


class _Span(NamedTuple):
    """The position of a recipient: where its line or phrase begins, and where its address begins and ends."""

    begins: int
    start: int
    end: int
    address: str


def _compiled(layout: Layout) -> _Compiled:
    flags = re.IGNORECASE | re.MULTILINE
    recipient = layout.recipient.replace("{}", f"({ADDRESS})")
    ends = re.compile(layout.ends, flags) if layout.ends else None
    return _Compiled(re.compile(layout.shown_by, flags), re.compile(recipient, flags), ends, layout.where)


_TABLE: Final = tuple(_compiled(each) for each in LAYOUTS)


class Notice(NamedTuple):
    """The human-readable text, the original message that is quoted below it, and what the report as a whole says."""

    text: str
    quoted: str
    action: Action


def split_notice(text: str, subject: str = "") -> Notice:
    """Split a text where the quoted original begins, if there is other text before it."""
    # Oracle's servers describe the original before they say what became of it.
    begins = next(
        (
            found.start()
            for found in _ORIGINAL_BEGINS.finditer(text)
            if text[: found.start()].strip() and not _DESCRIBES.search(text, max(0, found.start() - 60), found.start())
        ),
        None,
    )
    notice = _first(text[:begins])
    return Notice(notice, "" if begins is None else text[begins:], outcome(subject, notice))


def _first(text: str) -> str:
    return text if len(text) <= MAX_NOTICE else text[:MAX_NOTICE].rpartition("\n")[0]


def message_id_in(text: str) -> str:
    """Return the first Message-ID field quoted in a text, in angle brackets; empty if there is none."""
    found = _MESSAGE_ID.search(text)
    return found[1] if found else ""


def read_text(notice: Notice, *, at_once: bool = False) -> list[RecipientEntry]:
    """Return the recipients by the first layout that fits; nothing if none fits.

    ``at_once``: only by a layout whose phrase is among the first words, as no person begins a mail.
    """
    for layout in _TABLE:
        if at_once and not (layout.shown_by.pattern and layout.shown_by.search(notice.text, 0, _AT_ONCE)):
            continue
        # If recipients share a diagnostic, the only address may be in what looks like the quoted original.
        for text in (notice.text, notice.text + _first(notice.quoted)) if layout.where == "around" else (notice.text,):
            found = _read(layout, text, notice.action)
            if found:
                return found
    return []


def read_near_mentions(notice: Notice, recipients: Iterable[str]) -> list[RecipientEntry]:
    """Return an entry for each recipient, with the diagnostic that follows its first mention."""
    wanted = dict.fromkeys(recipients)
    spans: dict[str, _Span] = {}
    for found in re.finditer(ADDRESS, notice.text):
        address = found[0] if found[0] in wanted else found[0].rstrip(".")
        if address in wanted:
            spans.setdefault(address, _Span(found.start(), found.start(), found.start() + len(address), address))
    mentioned = list(_paragraphs(notice.text, list(spans.values()), "behind", notice.action))
    unmentioned = [each for each in wanted if each not in spans]
    return [*mentioned, *(_by_local_part(notice, each) for each in unmentioned)]


def _by_local_part(notice: Notice, address: str) -> RecipientEntry:
    """Return an entry with what follows the local part on a line of its own: so Exim names who is at home."""
    local = re.escape(address.rpartition("@")[0])
    found = re.search(rf"^[ \t<]{{1,9}}{local}[>:]?[ \t]*$", notice.text, re.MULTILINE | re.IGNORECASE)
    if found is None:
        return RecipientEntry(address, notice.action)
    following = re.search(r"\n[ \t]*\n", notice.text[found.end() :])
    words = notice.text[found.end() :][: following.start() if following else _MAX_PARAGRAPH]
    return RecipientEntry(address, notice.action, *parse_diagnostic(words))


def _read(layout: _Compiled, text: str, action: Action) -> list[RecipientEntry]:
    shown = layout.shown_by.search(text)
    if shown is None:
        return []
    last = layout.ends.search(text, shown.end()) if layout.ends else None
    spans: dict[str, _Span] = {}
    for found in layout.recipient.finditer(text, shown.start(), last.start() if last else len(text)):
        number = found.lastindex or 1
        address = found[number].rstrip(".")
        if is_plausible(address):
            start = found.start(number)
            spans.setdefault(address.lower(), _Span(found.start(), start, start + len(address), address))
        if len(spans) == MAX_RECIPIENTS:
            break
    return list(_paragraphs(text, list(spans.values()), layout.where, action))


def _in_session(above: str, closing: str) -> str:
    """Return what the server said in a session (RFC 5321), else the line by which sendmail closes it.

    The closing line has sendmail's own code before the recipient; a code behind the recipient is the server's.
    """
    replies = _REPLIES.findall(_SESSION_BEGINS.split(above)[-1])
    _, dots, reason = closing.partition("... ")
    if replies:
        return "\n".join(each for each in replies if each[:3] == replies[-1][:3])
    return reason if dots and _STARTS_WITH_CODE.match(reason) else closing


def _paragraphs(text: str, spans: list[_Span], where: str, action: Action) -> Iterator[RecipientEntry]:
    """Yield an entry for each recipient, with the diagnostic from the place that the layout gives."""
    parse = lru_cache(1)(parse_diagnostic)  # recipients may share a long one
    for number, span in enumerate(spans):
        if where == "around":
            paragraph = text[: spans[0].begins][-_MAX_PARAGRAPH:] + text[spans[-1].end :][:_MAX_PARAGRAPH]
        elif where in {"line", "session"}:
            end = text.find("\n", span.end)
            paragraph = text[span.begins : end if end >= 0 else len(text)]
            if where == "session":
                paragraph = _in_session(text[spans[number - 1].end if number else 0 : span.begins], paragraph)
        else:
            paragraph = text[span.end : spans[number + 1].begins if number + 1 < len(spans) else len(text)]
        parsed = parse(paragraph[: 2 * _MAX_PARAGRAPH].lstrip('> :)",.\n').removesuffix("<"))
        yield RecipientEntry(
            recipient=span.address, action=action, status=parsed.status, code=parsed.code, text=parsed.text
        )
