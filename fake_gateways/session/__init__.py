"""One client's dialogue with a gateway, without a socket (RFC 5321 sections 3 and 4).

The order of commands is a table in ``smtp/states.py``. This file says what each command does, and what is answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from typing import ClassVar, Final

from fake_gateways.decider import Judging, Rejection, Response, waited_for
from fake_gateways.gateway import Gateway
from fake_gateways.policies.session_view import SessionView
from fake_gateways.session.connection import Connection
from fake_gateways.smtp import auth, standard_replies
from fake_gateways.smtp.auth import AuthMistake, ClientLogin, begin_login
from fake_gateways.smtp.command import Command, SyntaxMistake, UnrecognizedMistake, parse, read_xclient
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.smtp.parameters import Declared, ParameterMistake, Wanted, read_mail, read_rcpt
from fake_gateways.smtp.reply import Garbled, Reply
from fake_gateways.smtp.states import (
    END_OF_DATA,
    END_OF_LOGIN,
    GREETING,
    NO_ARGUMENT,
    TRANSITIONS,
    OrderMistake,
    State,
    Transition,
)
from fake_gateways.truth import Cause
from fake_gateways.verdict import Answer, ExternalQuery, Refuse

Dialogue = Generator[ExternalQuery, Answer, Response]
"""Yields external queries; the caller sends each answer back. Returns a response."""
Answered = Response | Dialogue
"""A response, or the dialogue that leads to it if something is needed from outside first."""
Mistake = SyntaxMistake | ParameterMistake | OrderMistake
"""A command that is unknown, malformed or out of order; each has the reply."""
Outcome = Reply | Rejection
"""What becomes of a command: a reply if it is accepted, else a rejection."""

ALWAYS_TOLD: Final = (Cause.TOO_LARGE, Cause.POLICY)
"""The causes for which a session refuses without any policy: the SIZE limit, the limits on recipients and errors."""

# Constants, because Python 3.11 calls a function for each use of a member of an Enum.
_GREETED: Final = State.GREETED
_AUTH: Final = State.AUTH

_OPTIONAL: Final = frozenset({"AUTH", "ETRN", "STARTTLS", "XCLIENT"})
"""Commands that exist only where the gateway offers them."""
_TRANSACTION: Final = frozenset({"MAIL", "RCPT", "DATA"})
_BDAT: Final = re.compile(r"([0-9]{1,12})( LAST)?", re.IGNORECASE)


class Session(Connection):
    """The server's side of one connection.

    Call ``greet`` first, then ``command`` for each line, or ``carry_out`` for one that is parsed already, and
    ``content`` whenever ``wants_content`` is true. When ``wants_tls`` is true, encrypt the connection and call
    ``secured``, or call ``refuse_tls``. The truth is recorded with each decision about a recipient: at
    RCPT if it is refused there, else when the message is accepted or refused, or when the transaction is aborted.

    ``wanted_octets`` is how many octets the client is to send next after BDAT, for ``chunk``; else it is None.
    """

    _read = staticmethod(parse)

    def __init__(self, gateway: Gateway, view: SessionView, peer_port: int) -> None:
        super().__init__(gateway, view, peer_port)
        self._offers_utf8 = "SMTPUTF8" in gateway.verbs
        self._declared = Declared()
        self._wanted: Wanted | None = None
        self._chunks = bytearray()
        self._is_last_chunk = False
        self.wanted_octets: int | None = None

    def greet(self) -> Answered:
        """Send the greeting, or refuse the connection (RFC 5321 section 3.1)."""
        return self._judge(TRANSITIONS[State.CONNECTED][GREETING], Stage.CONNECT, Session._greeted)

    def command(self, line: bytes) -> Answered:
        """Answer a command line, given without its CRLF."""
        if self._state is _AUTH:
            self._view.at = self.gateway.clock.now()
            return self._log_in(lambda login: login.respond(line))
        try:
            command = self._read(line, utf8=self._offers_utf8)
        except SyntaxMistake as mistake:
            return self._answer_mistake(mistake)
        return self.carry_out(command)

    def carry_out(self, command: Command) -> Answered:
        """Answer a command."""
        self._view.at = self.gateway.clock.now()
        verb = command.verb
        over = self._patience.over(verb)
        if over is not None and verb not in _TRANSACTION:
            return self.hang_up(self.gateway.word(self._view, over))
        try:
            if verb == "BDAT" and "CHUNKING" in self.gateway.verbs:
                return self._expect_chunk(command.argument)
            transition = TRANSITIONS[self._state].get(verb)
            if transition is None or verb in _OPTIONAL or (command.argument and verb in NO_ARGUMENT):
                transition = self._checked(command, transition)
            if verb == "AUTH":
                return self._log_in(lambda login: login.start(command.argument, self.gateway.challenge()))
            step = self._STEPS.get(verb)
            if step is None:
                return self._follow(transition, self._ANSWERS[verb](self, command))
            begin, stage, end = step
            outcome = None if begin is None else begin(self, command)
        except (SyntaxMistake, ParameterMistake, OrderMistake) as mistake:
            return self._answer_mistake(mistake, without_recipients=verb == "DATA" and self._state is State.MAIL)
        if over is not None and outcome is None:
            outcome = end(self, self._decider.end_session(self.gateway.word(self._view, over), stage))
        if outcome is not None:
            return self._follow(transition, outcome)
        return self._judge(transition, stage, end)

    def content(self, octets: bytes) -> Answered:
        """Answer the end of data. ``octets`` are the message without dot-stuffing and final dot."""
        self._view.content = octets
        return self._judge(TRANSITIONS[State.CONTENT][END_OF_DATA], Stage.END_OF_DATA, Session._content_judged)

    def content_too_large(self) -> Response:
        """Answer the end of data that exceeded the size limit and was not kept (RFC 1870 section 6.3)."""
        rejection = self._decider.refuse(Refuse(Cause.TOO_LARGE), Stage.END_OF_DATA, "")
        self._end_transaction()
        self._patience.message_ended(accepted=False)
        return self._follow(TRANSITIONS[State.CONTENT][END_OF_DATA], rejection)

    def chunk(self, octets: bytes | None) -> Answered:
        """Answer a part of the content (RFC 3030 section 2); None is one too large to be kept."""
        self.wanted_octets = None
        if self._state in {State.RCPT, State.CHUNKS}:
            return self._take_chunk(octets)
        is_in_mail = self._state is State.MAIL
        reply = self._say("no_recipients" if is_in_mail else "out_of_order")
        return self._mistake(reply, without_recipients=is_in_mail)

    def _expect_chunk(self, argument: str) -> Garbled:
        """Wait for the octets that follow BDAT. The reply follows them."""
        found = _BDAT.fullmatch(argument)
        if found is None:
            msg = "Syntax: BDAT count [LAST]"
            raise SyntaxMistake(msg)
        self.wanted_octets = int(found[1])
        self._is_last_chunk = found[2] is not None
        return Garbled()

    def _take_chunk(self, octets: bytes | None) -> Dialogue:
        if self._state is State.RCPT:
            outcome = self._data_judged((yield from waited_for(self._decider.judge(Stage.DATA))))
            if isinstance(outcome, Rejection):
                return self._follow(TRANSITIONS[State.RCPT]["DATA"], outcome)
            self._chunks.clear()
            self._move(State.CHUNKS)
        if octets is None or len(self._chunks) + len(octets) > self.gateway.size_limit:
            return self.content_too_large()
        self._chunks += octets
        if not self._is_last_chunk:
            return standard_replies.CHUNK
        content = bytes(self._chunks)
        self._chunks.clear()
        answered = self.content(content)
        return (yield from answered) if isinstance(answered, Generator) else answered

    def line_too_long(self) -> Reply:
        """Answer a command line that is too long (RFC 5321 section 4.5.3.1.4); it ends a login (RFC 4954 section 4)."""
        if self._state is _AUTH:
            self._move(TRANSITIONS[_AUTH][END_OF_LOGIN].refused)
        return self._mistake(standard_replies.LINE_TOO_LONG)

    def _judge(self, transition: Transition, stage: Stage, end: _End) -> Answered:
        """Let the policies of a stage judge; then end the step, at once if they need nothing from outside."""
        judged = self._decider.judge(stage)
        if judged is None or isinstance(judged, Rejection):
            return self._follow(transition, end(self, judged))
        return self._judge_later(transition, judged, end)

    def _judge_later(self, transition: Transition, judged: Judging, end: _End) -> Dialogue:
        return self._follow(transition, end(self, (yield from judged)))

    def _follow(self, transition: Transition, outcome: Outcome) -> Response:
        """Go to the next state, and return what to send."""
        accepted, refused = transition
        if isinstance(outcome, Rejection):
            response, closes = outcome
            self._move(State.CLOSING if closes else refused)
            return response
        if accepted is not self._state or accepted is _GREETED:
            self._move(accepted)
        return outcome

    def _checked(self, command: Command, transition: Transition | None) -> Transition:
        """Return the transition if the command is valid in this state; raises a mistake."""
        verb = command.verb
        if self._state is not State.REFUSED:
            if not (verb in self._ANSWERS or verb in self._STEPS or verb == "AUTH") or (
                verb in _OPTIONAL and verb not in self.gateway.verbs
            ):
                raise UnrecognizedMistake(verb)
            if command.argument and verb in NO_ARGUMENT:
                raise OrderMistake(standard_replies.UNEXPECTED_ARGUMENT)
        if transition is None:
            is_without_recipients = verb == "DATA" and self._state is State.MAIL
            raise OrderMistake(self._say("no_recipients" if is_without_recipients else "out_of_order"))
        return transition

    def _answer_mistake(self, mistake: Mistake, *, without_recipients: bool = False) -> Reply:
        """Answer a command that is unknown, malformed or out of order."""
        unrecognized = isinstance(mistake, UnrecognizedMistake)
        reply = self._say("unrecognized") if unrecognized else mistake.reply
        return self._mistake(reply, unrecognized=unrecognized, without_recipients=without_recipients)

    # Commands that no policy judges.

    def _rset(self, _: Command) -> Reply:
        self._abort_transaction()
        return self._say("reset")

    def _quit(self, _: Command) -> Reply:
        self.lost()
        return self._say("quit")

    def _noop(self, _: Command) -> Reply:
        return self._say("reset")

    def _starttls(self, _: Command) -> Reply:
        if self._view.secure:
            raise OrderMistake(self._say("out_of_order"))
        return standard_replies.READY_FOR_TLS

    def _log_in(self, answer: Callable[[ClientLogin], Reply]) -> Response:
        """Answer AUTH, or a response of the client to a challenge (RFC 4954 section 4)."""
        login = self._login
        if login is None or (login.user is not None):
            return self._mistake(self._say("out_of_order"))
        if login.needs_tls and not self._view.secure:
            return self._mistake(auth.ENCRYPTION_REQUIRED)
        try:
            reply = answer(login)
        except AuthMistake as mistake:
            self._move(TRANSITIONS[_AUTH][END_OF_LOGIN].refused)
            return self._mistake(mistake.reply)
        event = TRANSITIONS[State.INTRODUCED]["AUTH"] if login.is_waiting else TRANSITIONS[_AUTH][END_OF_LOGIN]
        return self._follow(event, reply)

    # Steps that policies judge: what is done before, unless it ends the step, and what is done afterwards.

    def _greeted(self, rejection: Rejection | None) -> Outcome:
        if rejection is None:
            return self._say("greeting")
        return rejection._replace(closes=True) if self.gateway.persona.refused_greeting == "closes" else rejection

    def _xclient(self, command: Command) -> None:
        presented = read_xclient(command.argument)
        self._abort_transaction(Stage.CONNECT)
        self._view.forget_client()
        self._login = begin_login(self.gateway.login)
        self.present(presented.address or self._view.peer_address)
        self._view.helo = presented.helo

    def _hello(self, command: Command) -> Outcome | None:
        if self._state is State.REFUSED:
            if self.gateway.persona.refused_greeting != "reduced":
                raise OrderMistake(self._say("out_of_order"))
            return Reply(250, (self.gateway.host, "ENHANCEDSTATUSCODES"))
        if not command.argument:
            msg = f"Syntax: {command.verb} hostname"
            raise SyntaxMistake(msg)
        self._abort_transaction(Stage.EHLO)
        self._view.helo = command.argument[:255]
        return None

    def _helo_judged(self, rejection: Rejection | None) -> Outcome:
        if rejection is not None:
            self._view.helo = ""
        return rejection or self._say("ehlo")

    def _ehlo_judged(self, rejection: Rejection | None) -> Outcome:
        hello = self._helo_judged(rejection)
        if not isinstance(hello, Reply):
            return hello
        hides_auth = self._login is not None and self._login.needs_tls
        hidden = "STARTTLS" if self._view.secure else "AUTH" if hides_auth else ""
        return standard_replies.offering(hello, self.gateway.keywords, hidden)

    def _mail(self, command: Command) -> Outcome | None:
        if self._login is not None and self._login.is_missing:
            raise OrderMistake(auth.TLS_FIRST if self._login.needs_tls and not self._view.secure else auth.REQUIRED)
        envelope = Envelope(command.path)
        declared = read_mail(command.parameters, self.gateway.verbs, envelope)
        if not (command.path.isascii() or declared.utf8):
            raise OrderMistake(standard_replies.NEEDS_UTF8)
        self._declared = declared
        self._view.envelope = envelope
        self._view.transaction += 1
        if declared.size > self.gateway.size_limit:
            return self._mail_judged(self._decider.refuse(Refuse(Cause.TOO_LARGE), Stage.MAIL, ""))
        return None

    def _mail_judged(self, rejection: Rejection | None) -> Outcome:
        if rejection is not None:
            self._end_transaction()
        return rejection or self._say("mail")

    def _rcpt(self, command: Command) -> Outcome | None:
        view, recipient = self._view, command.path
        # Kept once the recipient is accepted, so a client cannot fill the memory with refused ones.
        self._wanted = read_rcpt(command.parameters, self.gateway.verbs) if command.parameters else None
        if not (recipient.isascii() or self._declared.utf8):
            raise OrderMistake(standard_replies.NEEDS_UTF8)
        if len(view.envelope.recipients) >= standard_replies.MAX_RECIPIENTS:
            return self._decider.defer_one_too_many(recipient)
        view.recipient = recipient
        return None

    def _rcpt_judged(self, rejection: Rejection | None) -> Outcome:
        view, recipient = self._view, self._view.recipient
        outcome = rejection or self._say("rcpt")
        view.recipient = ""
        if rejection is None:
            view.envelope.recipients.append(recipient)
            if self._wanted is not None:
                self._wanted.keep(view.envelope, recipient)
        return outcome

    def _data_judged(self, rejection: Rejection | None) -> Outcome:
        if rejection is not None:
            self._end_transaction()
        return rejection or self._say("data")

    def _content_judged(self, rejection: Rejection | None) -> Outcome:
        outcome = rejection or self._decider.accept()
        self._end_transaction()
        self._patience.message_ended(accepted=rejection is None)
        return outcome

    _ANSWERS: ClassVar[Mapping[str, Callable[[Session, Command], Reply]]] = {
        "RSET": _rset,
        "QUIT": _quit,
        "NOOP": _noop,
        "VRFY": lambda self, command: self.gateway.word(self._view, self.gateway.persona.says.verify, command.argument),
        "ETRN": lambda self, command: self.gateway.word(self._view, self.gateway.persona.says.etrn, command.argument),
        "HELP": lambda *_: standard_replies.HELP,
        "STARTTLS": _starttls,
    }
    _STEPS: ClassVar[Mapping[str, tuple[_Begin | None, Stage, _End]]] = {
        "EHLO": (_hello, Stage.EHLO, _ehlo_judged),
        "HELO": (_hello, Stage.EHLO, _helo_judged),
        "MAIL": (_mail, Stage.MAIL, _mail_judged),
        "RCPT": (_rcpt, Stage.RCPT, _rcpt_judged),
        "DATA": (None, Stage.DATA, _data_judged),
        "XCLIENT": (_xclient, Stage.CONNECT, _greeted),
    }


_Begin = Callable[[Session, Command], Outcome | None]
_End = Callable[[Session, Rejection | None], Outcome]


def open_session(gateway: Gateway, peer_address: str, peer_port: int) -> Session:
    """Begin a session with a client. The server has not spoken yet."""
    return Session(gateway, gateway.connect(peer_address), peer_port)
