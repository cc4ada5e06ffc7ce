"""Takes the decisions of one session: asks the policies, words their verdicts, and records the truth."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Final, Literal, NamedTuple

from fake_gateways.gateway import Gateway
from fake_gateways.policies.directory import fault
from fake_gateways.policies.policy import Policy
from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.dsn import Undelivered
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.smtp.lmtp import RepliesPerRecipient
from fake_gateways.smtp.reply import EnhancedStatus, Garbled, Reply
from fake_gateways.smtp.standard_replies import TOO_MANY_RECIPIENTS
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import (
    Answer,
    DelayRefusal,
    Disconnect,
    Divert,
    ExternalQuery,
    Garble,
    Question,
    Refuse,
    Scan,
    Wait,
)

Response = Reply | Garbled | RepliesPerRecipient
"""What a gateway sends in answer to a command."""


class Rejection(NamedTuple):
    """A response that accepts nothing; ``closes`` says that the server then closes the connection."""

    response: Reply | Garbled
    closes: bool = False


Judging = Generator[ExternalQuery, Answer, Rejection | None]
"""A judgement that waits for something from outside: it yields queries, and gets each answer."""

CLOSES: Final = 421
"""After this reply a server closes the connection (RFC 5321 section 3.8)."""
_MESSAGE_ID: Final = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^>\r\n]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_END_OF_DATA: Final = Stage.END_OF_DATA
_INBOX: Final = Fate.INBOX
_NOTIFY_BY_DEFAULT: Final = frozenset({"FAILURE"})
_SEVERITY: Final = {Fate.JUNK: 1, Fate.QUARANTINED: 2, Fate.BOUNCED_LATER: 3, Fate.DISCARDED: 4}
_ORDER: Final = {stage: number for number, stage in enumerate(Stage)}
_WHOLE_MESSAGE: Final = {Stage.DATA, Stage.END_OF_DATA}
_QUERIES: Final = (Question, Scan, Wait)


def waited_for(judged: Rejection | Judging | None) -> Judging:
    """Return what a stage's policies decided, now or after what they wait for."""
    return judged if judged is None or isinstance(judged, Rejection) else (yield from judged)


class _Filed(NamedTuple):
    """Where a policy wants a message to go if it is accepted, and the stage at which it said so."""

    stage: Stage
    verdict: Divert
    policy: str


