"""Laws of LMTP: a reply for each accepted recipient, and one row of the truth for each that was named (RFC 2033)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lone_gateway import ALICE, BORIS, CLARA, CLEAN, DORIS, ERIC, LoneGateway

from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.lmtp import RepliesPerRecipient
from fake_gateways.smtp.reply import ReplyReader
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Disconnect, Refuse

Verdict = Refuse | Disconnect | None

people = st.lists(st.sampled_from([ALICE, BORIS, CLARA, DORIS, ERIC]), max_size=6)
verdicts = st.lists(
    st.sampled_from([None, None, Refuse(Cause.CONTENT), Refuse(Cause.MAILBOX_FULL), Disconnect(Cause.SYSTEM)]),
    min_size=6,
    max_size=6,
)


class InTurn:
    """A policy that gives its verdicts one after the other."""

    def __init__(self, given: list[Verdict]) -> None:
        self._left = iter(given)

    def judge(self, view: SessionView) -> Verdict:
        assert len(view.envelope.recipients) == 1
        return next(self._left)


@given(people, verdicts, st.booleans())
def test_each_accepted_recipient_has_a_reply_until_the_connection_is_closed(
    recipients: list[str],
    told: list[Verdict],
    is_too_large: bool,  # noqa: FBT001 - a parameter
) -> None:
    lone = LoneGateway(persona="postfix", lmtp=True)
    lone.gateway.policies[Stage.END_OF_DATA] = (("told", InTurn(told)),)
    client = lone.call()
    _, *replies = client.mail(*recipients)
    accepted = sum(reply.accepts for reply in replies)
    if client.say("DATA").code != 354:
        assert accepted == 0
        return
    answer = client.session.content_too_large() if is_too_large else client.send(CLEAN)
    assert isinstance(answer, RepliesPerRecipient)
    decided = [None] * accepted if is_too_large else told[:accepted]
    until = next((number for number, each in enumerate(decided) if isinstance(each, Disconnect)), accepted)
    codes = [reply.code for reply in ReplyReader().feed(answer.octets)]
    assert len(codes) == until
    assert client.session.closing is (until < accepted)
    after = [row for row in lone.truths if row.stage == Stage.END_OF_DATA]
    assert [row.code for row in after if row.fate is not Fate.CUT] == codes
    assert sorted(row.recipient for row in lone.truths) == sorted(recipients)
    client.session.lost()
    assert len(lone.truths) == len(recipients)
