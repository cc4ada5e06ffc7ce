"""One client's dialogue with a gateway, without a socket (RFC 5321 3 and 4)."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final

from fake_gateways.decider import Decider, Response
from fake_gateways.gateway import Gateway
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.command import Command, SyntaxMistake, parse, read_xclient
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.smtp.parameters import Declared, ParameterMistake, read_mail, read_rcpt
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Answer, ExternalQuery, Refuse

Dialogue = Generator[ExternalQuery, Answer, Response]
"""Runs to a reply; on the way it may need something, which the edge supplies by ``send``."""

MAX_RECIPIENTS: Final = 1000
"""What real gateways take at most; RFC 5321 4.5.3.1.8 asks for 100 at least."""
MAX_MISTAKES: Final = 20
"""Postfix drops a client after so many errors (``smtpd_hard_error_limit``)."""


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
NEEDS_UTF8: Final = _status(553, "5.6.7", "Address needs SMTPUTF8")
READY_FOR_TLS: Final = Reply(220, ("Ready to start TLS",), EnhancedStatus(2, 0, 0))

ALWAYS_TOLD: Final = (Cause.TOO_LARGE, Cause.POLICY)
"""What a session refuses for without any policy: SIZE, and recipients without end."""


class Session:
    """The server's side of one connection.

    Feed it the greeting, then a command line at a time, then content where it asked for it (``wants_content``).
    Where it ``wants_tls``, encrypt the line and call ``secured``. Every method that answers is a ``Dialogue``. The
    truth is written at each decision about a recipient: once at RCPT if refused there, else once when the message
    is taken, refused, or the dialogue breaks off.
    """

    def __init__(self, gateway: Gateway, view: SessionView, peer_port: int) -> None:
        self.gateway = gateway
        self.wants_content = False
        self.wants_tls = False
        self._ended = False
        self._view = view
        self._decider = Decider(gateway, view, peer_port)
        self._refused_greeting: Response | None = None
        self._in_mail = False
        self._declared = Declared()
        self._mistakes = 0
        self._counts = True

    def greet(self) -> Dialogue:
        """Open the dialogue: a greeting, or a refusal of the whole connection (RFC 5321 3.1)."""
        self._refused_greeting = yield from self._decider.judge(Stage.CONNECT)
        if self._refused_greeting is None:
            return self.gateway.say("greeting", self._view)
        self._ended = self.gateway.persona.refused_greeting == "closes"
        return self._refused_greeting

    def talked_early(self) -> None:
        """Note that the client did not wait for the greeting."""
        self._view.talked_early = True

    def secured(self) -> None:
        """Begin anew on an encrypted line; what was said before does not count (RFC 3207 section 4.2)."""
        self._break_off()
        self.wants_tls = False
        self._view.secure = True
        self._view.helo = ""

    def command(self, line: bytes) -> Dialogue:
        """Answer a command line given without its CRLF."""
        self._view.at = self.gateway.clock.now()
        try:
            command = parse(line, utf8="SMTPUTF8" in self.gateway.verbs)
        except SyntaxMistake as mistake:
            return self._mistake(_status(501, "5.5.4", str(mistake)) if ":" in str(mistake) else self._unrecognized())
        verb = command.verb
        if self._refused_greeting is not None and verb != "QUIT":
            return self._after_refused_greeting(verb)
        if verb == "RCPT":
            return (yield from self._rcpt(command))
        if verb == "MAIL":
            return (yield from self._mail(command))
        if verb == "DATA":
            return (yield from self._data(command))
        if verb in {"EHLO", "HELO"}:
            return (yield from self._hello(command))
        if verb == "XCLIENT" and self.gateway.xclient:
            return (yield from self._xclient(command))
        return self._other(command)

    def _after_refused_greeting(self, verb: str) -> Reply:
        if verb == "EHLO" and self.gateway.persona.refused_greeting == "reduced":
            return Reply(250, (self.gateway.host, "ENHANCEDSTATUSCODES"))
        return self._mistake(self.gateway.say("out_of_order", self._view))

    def _other(self, command: Command) -> Reply:
        say, view = self.gateway.say, self._view
        match command.verb:
            case "RSET":
                self._break_off()
                return say("reset", view)
            case "QUIT":
                self._break_off()
                self._close()
                return say("quit", view)
            case "NOOP":
                return say("reset", view)
            case "VRFY":
                return CANNOT_VERIFY
            case "HELP":
                return Reply(214, ("EHLO HELO MAIL RCPT DATA RSET NOOP VRFY QUIT",), EnhancedStatus(2, 0, 0))
            case "STARTTLS" if "STARTTLS" in self.gateway.verbs:
                return self._starttls(command)
        return self._mistake(self._unrecognized())

    def _starttls(self, command: Command) -> Reply:
        if command.argument:
            return self._mistake(OUT_OF_PLACE)
        if self._view.secure or self._in_mail:
            return self._mistake(self.gateway.say("out_of_order", self._view))
        self.wants_tls = True
        return READY_FOR_TLS

    def _unrecognized(self) -> Reply:
        return self.gateway.say("unrecognized", self._view)

    def _mistake(self, reply: Reply) -> Reply:
        self._mistakes += 1
        if self._mistakes >= MAX_MISTAKES:
            return self.hang_up(TOO_MANY_MISTAKES)
        return reply

    def hang_up(self, reply: Reply) -> Reply:
        """End the dialogue from this side with a last reply."""
        self._break_off()
        self._close()
        return reply

    def line_too_long(self) -> Reply:
        """Answer a command line beyond any limit (RFC 5321 4.5.3.1.4)."""
        return self._mistake(LINE_TOO_LONG)

    def lost(self) -> None:
        """Note that the line is gone, whoever ended it; harmless when that is known."""
        self._break_off()
        self._close()

    @property
    def closing(self) -> bool:
        """Whether the line is to be closed once everything has been said."""
        return self._ended or self._decider.closing

    def _close(self) -> None:
        self._ended = True
        if self._counts:
            self._counts = False
            self._uncount()

    def _xclient(self, command: Command) -> Dialogue:
        """Take the client for another, and greet that one (postfix.org/XCLIENT_README)."""
        if self._in_mail:
            return self._mistake(self.gateway.say("out_of_order", self._view))
        try:
            presented = read_xclient(command.argument)
        except SyntaxMistake as mistake:
            return self._mistake(_status(501, "5.5.4", str(mistake)))
        self._break_off()
        self.present(presented.address or self._view.peer_address)
        self._view.helo = presented.helo
        return (yield from self.greet())

    def present(self, address: str) -> None:
        """Take the client for another, as a proxy or a test presents it."""
        self._uncount()
        self._view.peer_address = address
        self.gateway.connections[address] += 1

    def _uncount(self) -> None:
        connections, address = self.gateway.connections, self._view.peer_address
        connections[address] -= 1
        if not connections[address]:
            del connections[address]

    def _hello(self, command: Command) -> Dialogue:
        if not command.argument:
            return self._mistake(_status(501, "5.5.4", f"Syntax: {command.verb} hostname"))
        self._break_off()
        self._view.helo = command.argument[:255]
        refusal = yield from self._decider.judge(Stage.EHLO)
        if refusal is not None:
            self._view.helo = ""
            return refusal
        hello = self.gateway.say("ehlo", self._view)
        if command.verb == "HELO":
            return hello
        return Reply(hello.code, (*hello.lines, *self._keywords()))

    def _keywords(self) -> tuple[str, ...]:
        keywords = self.gateway.keywords
        if self._view.secure:
            keywords = tuple(word for word in keywords if word != "STARTTLS")
        return (*keywords, "XCLIENT NAME ADDR PORT PROTO HELO") if self.gateway.xclient else keywords

    def _mail(self, command: Command) -> Dialogue:
        view = self._view
        if self._in_mail or not view.helo:
            return self._mistake(self.gateway.say("out_of_order", view))
        envelope = Envelope(command.path)
        try:
            self._declared = read_mail(command.parameters, self.gateway.verbs, envelope)
        except ParameterMistake as mistake:
            return self._mistake(mistake.reply)
        if not (command.path.isascii() or self._declared.utf8):
            return self._mistake(NEEDS_UTF8)
        view.envelope = envelope
        view.transaction += 1
        if self._declared.size > self.gateway.size_limit:
            return self._decider.refuse(Refuse(Cause.TOO_LARGE), Stage.MAIL, "")
        refusal = yield from self._decider.judge(Stage.MAIL)
        if refusal is not None:
            return refusal
        self._in_mail = True
        return self.gateway.say("mail", view)

    def _rcpt(self, command: Command) -> Dialogue:
        view = self._view
        if not self._in_mail:
            return self._mistake(self.gateway.say("out_of_order", view))
        try:
            read_rcpt(command.parameters, self.gateway.verbs, view.envelope, command.path)
        except ParameterMistake as mistake:
            return self._mistake(mistake.reply)
        if not (command.path.isascii() or self._declared.utf8):
            return self._mistake(NEEDS_UTF8)
        if len(view.envelope.recipients) >= MAX_RECIPIENTS:
            self._decider.record(
                Stage.RCPT, command.path, TOO_MANY_RECIPIENTS, Fate.DEFERRED, cause=Cause.POLICY, claimed=Cause.POLICY
            )
            return TOO_MANY_RECIPIENTS
        view.recipient = command.path
        refusal = yield from self._decider.judge(Stage.RCPT)
        reply = self.gateway.say("rcpt", view) if refusal is None else refusal
        if refusal is None:
            view.envelope.recipients.append(command.path)
        else:
            # Who is refused need not be remembered, however many a client tries.
            view.envelope.notify.pop(command.path, None)
            view.envelope.original_recipients.pop(command.path, None)
        view.recipient = ""
        return reply

    def _data(self, command: Command) -> Dialogue:
        view = self._view
        if command.argument:
            return self._mistake(OUT_OF_PLACE)
        if not self._in_mail:
            return self._mistake(self.gateway.say("out_of_order", view))
        if not view.envelope.recipients:
            return self._mistake(self.gateway.say("no_recipients", view))
        refusal = yield from self._decider.judge(Stage.DATA)
        if refusal is not None:
            self._end_transaction()
            return refusal
        self.wants_content = True
        return self.gateway.say("data", view)

    def content(self, octets: bytes) -> Dialogue:
        """Answer the end of data. ``octets`` are the message without dot-stuffing and final dot."""
        self._view.content = octets
        self.wants_content = False
        refusal = yield from self._decider.judge(Stage.END_OF_DATA)
        reply = self._decider.accept() if refusal is None else refusal
        self._end_transaction()
        return reply

    def content_too_large(self) -> Reply:
        """Answer the end of data that exceeded the size limit and was not kept (RFC 1870 section 6.3)."""
        self.wants_content = False
        reply = self._decider.refuse(Refuse(Cause.TOO_LARGE), Stage.END_OF_DATA, "")
        self._end_transaction()
        return reply

    def _break_off(self) -> None:
        """Drop the transaction in hand."""
        self._decider.cut(in_content=self.wants_content)
        self._end_transaction()

    def _end_transaction(self) -> None:
        self._view.recipient = ""
        self._view.envelope = Envelope()
        self._view.content = b""
        self._decider.forget()
        self._in_mail = False
        self.wants_content = False


def open_session(gateway: Gateway, peer_address: str, peer_port: int) -> Session:
    """Begin a session with a client. The server has not spoken yet."""
    return Session(gateway, gateway.connect(peer_address), peer_port)
