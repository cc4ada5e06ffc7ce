"""What a gateway must answer and write down, step by step, from the standards alone: a second, plain implementation.

It knows the order of commands (RFC 5321 section 4.1.4) and what each of AUTH, STARTTLS, XCLIENT and LMTP changes. What
policies say is in the words of the dialogue (``told_policies.py``). It keeps each thing in a place of its own, so that
forgetting is plain to see: what was filed for the client, for its name, for the message, for each recipient.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Fate
from simulation.fuzzing.told_policies import (
    AT_CONNECT,
    FILINGS,
    PASSWORD,
    WORDS,
    told_by,
    told_by_content,
)

MISTAKE: Final = 5
"""Some reply 5yz: the client made a mistake, and no policy was asked."""
MOST_MISTAKES: Final = 20
CODES: Final = {"refuse": 550, "defer": 450, "drop": 421, "cut": 0, "garble": -1}
"""What is heard of words that end a step: 0 for a closed connection, -1 for what is no reply."""
_CLOSING: Final = frozenset({"drop", "cut"})
_FATES: Final = {"refuse": Fate.REFUSED, "defer": Fate.DEFERRED, "drop": Fate.DEFERRED}
_SEVERITY: Final = list(FILINGS)


class Row(NamedTuple):
    """What a decision about a recipient must say."""

    session: int
    transaction: int
    stage: str
    peer: str
    helo: str
    return_path: str | None
    recipient: str
    fate: str
    policy: str | None


@dataclass
class Expected:
    """What must come of a step. ``codes`` has more than one code only behind content over LMTP."""

    codes: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)


class Asked(Exception):  # noqa: N818 - it is no error
    """The client leaves while a policy waits for something from outside."""


Filed = list[tuple[str, Stage]]


class ServerModel:
    """The server's side of many connections, one after the other."""

    def __init__(self, *, lmtp: bool, wants_login: bool, wants_tls: bool) -> None:
        self.lmtp = lmtp
        self.wants_login = wants_login
        self.wants_tls = wants_tls
        self.session = 0
        self.phase = "closed"
        self.leaves = False
        self.expected = Expected()
        self.transaction = self.mistakes = 0
        self.secure = False
        self.peer = self.helo = self.return_path = ""
        self.user: bytes | None = None
        self.name = b""
        self.asked: list[str] = []
        self.of_client: Filed = []
        self.of_hello: Filed = []
        self.of_mail: Filed = []
        self.of_recipient: dict[str, Filed] = {}
        self.recipients: list[str] = []
        self.notify: dict[str, list[str]] = {}

    # What can happen.

    def connect(self, address: str) -> None:
        """Expect what a new client hears."""
        self.session += 1
        self.transaction = self.mistakes = 0
        self.secure = False
        self._present(address)
        self._mail_over()
        self._greet()

    def lose(self) -> None:
        """Expect what a lost connection leaves."""
        self._abort()
        self.phase = "closed"

    def say(self, verb: str, text: str) -> None:
        """Expect the answer to a command. In a login, a line is a response."""
        if self.phase == "login":
            self._respond(f"{verb} {text}".rstrip(" "))
        elif verb in {"EHLO", "HELO", "LHLO"}:
            self._hello(verb, text)
        elif self.phase == "refused":
            self._quit() if verb == "QUIT" else self._mistake()
        elif verb in {"MAIL", "RCPT", "DATA", "RSET", "QUIT", "AUTH", "STARTTLS", "XCLIENT"}:
            getattr(self, f"_{verb.lower()}")(*[text] * (verb in {"MAIL", "RCPT", "AUTH", "XCLIENT"}))
        elif verb in {"NOOP", "VRFY", "HELP"}:
            self._answer({"NOOP": 250, "VRFY": 252, "HELP": 214}[verb])
        else:
            self._mistake()

    def content(self, text: str) -> None:
        """Expect what becomes of a message."""
        self.phase = "introduced"
        if not self.lmtp:
            self._end(text, self.recipients)
            self._mail_over()
            return
        waiting = list(self.recipients)
        while waiting and self.phase != "closed":
            self.recipients = list(waiting)
            self._end(text, [waiting.pop(0)])
        self._cut(waiting, Stage.END_OF_DATA)
        self._mail_over()

    def content_too_large(self) -> None:
        """Expect the refusal of a message beyond the limit."""
        self.phase = "introduced"
        self._write(Stage.END_OF_DATA, self.recipients, Fate.REFUSED, None)
        self._answer(*[552] * (len(self.recipients) if self.lmtp else 1))
        self._mail_over()

    def line_too_long(self) -> None:
        """Expect the refusal of a line beyond the limit, which ends a login (RFC 4954 section 4)."""
        self.phase = "introduced" if self.phase == "login" else self.phase
        self._mistake()

    def handshake(self, *, works: bool) -> None:
        """Expect what is known after a TLS handshake, or after none was possible."""
        self.phase = "greeted"
        if works:
            self.secure = True
            self.helo, self.user, self.of_hello = "", None, []
            self._mail_over()
        elif self.helo:
            self.phase = "introduced"

    # Commands.

    def _hello(self, verb: str, name: str) -> None:
        if self.lmtp is not (verb == "LHLO") or self.phase == "refused" or not name:
            self._mistake()
            return
        self._abort()
        self.helo, self.of_hello = name, []
        self.phase = "introduced"
        if not self._judge(Stage.EHLO, told_by(name), self.of_hello, [""]):
            self.helo = ""
            self.phase = "closed" if self.phase == "closed" else "greeted"
        else:
            self._answer(250)

    def _mail(self, text: str) -> None:
        path, _, parameter = text.partition(" ")
        if self.phase != "introduced" or (self.wants_login and self.user is None) or not path.isascii():
            self._mistake()
            return
        self.transaction += 1
        self.return_path = path.removeprefix("FROM:<").removesuffix(">")
        if parameter == "SIZE=10001":
            self._write(Stage.MAIL, [""], Fate.REFUSED, None)
            self._answer(552)
        elif self._judge(Stage.MAIL, told_by(self.return_path.partition(".data.")[0]), self.of_mail, [""]):
            self.phase = "mail"
            self._answer(250)
            return
        self._mail_over()

    def _rcpt(self, text: str) -> None:
        if self.phase not in {"mail", "rcpt"}:
            self._mistake()
            return
        path, _, parameter = text.partition(" ")
        recipient = path.removeprefix("TO:<").removesuffix(">")
        words = told_by(recipient)
        filed: Filed = []
        if self._judge(Stage.RCPT, words, filed, [recipient]):
            self.phase = "rcpt"
            self.recipients.append(recipient)
            (self.of_mail if "whole" in words else self.of_recipient.setdefault(recipient, [])).extend(filed)
            if parameter:
                self.notify[recipient] = parameter.removeprefix("NOTIFY=").split(",")
            self._answer(250)

    def _data(self) -> None:
        if self.phase != "rcpt":
            self._mistake()
        elif self._judge(Stage.DATA, told_by(self.return_path.partition(".data.")[2]), self.of_mail, self.recipients):
            self.phase = "content"
            self._answer(354)
        else:
            self.phase = "closed" if self.phase == "closed" else "introduced"
            self._mail_over()

    def _rset(self) -> None:
        self._abort()
        self.phase = "introduced" if self.phase in {"mail", "rcpt"} else self.phase
        self._answer(250)

    def _quit(self) -> None:
        self.lose()
        self._answer(221)

    def _auth(self, text: str) -> None:
        if self.phase != "introduced" or self.user is not None or (self.wants_tls and not self.secure):
            self._mistake()
            return
        mechanism, _, initial = text.partition(" ")
        self.asked = [] if mechanism == "PLAIN" else ["user", "password"]
        self.phase = "login"
        self._respond(initial) if initial else self._answer(334)

    def _respond(self, line: str) -> None:
        self.phase = "introduced"
        try:
            octets = base64.b64decode(line.encode(), validate=True)
        except binascii.Error:
            self._mistake()
            return
        if self.asked[:1] == ["user"]:
            self.asked, self.name = ["password"], octets
            self.phase = "login"
            self._answer(334)
            return
        user, password = (self.name, octets) if self.asked else ([*octets.split(b"\0"), b"", b""])[1:3]
        if password == PASSWORD.encode() and (self.asked or octets.count(b"\0") == 2):
            self.user = user
            self._answer(235)
        else:
            self._mistake()

    def _starttls(self) -> None:
        if self.phase not in {"greeted", "introduced"} or self.secure:
            self._mistake()
            return
        self.phase = "tls"
        self._answer(220)

    def _xclient(self, text: str) -> None:
        if self.phase not in {"greeted", "introduced"}:
            self._mistake()
            return
        given = dict(word.split("=") for word in text.split())
        self._present(given.get("ADDR", self.peer))
        self.helo = given.get("HELO", "")
        self._mail_over()
        self._greet()

    # What happens inside.

    def _present(self, address: str) -> None:
        self.peer, self.helo, self.user = address, "", None
        self.of_client, self.of_hello = [], []

    def _greet(self) -> None:
        self.phase = "introduced" if self.helo else "greeted"
        if self._judge(Stage.CONNECT, told_by(AT_CONNECT[self.peer]), self.of_client, [""]):
            self._answer(220)
        elif self.phase != "closed":
            self.phase = "refused"

    def _judge(self, stage: Stage, words: Iterable[str], filed: Filed, concerned: list[str]) -> bool:
        """Say what policies say; what they file is kept only if they accept in the end."""
        said, kept = set(words), []
        for word in WORDS:
            if word not in said:
                continue
            if word in FILINGS:
                kept.append((word, stage))
            elif word == "ask" and self.leaves:
                self._leave(stage, concerned)
                raise Asked
            elif word in CODES:
                self._write(stage, concerned, _FATES.get(word, Fate.CUT), f"{word}@{stage}")
                self._answer(CODES[word])
                if word in _CLOSING:
                    self._close(stage)
                return False
        filed += kept
        return True

    def _end(self, text: str, recipients: list[str]) -> None:
        of_content: Filed = []
        if not self._judge(Stage.END_OF_DATA, told_by_content(text, recipients), of_content, recipients):
            return
        self._answer(250)
        reported = []
        for recipient in recipients:
            general = self.of_client + self.of_hello + self.of_mail + of_content
            filed = self.of_recipient.get(recipient) or general
            notify = self.notify.get(recipient, ["FAILURE"])
            if not filed:
                self._write(Stage.END_OF_DATA, [recipient], Fate.INBOX, None)
                reported += [recipient] if "SUCCESS" in notify else []
                continue
            word, stage = max(filed, key=lambda each: _SEVERITY.index(each[0]))
            fate = FILINGS[word]
            if fate is Fate.BOUNCED_LATER and not (self.return_path and "FAILURE" in notify):
                fate = Fate.DISCARDED
            reported += [recipient] if fate is Fate.BOUNCED_LATER else []
            self._write(Stage.END_OF_DATA, [recipient], fate, f"{word}@{stage}")
        if reported and self.return_path:
            self.expected.reports.append(" ".join(reported))

    def _close(self, stage: Stage) -> None:
        """Close from the server's side: who was accepted before is cut, unless the whole message was decided."""
        if stage not in {Stage.DATA, Stage.END_OF_DATA}:
            self._abort()
        self.phase = "closed"

    def _leave(self, stage: Stage, concerned: list[str]) -> None:
        """Leave while a policy waits: all who were accepted are cut, and the one that is judged."""
        self._cut(self.recipients, Stage.END_OF_DATA if stage is Stage.END_OF_DATA else Stage.RCPT)
        self._cut(concerned if stage is Stage.RCPT else [], Stage.RCPT)
        self._mail_over()
        self.phase = "closed"

    def _abort(self) -> None:
        self._cut(self.recipients, Stage.DATA if self.phase == "content" else Stage.RCPT)
        self._mail_over()

    def _cut(self, recipients: list[str], stage: Stage) -> None:
        self._write(stage, recipients, Fate.CUT, None)

    def _mail_over(self) -> None:
        self.return_path, self.recipients = "", []
        self.of_mail, self.of_recipient, self.notify = [], {}, {}

    def _mistake(self) -> None:
        self.mistakes += 1
        if self.mistakes < MOST_MISTAKES:
            self._answer(MISTAKE)
        else:
            self.lose()
            self._answer(421)

    def _answer(self, *codes: int) -> None:
        self.expected.codes += codes

    def _write(self, stage: Stage, recipients: list[str], fate: Fate, policy: str | None) -> None:
        path = None if stage in {Stage.CONNECT, Stage.EHLO} else self.return_path
        self.expected.rows += [
            Row(self.session, self.transaction, stage, self.peer, self.helo, path, recipient, fate, policy)
            for recipient in recipients
        ]
