"""One client's dialogue with a gateway, without a socket (RFC 5321 3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import TYPE_CHECKING, Final

from fake_gateways.command import Command, SyntaxMistake, parse
from fake_gateways.envelope import Envelope, Stage
from fake_gateways.policies.directory import fault
from fake_gateways.reply import EnhancedStatus, Reply
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Answer, Junk, Question, Refuse

if TYPE_CHECKING:
    from fake_gateways.gateway import Gateway
    from fake_gateways.policies.case import Case

Dialogue = Generator[Question, Answer, Reply]
"""Runs to a reply; on the way it may ask questions, which the edge answers by ``send``."""

MAX_RECIPIENTS: Final = 1000
"""What real gateways take at most; RFC 5321 4.5.3.1.8 asks for 100 at least."""
MAX_MISTAKES: Final = 20
"""Postfix drops a client after so many errors (``smtpd_hard_error_limit``)."""

_MESSAGE_ID: Final = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^>\r\n]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_BODY_TYPES: Final = {"7BIT", "8BITMIME"}


def _status(code: int, enhanced: str, text: str) -> Reply:
    return Reply(code, (text,), EnhancedStatus.parse(enhanced))


TOO_MANY_RECIPIENTS: Final = _status(452, "4.5.3", "Too many recipients")
TOO_MANY_MISTAKES: Final = _status(421, "4.7.0", "Too many errors, closing connection")
TIMED_OUT: Final = _status(421, "4.4.2", "Timeout exceeded, closing connection")
LOCAL_ERROR: Final = _status(421, "4.3.0", "Local error in processing, closing connection")
CANNOT_VERIFY: Final = Reply(252, ("Cannot VRFY user, but will take message",), EnhancedStatus(2, 5, 2))
LINE_TOO_LONG: Final = _status(500, "5.5.6", "Line too long")
BARE_LINE_FEED: Final = _status(521, "5.5.2", "Bare <LF> received, closing connection")
OUT_OF_PLACE: Final = _status(501, "5.5.4", "Syntax error in parameters")


class Session:
    """The server's side of one connection.

    Feed it the greeting, then a command line at a time, then content where it asked for it (``wants_content``).
    Every method that answers is a ``Dialogue``. It writes the truth at each decision about a recipient:
    once at RCPT if refused there, else once when the message is taken, refused, or the dialogue breaks off.
    """

    def __init__(self, gateway: Gateway, case: Case, peer_port: int) -> None:
        self.gateway = gateway
        self.wants_content = False
        self.closing = False
        self._case = case
        self._port = peer_port
        self._refused_at_greeting = False
        self._in_mail = False
        self._mistakes = 0
        self._junked_by: str | None = None

    def greet(self) -> Dialogue:
        """Open the dialogue: a greeting, or a refusal of the whole connection (RFC 5321 3.1)."""
        refusal = yield from self._judge(Stage.CONNECT)
        if refusal is None:
            return self.gateway.say("greeting", self._case)
        self._refused_at_greeting = True
        return refusal

    def command(self, line: bytes) -> Dialogue:
        """Answer a command line given without its CRLF."""
        self._case.at = self.gateway.clock.now()
        try:
            command = parse(line)
        except SyntaxMistake as mistake:
            return self._mistake(_status(501, "5.5.4", str(mistake)) if ":" in str(mistake) else self._unrecognized())
        verb = command.verb
        if self._refused_at_greeting and verb != "QUIT":
            return self._mistake(self.gateway.say("out_of_order", self._case))
        if verb == "RCPT":
            return (yield from self._rcpt(command))
        if verb == "MAIL":
            return (yield from self._mail(command))
        if verb == "DATA":
            return self._data(command)
        if verb in {"EHLO", "HELO"}:
            return (yield from self._hello(command))
        return self._other(command)

    def _other(self, command: Command) -> Reply:
        say, case = self.gateway.say, self._case
        match command.verb:
            case "RSET":
                self._break_off()
                return say("reset", case)
            case "QUIT":
                self._break_off()
                self.closing = True
                return say("quit", case)
            case "NOOP":
                return say("reset", case)
            case "VRFY":
                return CANNOT_VERIFY
            case "HELP":
                return Reply(214, ("EHLO HELO MAIL RCPT DATA RSET NOOP VRFY QUIT",), EnhancedStatus(2, 0, 0))
        return self._mistake(self._unrecognized())

    def _unrecognized(self) -> Reply:
        return self.gateway.say("unrecognized", self._case)

    def _mistake(self, reply: Reply) -> Reply:
        self._mistakes += 1
        if self._mistakes >= MAX_MISTAKES:
            return self.hang_up(TOO_MANY_MISTAKES)
        return reply

    def hang_up(self, reply: Reply) -> Reply:
        """End the dialogue from this side with a last reply."""
        self._break_off()
        self.closing = True
        return reply

    def line_too_long(self) -> Reply:
        """Answer a command line beyond any limit (RFC 5321 4.5.3.1.4)."""
        return self._mistake(LINE_TOO_LONG)

    def lost(self) -> None:
        """Note that the client has gone; harmless when it had said goodbye."""
        self._break_off()
        self.closing = True

    def _hello(self, command: Command) -> Dialogue:
        if not command.argument:
            return self._mistake(_status(501, "5.5.4", f"Syntax: {command.verb} hostname"))
        self._break_off()
        self._case.helo = command.argument[:255]
        refusal = yield from self._judge(Stage.EHLO)
        if refusal is not None:
            self._case.helo = ""
            return refusal
        hello = self.gateway.say("ehlo", self._case)
        return hello if command.verb == "HELO" else Reply(hello.code, (*hello.lines, *self.gateway.keywords))

    def _mail(self, command: Command) -> Dialogue:
        case = self._case
        if self._in_mail or not case.helo:
            return self._mistake(self.gateway.say("out_of_order", case))
        for name, value in command.parameters.items():
            if name == "BODY" and value.upper() in _BODY_TYPES:
                continue
            if name != "SIZE" or not value.isdigit() or len(value) > 20:
                return self._mistake(_status(555, "5.5.4", f"Parameter not supported: {name[:40]}"))
        case.envelope = Envelope(command.path)
        case.transaction += 1
        if int(command.parameters.get("SIZE", 0)) > self.gateway.size_limit:
            return self._refuse(Refuse(Cause.TOO_LARGE), Stage.MAIL, "")
        refusal = yield from self._judge(Stage.MAIL)
        if refusal is not None:
            return refusal
        self._in_mail = True
        return self.gateway.say("mail", case)

    def _rcpt(self, command: Command) -> Dialogue:
        case = self._case
        if not self._in_mail:
            return self._mistake(self.gateway.say("out_of_order", case))
        if command.parameters:
            return self._mistake(
                _status(555, "5.5.4", f"Parameter not supported: {next(iter(command.parameters))[:40]}")
            )
        if len(case.envelope.recipients) >= MAX_RECIPIENTS:
            self.gateway.record(
                case,
                self._port,
                stage=Stage.RCPT,
                recipient=command.path,
                reply=TOO_MANY_RECIPIENTS,
                fate=Fate.DEFERRED,
                cause=Cause.POLICY,
                claimed=Cause.POLICY,
            )
            return TOO_MANY_RECIPIENTS
        case.recipient = command.path
        refusal = yield from self._judge(Stage.RCPT)
        if refusal is None and fault(case, command.path) is Cause.SENDER_REJECTED:
            # Whatever else a gateway looks up later, it never takes mail for somebody else's domain.
            refusal = self._refuse(Refuse(Cause.SENDER_REJECTED), Stage.RCPT, "directory")
        reply = self.gateway.say("rcpt", case) if refusal is None else refusal
        if refusal is None:
            case.envelope.recipients.append(command.path)
        case.recipient = ""
        return reply

    def _data(self, command: Command) -> Reply:
        case = self._case
        if command.argument:
            return self._mistake(OUT_OF_PLACE)
        if not self._in_mail:
            return self._mistake(self.gateway.say("out_of_order", case))
        if not case.envelope.recipients:
            return self._mistake(self.gateway.say("no_recipients", case))
        self.wants_content = True
        return self.gateway.say("data", case)

    def content(self, octets: bytes) -> Dialogue:
        """Answer the end of data. ``octets`` are the message without dot-stuffing and final dot."""
        case = self._case
        case.at = self.gateway.clock.now()
        case.content = octets
        self.wants_content = False
        self._junked_by = None
        refusal = yield from self._judge(Stage.END_OF_DATA)
        reply = self._accept() if refusal is None else refusal
        self._end_transaction()
        return reply

    def content_too_large(self) -> Reply:
        """Answer the end of data that exceeded the size limit and was not kept (RFC 1870 section 6.3)."""
        self.wants_content = False
        reply = self._refuse(Refuse(Cause.TOO_LARGE), Stage.END_OF_DATA, "")
        self._end_transaction()
        return reply

    def _judge(self, stage: Stage) -> Generator[Question, Answer, Reply | None]:
        """Ask the policies of a stage in turn; return the reply of the first that decides."""
        self._case.at = self.gateway.clock.now()
        self._case.fresh.clear()
        for name, policy in self.gateway.policies[stage]:
            verdict = policy.judge(self._case)
            while isinstance(verdict, Question):
                answer = yield verdict
                self.gateway.remember(verdict, answer)
                self._case.fresh[verdict] = answer
                verdict = policy.judge(self._case)
            if isinstance(verdict, Refuse):
                return self._refuse(verdict, stage, name)
            if isinstance(verdict, Junk):
                self._junked_by = name  # a later policy may still refuse
        return None

    def _refuse(self, verdict: Refuse, stage: Stage, policy: str) -> Reply:
        case = self._case
        culprit = verdict.recipient or case.recipient or next(iter(case.envelope.recipients), "")
        told = self.gateway.tell(verdict.cause, stage, case, culprit)
        fate = Fate.REFUSED if told.reply.refuses else Fate.DEFERRED
        recipients = [case.recipient] if case.recipient or stage is not Stage.END_OF_DATA else case.envelope.recipients
        message_id = self._message_id() if stage is Stage.END_OF_DATA else ""
        for recipient in recipients:
            cause = verdict.cause
            if verdict.recipient is not None and recipient != verdict.recipient:
                # Refused for another's sake: nothing is wrong with this one unless the directory says so too.
                cause = fault(case, recipient) or Cause.POLICY
            self.gateway.record(
                case,
                self._port,
                stage=stage,
                recipient=recipient,
                reply=told.reply,
                fate=fate,
                cause=cause,
                claimed=told.claimed,
                policy=policy or None,
                message_id=message_id,
                after_mail=stage not in {Stage.CONNECT, Stage.EHLO},
            )
        if told.reply.code == 421:
            self.closing = True
        return told.reply

    def _accept(self) -> Reply:
        reply = self.gateway.say("accepted", self._case)
        message_id = self._message_id()
        for recipient in self._case.envelope.recipients:
            self.gateway.record(
                self._case,
                self._port,
                stage=Stage.END_OF_DATA,
                recipient=recipient,
                reply=reply,
                fate=Fate.JUNK if self._junked_by else Fate.INBOX,
                policy=self._junked_by,
                message_id=message_id,
            )
        return reply

    def _message_id(self) -> str:
        header, _, _ = self._case.content.partition(b"\r\n\r\n")
        found = _MESSAGE_ID.search(header)
        return found[1].decode("ascii", "replace") if found else ""

    def _break_off(self) -> None:
        """Drop the transaction in hand; recipients that had been accepted are told so in the books."""
        for recipient in self._case.envelope.recipients:
            self._case.recipient = recipient
            self.gateway.record(
                self._case,
                self._port,
                stage=Stage.DATA if self.wants_content else Stage.RCPT,
                recipient=recipient,
                reply=self.gateway.say("rcpt", self._case),
                fate=Fate.CUT,
            )
        self._end_transaction()

    def _end_transaction(self) -> None:
        self._case.recipient = ""
        self._case.envelope = Envelope()
        self._case.content = b""
        self._in_mail = False
        self.wants_content = False
