"""Reports written for people: how each system's text names the recipients, and what it says of each.

A layout is a row: words that show it, and how a recipient stands below them. What follows a recipient, up to the next,
is its diagnostic. Phrases: sisimai/set-of-emails@18e585c2, cr.yp.to/proto/qsbmf.txt, bounce(5) of Postfix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from probe.returned_mail.diagnostic import ADDRESS, plausible, said_in
from probe.returned_mail.model import MAX_RECIPIENTS, About, Action

MAX_NOTICE: Final = 256 * 1024
"""Characters of the text for people that are read."""
_MAX_PARAGRAPH: Final = 4_000

_ORIGINAL_BEGINS: Final = re.compile(
    r"^[ \t>*]{0,9}(?:"
    r"-{2,30} ?(?:Below (?:this|the next) line|This is a copy|Enclosed is a copy|(?:The header of the )?Original"
    r" message|Unsent message|Returned Message|Message header|START OF RETURNED|original mail info|Undelivered message)"
    r"|(?:Original message|Message headers|Message text) follow|Below is a copy of the original message"
    r"|Original message headers?:|Included is a copy of the message header"
    r"|(?:Received|Return-Path|DKIM-Signature|X-Received|MIME-Version|Message-ID|Reporting-MTA)[ \t]?:)",
    re.IGNORECASE | re.MULTILINE,
)
"""Where the text for people ends: at the original message quoted below, or at fields for machines."""
_MESSAGE_ID: Final = re.compile(
    r"^[ \t>]{0,9}(?:Original-)?Message-ID[ \t]{0,9}:\s{0,9}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_DELAYED: Final = re.compile(
    r"has been delayed|is delayed for|temporary failure report|warning message only|could not send mail for past"
    r"|delivery is delayed|still being retried|will be retried",
    re.IGNORECASE,
)
_SUCCEEDED: Final = re.compile(
    r"^.{0,40}\b(?:was|been) (?:successfully )?delivered (?:to\b|\.)", re.IGNORECASE | re.MULTILINE
)


class Layout(NamedTuple):
    """How a system writes. ``{}`` in ``recipient`` is where the address stands; ``ends`` closes the list, if anything.

    ``where`` the diagnostic stands: behind the recipient, in the line with it, or around all recipients, who share it.
    """

    name: str
    shown_by: str
    recipient: str
    ends: str = ""
    where: Literal["behind", "line", "around"] = "behind"


_LINE: Final = r"^[ \t]{0,20}[<\"]?{}[>\"]?:?[ \t]{0,9}$"
"""An address with a line of its own."""

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
        "sendmail 5", r"^[ \t]*-+ Transcript of session follows -+", r"^\d{3}(?: \d\.\d\.\d)? <{}>\.\.\.", where="line"
    ),
    Layout("Zoho", r"^This message was created automatically", r"^[ \t]*{} .{0,40}, ?ERROR_CODE ?:"),
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
    Layout("IMail, reply", r"", r"^undeliverable to {}"),
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
    Layout("Amazon SES over SNS", r"\"notificationType\"", r"\"emailAddress\"\s{0,9}:\s{0,9}\"{}\""),
    Layout("mailbox is full", r"", r"^User's mailbox is full: <{}>", where="around"),
)
"""In the order of trial: the first that is shown and names somebody is taken."""

_ANY: Final = Layout(
    "an address with a line of its own, or before a colon", "", r"^[ \t]{0,9}[<\"]?{}[>\"]?(?::[ \t].*|:?[ \t]*)$"
)


class _Compiled(NamedTuple):
    shown_by: re.Pattern[str]
    recipient: re.Pattern[str]
    ends: re.Pattern[str] | None
    where: str


class _Span(NamedTuple):
    """Where a recipient stands: its line or phrase begins, the address begins, it ends."""

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
_FALLBACK: Final = _compiled(_ANY)


class Notice(NamedTuple):
    """The text for people, and the original that is quoted below it."""

    text: str
    quoted: str


def cut(text: str) -> Notice:
    """Cut a text where the original message begins, if it has words of its own before."""
    for found in _ORIGINAL_BEGINS.finditer(text):
        if text[: found.start()].strip():
            return Notice(_first(text[: found.start()]), text[found.start() :])
    return Notice(_first(text), "")


def _first(text: str) -> str:
    return text if len(text) <= MAX_NOTICE else text[:MAX_NOTICE].rpartition("\n")[0]


def message_id_in(text: str) -> str:
    """Return the first Message-ID of a header quoted in a text, in angle brackets; empty where it has none."""
    found = _MESSAGE_ID.search(text)
    return found[1] if found else ""


def read_text(notice: Notice) -> list[About]:
    """Return what a text says of its recipients by the first layout that fits, nothing where none does."""
    for layout in _TABLE:
        # With those that share a diagnostic, the only address may stand in what looks like the original.
        for text in (notice.text, notice.text + _first(notice.quoted)) if layout.where == "around" else (notice.text,):
            found = _read(layout, text)
            if found:
                return found
    return []


def read_anything(notice: Notice, strangers: frozenset[str]) -> list[About]:
    """Return what stands about addresses that begin a line, for reports of no known layout; never about strangers."""
    return [about for about in _read(_FALLBACK, notice.text) if about.recipient.lower() not in strangers]


def said_about(notice: Notice, recipients: Iterable[str]) -> list[About]:
    """Return what a text says next to its first mention of each recipient."""
    wanted = dict.fromkeys(recipients)
    spans: dict[str, _Span] = {}
    for found in re.finditer(ADDRESS, notice.text):
        address = found[0] if found[0] in wanted else found[0].rstrip(".")
        if address in wanted:
            spans.setdefault(address, _Span(found.start(), found.start(), found.start() + len(address), address))
    mentioned = list(_paragraphs(notice.text, list(spans.values()), "behind"))
    return [*mentioned, *(About(each, _action(notice.text)) for each in wanted if each not in spans)]


def _read(layout: _Compiled, text: str) -> list[About]:
    shown = layout.shown_by.search(text)
    if shown is None:
        return []
    last = layout.ends.search(text, shown.end()) if layout.ends else None
    spans: dict[str, _Span] = {}
    for found in layout.recipient.finditer(text, shown.start(), last.start() if last else len(text)):
        number = found.lastindex or 1
        address = found[number].rstrip(".")
        if plausible(address):
            start = found.start(number)
            spans.setdefault(address.lower(), _Span(found.start(), start, start + len(address), address))
        if len(spans) == MAX_RECIPIENTS:
            break
    return list(_paragraphs(text, list(spans.values()), layout.where))


def _paragraphs(text: str, spans: list[_Span], where: str) -> Iterator[About]:
    """Yield what stands between each recipient and the next, in its line, or around all of them."""
    action = _action(text)
    for number, span in enumerate(spans):
        if where == "around":
            paragraph = text[: spans[0].begins][-_MAX_PARAGRAPH:] + text[spans[-1].end :][:_MAX_PARAGRAPH]
        elif where == "line":
            end = text.find("\n", span.end)
            paragraph = text[span.begins : end if end >= 0 else len(text)]
        else:
            paragraph = text[span.end : spans[number + 1].begins if number + 1 < len(spans) else len(text)]
        said = said_in(paragraph[: 2 * _MAX_PARAGRAPH].lstrip('> :)",.\n').removesuffix("<"))
        yield About(span.address, action, said.status, said.code, said.text)


def _action(text: str) -> Action:
    if _DELAYED.search(text):
        return Action.DELAYED
    return Action.DELIVERED if _SUCCEEDED.search(text) else Action.FAILED
