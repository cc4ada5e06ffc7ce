"""Commands in any order: the session answers all of them, and the books agree with what was said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from lone_gateway import CLEAN, FILTER, JUNK, PEER, RETURN_PATH, SPAM, STAFF, STARTS, STRANGER, Client, LoneGateway
from strategies import command_lines, examples

from fake_gateways import persona as personas
from fake_gateways.dns.zone import Listing
from fake_gateways.policies.ip_reputation import IpReputationSettings
from fake_gateways.policies.velocity import VelocitySettings
from fake_gateways.smtp.command import SyntaxMistake, parse
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from fake_gateways.smtp.standard_replies import TIMED_OUT
from fake_gateways.truth import Cause, Fate, Truth

ZONE = "bl.reputation.example"
NEIGHBOUR = "127.10.0.2"
LIABLE = (Cause.CONTENT, Cause.IP_REPUTATION, Cause.VELOCITY)
RECIPIENTS = [*STAFF, STRANGER, "postmaster", "ALICE@northwind.example"]
VERBS = {"MAIL", "RCPT", "DATA", "EHLO", "HELO", "RSET", "QUIT"}

limits = st.sampled_from(
    [
        (),
        (IpReputationSettings(type="ip-reputation", zones=(ZONE,), deny=(), allow=()),),
        (VelocitySettings(type="velocity", limit="4/10m", count="recipients", block_for="15m"),),
        (VelocitySettings(type="velocity", limit="2/10m", per=("ip", "sender-domain")),),
    ]
)
mails = st.sampled_from([f"MAIL FROM:<{RETURN_PATH}>", f"MAIL FROM:<{RETURN_PATH}> SIZE=9", "MAIL FROM:<> SIZE=10001"])
contents = st.sampled_from([CLEAN, JUNK, SPAM, SPAM, b"", b"\xff", None])
"""Messages; None is one beyond the size limit, of which nothing was kept."""


def is_nonsense(line: bytes) -> bool:
    """Whether a line is nothing that changes a dialogue."""
    try:
        return parse(line).verb not in VERBS
    except SyntaxMistake:
        return True


class Play:
    """A gateway and the steps of its clients, which can be gone through again."""

    def __init__(self, chosen: dict[str, Any]) -> None:
        self.lone = LoneGateway(**chosen)
        self.lone.world.add_listings([Listing(NEIGHBOUR, ZONE, STARTS, STARTS + 1200.0)])
        self.client: Client

    def step(self, kind: str, argument: Any) -> Reply | None:
        """Take a step; as on the wire, the line is lost as soon as the session closes."""
        reply = self._step(kind, argument)
        if self.client.session.closing:
            self.client.session.lost()
        return reply

    def _step(self, kind: str, argument: Any) -> Reply | None:
        match kind:
            case "call":
                self.client = self.lone.call(argument, helo=None)
                return self.client.greeting
            case "say":
                return self.client.say(argument)
            case "send":
                return self.client.send(argument)
            case "too large":
                return self.client.session.content_too_large()
            case "too long":
                return self.client.session.line_too_long()
            case "time out":
                return self.client.session.hang_up(TIMED_OUT)
            case "lose":
                self.client.session.lost()
            case "wait":
                self.lone.clock._now += argument
        return None


class Dialogues(RuleBasedStateMachine):
    """A client that says anything in any order and remembers what it was told about each recipient."""

    @initialize(
        persona=st.sampled_from(personas.names()),
        others=limits,
        liable=st.sampled_from([LIABLE, LIABLE[:1], LIABLE[1:], ()]),
        lies=st.sampled_from([1.0, 0.5, 0.0]),
    )
    def begin(self, persona: str, others: Sequence[Any], liable: Sequence[Cause], lies: float) -> None:
        self.lies = lies
        self.claims = dict.fromkeys(liable, Cause.USER_UNKNOWN)
        policies = [FILTER, *others]
        self.chosen = {"persona": persona, "policies": policies, "claims": self.claims, "lies": lies}
        self.play = Play(self.chosen)
        self.steps: list[tuple[str, Any]] = []
        self.replies: list[Reply | None] = []
        self.accepted = 0
        self.envelope: list[str] = []
        self.call(PEER)

    def take(self, kind: str, argument: Any = None, *, breaks_off: bool = False) -> list[Truth]:
        """Take a step; check who was cut, and return the decisions written down."""
        before = len(self.play.lone.truths)
        self.steps.append((kind, argument))
        self.replies.append(self.play.step(kind, argument))
        written = self.play.lone.truths[before:]
        for row in written:
            self.check(row)
        decided = [row for row in written if row.fate != Fate.CUT]
        if breaks_off or self.closed:
            left = [] if kind in {"send", "too large"} else self.envelope
            assert [row.recipient for row in written if row.fate == Fate.CUT] == left
            self.envelope = []
            self.in_mail = False
        else:
            assert decided == written
        return decided

    def check(self, row: Truth) -> None:
        """Check what holds for every row."""
        assert row.honest is (row.claimed in {row.cause, None})
        if row.fate == Fate.REFUSED:
            assert 500 <= row.code <= 599
        elif row.fate == Fate.DEFERRED:
            assert 400 <= row.code <= 499
        else:
            assert (row.cause, row.claimed, row.code) == (Cause.CONTENT if row.fate == Fate.JUNK else None, None, 250)
        if row.cause in LIABLE and row.claimed is not None:
            claim = self.claims.get(Cause(row.cause), row.cause)
            assert row.claimed in {claim, row.cause}
            if self.lies != 0.5:
                assert row.claimed == (claim if self.lies else row.cause)
        elif not row.honest:  # refused for the sake of another recipient of the same message
            assert row.stage == Stage.END_OF_DATA

    @property
    def reply(self) -> Reply:
        """The reply to the last step."""
        reply = self.replies[-1]
        assert reply is not None
        return reply

    @property
    def closed(self) -> bool:
        """Whether the session is over."""
        return self.play.client.session.closing

    def can_talk(self) -> bool:
        """Whether a command is due."""
        return not (self.closed or self.play.client.session.wants_content)

    @rule(peer=st.sampled_from([PEER, NEIGHBOUR]))
    @precondition(lambda self: self.closed)
    def call(self, peer: str) -> None:
        self.envelope, self.in_mail, self.is_greeted = [], False, False
        decided = self.take("call", peer)
        self.may_talk = self.reply.accepts
        assert [(row.recipient, row.return_path) for row in decided] == ([] if self.may_talk else [("", None)])

    @rule(data=st.data())
    @precondition(lambda self: not self.closed)
    def proceed(self, data: st.DataObject) -> None:
        """Do what is next in a delivery, so that most dialogues get somewhere."""
        if self.play.client.session.wants_content:
            self.content(data.draw(contents))
        elif not self.is_greeted:
            self.hello("EHLO mta1.messenger.example")
        elif not self.in_mail:
            self.mail(data.draw(mails))
        elif not self.envelope or data.draw(st.booleans()):
            self.rcpt(data.draw(st.sampled_from(RECIPIENTS)))
        else:
            self.data()

    proceed_again = rule(data=st.data())(
        precondition(lambda self: not self.closed)(lambda self, data: self.proceed(data))
    )

    @rule(data=st.data())
    @precondition(can_talk)
    def jump(self, data: st.DataObject) -> None:
        """Say any command, in order or not."""
        match data.draw(st.sampled_from(["hello", "mail", "rcpt", "data", "end"])):
            case "hello":
                self.hello(data.draw(st.sampled_from(["HELO [127.10.0.1]", "ehlo {host}"])))
            case "mail":
                self.mail(data.draw(mails))
            case "rcpt":
                self.rcpt(data.draw(st.sampled_from(RECIPIENTS)))
            case "data":
                self.data()
            case "end":
                self.end(data.draw(st.sampled_from(["RSET", "QUIT"])))

    def hello(self, line: str) -> None:
        assert self.take("say", line, breaks_off=self.may_talk) == []
        self.is_greeted = self.may_talk and self.reply.accepts

    def mail(self, line: str) -> None:
        is_due = self.is_greeted and not self.in_mail
        decided = self.take("say", line)
        self.in_mail = (self.in_mail and not self.closed) or (is_due and self.reply.accepts)
        assert self.reply.accepts <= is_due
        told = [("", self.reply.code)] if is_due and not self.reply.accepts else []
        assert [(row.recipient, row.code) for row in decided] == told

    def rcpt(self, recipient: str) -> None:
        was_due = self.in_mail
        decided = self.take("say", f"RCPT TO:<{recipient}>")
        if self.reply.accepts:
            self.envelope.append(recipient)
            self.accepted += 1
        assert self.reply.accepts <= was_due
        told = [(recipient, self.reply.code, Stage.RCPT)] if was_due and not self.reply.accepts else []
        assert [(row.recipient, row.code, row.stage) for row in decided] == told

    def data(self) -> None:
        is_due = bool(self.in_mail and self.envelope)
        assert self.take("say", "DATA") == []
        assert (self.reply.code == 354) is is_due is self.play.client.session.wants_content

    def content(self, content: bytes | None) -> None:
        recipients = list(self.envelope)
        decided = self.take("too large" if content is None else "send", content)
        assert [row.recipient for row in decided] == recipients
        assert {(row.code, row.text, row.stage) for row in decided} == {
            (self.reply.code, self.reply.text, "end-of-data")
        }
        self.envelope, self.in_mail = [], False

    def end(self, verb: str) -> None:
        assert self.take("say", verb, breaks_off=self.may_talk or verb == "QUIT") == []
        assert self.closed or verb == "RSET"

    @rule(line=st.none() | command_lines.filter(is_nonsense))
    @precondition(can_talk)
    def stray(self, line: bytes | None) -> None:
        """Send what is no command, or a line without end; it changes nothing but the count of mistakes."""
        assert (self.take("too long") if line is None else self.take("say", line)) == []

    @rule(seconds=st.sampled_from([1.0, 300.0, 601.0, 1000.0]))
    def wait(self, seconds: float) -> None:
        assert self.take("wait", seconds) == []

    @rule(kind=st.sampled_from(["time out", "lose"]))
    @precondition(lambda self: not self.closed and len(self.steps) % 4 == 0)
    def cut(self, kind: str) -> None:
        """Break off; not too often."""
        assert self.take(kind, breaks_off=True) == []
        assert self.closed

    def teardown(self) -> None:
        """Hang up; count the books; and go through it all again with the same seed."""
        if not hasattr(self, "play"):
            return
        if not self.closed:
            self.take("lose", breaks_off=True)
        truths = self.play.lone.truths
        assert [row.seq for row in truths] == list(range(1, len(truths) + 1))
        assert self.accepted == sum(row.stage == Stage.END_OF_DATA or row.fate == Fate.CUT for row in truths)
        again = Play(self.chosen)
        assert [again.step(*step) for step in self.steps] == self.replies
        assert again.lone.truths == truths


TestDialogues = Dialogues.TestCase
TestDialogues.settings = settings(examples(80), stateful_step_count=40)