class Decider:
    """Takes the decisions of one session, stage by stage."""

    def __init__(self, gateway: Gateway, view: SessionView, peer_port: int) -> None:
        self._gateway = gateway
        self._view = view
        self._port = peer_port
        self._stage = Stage.CONNECT
        self._filed: tuple[_Filed, ...] = ()
        self._filed_before: tuple[_Filed, ...] = ()

    def judge(self, stage: Stage) -> Rejection | Judging | None:
        """Ask the policies of a stage in order; return the rejection of the first that refuses, None if none does.

        If one needs something from outside, return the rest of the judgement as a generator.
        """
        view = self._view
        self._stage = stage
        self._filed_before = self._filed
        view.at = self._gateway.clock.now()
        view.fresh.clear()
        policies = self._gateway.policies[stage]
        return self._ask(iter(policies), stage, 0.0) if policies else None

    def _ask(self, asked: Iterator[tuple[str, Policy]], stage: Stage, delay_s: float) -> Rejection | Judging | None:
        view = self._view
        for name, policy in asked:
            verdict = policy.judge(view)
            if verdict is None:
                continue
            if isinstance(verdict, DelayRefusal):
                delay_s += verdict.seconds
            elif isinstance(verdict, Divert):
                self._filed += (_Filed(self._stage, verdict, name),)
            elif isinstance(verdict, _QUERIES):
                return self._fetch(verdict, chain([(name, policy)], asked), stage, delay_s)
            else:
                return self._wait(verdict, stage, name, delay_s) if delay_s else self._decide(verdict, stage, name)
        return None

    def _fetch(
        self, query: ExternalQuery, asked: Iterator[tuple[str, Policy]], stage: Stage, delay_s: float
    ) -> Judging:
        """Fetch an answer, then ask the same policy again, and those after it."""
        answer = yield query
        if isinstance(query, Question):
            self._gateway.remember(query, answer)
        self._view.fresh[query] = answer
        self._view.at = self._gateway.clock.now()
        return (yield from waited_for(self._ask(asked, stage, delay_s)))

    def _wait(self, verdict: Refuse | Disconnect | Garble, stage: Stage, name: str, delay_s: float) -> Judging:
        yield Wait(delay_s)
        return self._decide(verdict, stage, name)

    def _decide(self, verdict: Refuse | Disconnect | Garble, stage: Stage, policy: str) -> Rejection:
        self._filed = self._filed_before  # what is refused leaves nothing behind
        if isinstance(verdict, Refuse):
            return self.refuse(verdict, stage, policy)
        self._view.errors += 1
        garbled = Garbled(verdict.octets if isinstance(verdict, Garble) else b"")
        heard = garbled.heard
        fate = _fate(heard) if heard is not None and not heard.accepts else Fate.CUT
        for recipient in self._concerned(stage):
            self.record(stage, recipient, heard, fate, cause=verdict.cause, policy=policy)
        return Rejection(garbled, closes=isinstance(verdict, Disconnect))

    def _concerned(self, stage: Stage) -> list[str]:
        """List the recipients that a decision at a stage is about; before RCPT no recipient is known, so it is [""]."""
        view = self._view
        return list(view.envelope.recipients) if stage in _WHOLE_MESSAGE else [view.recipient]

    def refuse(self, verdict: Refuse, stage: Stage, policy: str) -> Rejection:
        """Word a refusal, and record it for every recipient it is about."""
        view = self._view
        view.errors += 1
        named = verdict.recipient or view.recipient or next(iter(view.envelope.recipients), "")
        worded = self._gateway.word_refusal(verdict, stage, view, named, policy)
        if verdict.closes and worded.reply.defers:
            reply = worded.reply
            worded = worded._replace(reply=Reply(CLOSES, reply.lines, reply.enhanced))
        for recipient in self._concerned(stage):
            cause = verdict.cause
            if verdict.recipient is not None and recipient != verdict.recipient:
                # The message is refused because of another recipient. This one may have a fault of its own.
                cause = fault(view, recipient) or Cause.POLICY
            fate = _fate(worded.reply)
            self.record(stage, recipient, worded.reply, fate, cause=cause, claimed=worded.claimed, policy=policy)
        # A 5yz greeting may close the connection. Later only 421 tells the client that the server closes it.
        return Rejection(
            worded.reply, closes=worded.reply.code == CLOSES or (verdict.closes and stage is Stage.CONNECT)
        )

    def defer_one_too_many(self, recipient: str) -> Rejection:
        """Defer a recipient beyond the limit of a transaction (RFC 5321 section 4.5.3.1.10), and record it."""
        self.record(Stage.RCPT, recipient, TOO_MANY_RECIPIENTS, Fate.DEFERRED, cause=Cause.POLICY, claimed=Cause.POLICY)
        return Rejection(TOO_MANY_RECIPIENTS)

    def end_session(self, reply: Reply, stage: Stage) -> Rejection:
        """Refuse what a client says after too many errors with a last reply, and record it."""
        for recipient in self._concerned(stage):
            self.record(stage, recipient, reply, _fate(reply), cause=Cause.POLICY, claimed=Cause.POLICY)
        return Rejection(reply, closes=True)

    def accept(self) -> Reply:
        """Accept the message for every recipient, record where it goes, and send the delivery reports."""
        reply = self._gateway.say(self._view, "accepted")
        reported = []
        diversions = self._diversions()
        for recipient in self._view.envelope.recipients:
            diverted, policy = diversions.get(recipient) or diversions.get(None) or (None, "")
            notify = self._view.envelope.notify.get(recipient, _NOTIFY_BY_DEFAULT)
            if diverted is None:
                self.record(_END_OF_DATA, recipient, reply, _INBOX)
                if self._gateway.audience is not None:
                    self._gateway.arrived(self._view, recipient, self._message_id())
                if "SUCCESS" in notify:
                    reported.append(self._reported(recipient, reply, "delivered"))
                continue
            worded = None
            fate = diverted.fate
            if fate is Fate.BOUNCED_LATER and (not self._view.envelope.return_path or "FAILURE" not in notify):
                fate = Fate.DISCARDED  # no report is allowed (RFC 5321 section 4.5.5, RFC 3461 section 4.1)
            if fate is Fate.BOUNCED_LATER:
                refusal = diverted.refusal or Refuse(diverted.cause)
                worded = self._gateway.word_refusal(refusal, Stage.REPORT, self._view, recipient, policy)
                reported.append(self._reported(recipient, worded.reply, "failed", diverted.status))
            claimed = worded.claimed if worded is not None else None
            self.record(Stage.END_OF_DATA, recipient, reply, fate, cause=diverted.cause, claimed=claimed, policy=policy)
        if reported and self._view.envelope.return_path:
            self._gateway.report(self._view, tuple(reported))
        return reply

    def _diversions(self) -> dict[str | None, tuple[Divert, str]]:
        """Return where the message goes, by recipient. Of several verdicts, the most severe fate counts."""
        found: dict[str | None, tuple[Divert, str]] = {}
        for _, verdict, policy in self._filed:
            before = found.get(verdict.recipient)
            if before is None or _SEVERITY[verdict.fate] > _SEVERITY[before[0].fate]:
                found[verdict.recipient] = verdict, policy
        return found

    def _reported(
        self,
        recipient: str,
        reply: Reply,
        kind: Literal["failed", "delivered"],
        status: EnhancedStatus | None = None,
    ) -> Undelivered:
        original = self._view.envelope.original_recipients.get(recipient)
        return Undelivered(recipient, reply, original_recipient=original, kind=kind, own_status=status)

    def record(
        self,
        stage: Stage,
        recipient: str,
        reply: Reply | None,
        fate: Fate,
        *,
        cause: Cause | None = None,
        claimed: Cause | None = None,
        policy: str = "",
    ) -> None:
        """Record a decision about one recipient."""
        self._gateway.record(
            self._view,
            self._port,
            stage=stage,
            recipient=recipient,
            reply=reply,
            fate=fate,
            cause=cause,
            claimed=claimed,
            policy=policy or None,
            message_id=self._message_id() if stage is _END_OF_DATA else "",
            after_mail=stage not in BEFORE_MAIL,
        )

    def _message_id(self) -> str:
        content = self._view.content
        end_of_header = content.find(b"\r\n\r\n")
        found = _MESSAGE_ID.search(content, 0, end_of_header if end_of_header >= 0 else len(content))
        return found[1].decode("ascii", "replace") if found else ""

    def cut(self, *, in_content: bool) -> None:
        """Record an aborted transaction for all accepted recipients, and for the one that is being judged."""
        view = self._view
        if not (view.recipient or view.envelope.recipients):
            return
        stage = Stage.DATA if in_content else Stage.RCPT
        if self._stage is Stage.END_OF_DATA:
            stage = Stage.END_OF_DATA
        judged, view.recipient = view.recipient, ""
        for recipient in view.envelope.recipients:
            self.record(stage, recipient, self._gateway.say(view, "rcpt"), Fate.CUT)
        if judged:
            self.record(Stage.RCPT, judged, None, Fate.CUT)

    def forget(self, since: Stage) -> None:
        """Forget where messages go because of what was said at this stage or a later one.

        What is said before MAIL is about the client, and applies to all its messages.
        """
        if self._filed:
            self._filed = tuple(filed for filed in self._filed if _ORDER[filed.stage] < _ORDER[since])


def _fate(reply: Reply) -> Fate:
    return Fate.REFUSED if reply.refuses else Fate.DEFERRED
