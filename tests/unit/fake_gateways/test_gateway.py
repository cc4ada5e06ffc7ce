"""Deciding for one cause and saying another: which lies are told, how many, and in whose words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources

import pytest
from lone_gateway import ALICE, BORIS, CLARA, FILTER, PEER, SPAM, STARTS, STRANGER, LoneGateway, session_view

from fake_gateways import persona as personas
from fake_gateways.gateway import MOST_REMEMBERED, Gateway
from fake_gateways.policies.content import ContentSettings
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.ip_reputation import IpReputationSettings
from fake_gateways.policies.session_view import Decision, SessionView
from fake_gateways.policies.velocity import VelocitySettings
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Answer, Question, Refuse
from fake_gateways.wording import Wording

LIE = {Cause.CONTENT: Cause.USER_UNKNOWN, Cause.IP_REPUTATION: Cause.USER_UNKNOWN}
_ID = re.compile(r"\b[0-9A-Za-z]{12}\b")
LISTED = IpReputationSettings(type="ip-reputation", deny=[PEER], allow=())

ANOTHER_WORDING = """
[[refusal]]
cause = "user-unknown"
stages = ["rcpt"]
code = 550
text = "No such user"
source = "made up"
"""


def without_id(reply: Reply) -> bytes:
    return _ID.sub("ID", reply.octets.decode()).encode()


@pytest.mark.parametrize(
    ("lies", "least", "most"), [(0.0, 0, 0), (1.0, 2000, 2000), (0.5, 900, 1100), (0.8, 1520, 1680)]
)
def test_the_share_of_lies_is_the_share_of_refusals_told_as_the_claim(lies: float, least: int, most: int) -> None:
    gateway = LoneGateway(claims=LIE, lies=lies).gateway
    told = [
        gateway.word_refusal(Refuse(Cause.CONTENT), Stage.END_OF_DATA, session_view(), ALICE).claimed
        for _ in range(2000)
    ]
    assert set(told) <= {Cause.CONTENT, Cause.USER_UNKNOWN}
    assert least <= told.count(Cause.USER_UNKNOWN) <= most


def test_a_cause_without_a_claim_is_always_told_as_it_is() -> None:
    gateway = LoneGateway(claims=LIE, lies=1.0).gateway
    told = {gateway.word_refusal(Refuse(Cause.VELOCITY), Stage.RCPT, session_view(), ALICE).claimed for _ in range(50)}
    assert told == {Cause.VELOCITY}


@pytest.mark.parametrize("name", personas.names())
@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_a_lie_is_told_in_the_very_words_of_the_truth_it_copies(name: str, stage: Stage, seed: str) -> None:
    honest = LoneGateway(name, seed=seed).gateway
    liar = LoneGateway(name, claims=dict.fromkeys(Cause, Cause.USER_UNKNOWN), seed=seed).gateway
    truth = without_id(honest.word_refusal(Refuse(Cause.USER_UNKNOWN), stage, session_view(), ALICE).reply)
    own = without_id(liar.word_refusal(Refuse(Cause.USER_UNKNOWN), stage, session_view(), ALICE).reply)
    assert own == truth
    assert {without_id(liar.word_refusal(Refuse(cause), stage, session_view(), ALICE).reply) for cause in Cause} == {
        truth
    }


@pytest.mark.parametrize("name", personas.names())
def test_over_a_whole_dialogue_a_content_lie_reads_as_an_unknown_user_does_there(name: str) -> None:
    """A directory that is asked at end of data gives the honest refusal to compare with."""
    at_end = DirectorySettings(at=Stage.END_OF_DATA)
    lone = LoneGateway(name, policies=[FILTER, at_end], claims=LIE, has_directory=False)
    lie = lone.call().deliver(ALICE, content=SPAM)
    truth = lone.call().deliver(CLARA)
    assert without_id(lie).replace(b"alice@", b"clara@") == without_id(truth)
    assert [(row.cause, row.claimed, row.honest, row.mailbox) for row in lone.truths] == [
        (Cause.CONTENT, Cause.USER_UNKNOWN, False, "present"),
        (Cause.USER_UNKNOWN, Cause.USER_UNKNOWN, True, "departed"),
    ]


@pytest.mark.parametrize("name", ["mimecast", "proofpoint", "consumer"])
def test_a_reputation_lie_at_rcpt_reads_as_an_unknown_user_does_there(name: str) -> None:
    at_rcpt = DirectorySettings(at=Stage.RCPT)
    lone = LoneGateway(name, policies=[LISTED, at_rcpt], claims=LIE, has_directory=False)
    lie = lone.call(PEER).mail(ALICE)[-1]
    truth = lone.call("127.10.0.2").mail(CLARA)[-1]
    assert without_id(lie) == without_id(truth)
    assert [row.honest for row in lone.truths] == [False, True]


def verdicts(claims: Mapping[Cause, Cause], lies: float, seed: str) -> list[tuple[object, ...]]:
    lone = LoneGateway("mimecast", policies=[FILTER], claims=claims, lies=lies, seed=seed)
    for number in range(60):
        lone.call().deliver(ALICE if number % 3 else CLARA, content=SPAM)
    return list(lone.truths)


def test_the_same_seed_writes_the_same_truths_and_another_seed_lies_to_others() -> None:
    assert verdicts(LIE, 0.5, "a") == verdicts(LIE, 0.5, "a")
    honest = [[row.honest for row in verdicts(LIE, 0.5, seed)] for seed in ("a", "b")]
    assert honest[0] != honest[1]


def test_queue_ids_do_not_change_who_is_lied_to() -> None:
    """The streams are apart: mimecast spends an id on nearly every reply, one more NOOP must move nothing."""
    books = []
    for noops in (0, 5):
        lone = LoneGateway("mimecast", policies=[FILTER], claims=LIE, lies=0.5)
        for _ in range(40):
            client = lone.call()
            for _ in range(noops):
                client.say("VRFY anna")
                client.say("BOGUS")
            client.deliver(ALICE, content=SPAM)
        books.append([row.claimed for row in lone.truths])
    assert books[0] == books[1]
    assert set(books[0]) == {Cause.CONTENT, Cause.USER_UNKNOWN}


def test_of_several_wordings_of_a_cause_one_installation_keeps_to_one() -> None:
    text = (resources.files("fake_gateways") / "personas" / "mimecast.toml").read_text("utf-8")
    persona = personas.parse(f"{text}\n{ANOTHER_WORDING}")
    installations = []
    for seed in range(20):
        gateway = LoneGateway(persona, seed=f"{seed}").gateway
        told = (
            gateway.word_refusal(Refuse(Cause.USER_UNKNOWN), Stage.RCPT, session_view(), ALICE).reply for _ in range(10)
        )
        installations.append({without_id(reply) for reply in told})
    assert {len(told) for told in installations} == {1}
    assert len(set.union(*installations)) == 2


def test_policies_are_asked_in_the_personas_order_whatever_the_scenarios() -> None:
    velocity = VelocitySettings(type="velocity", limit="1/1s")
    lone = LoneGateway("proofpoint", policies=[DirectorySettings(), FILTER, velocity, LISTED], has_directory=False)
    assert [name for name, _ in lone.gateway.policies[Stage.RCPT]] == ["ip-reputation", "velocity", "relay"]
    assert [name for name, _ in lone.gateway.policies[Stage.END_OF_DATA]] == ["content", "directory"]


def test_a_scenario_moves_a_policy_to_another_stage_with_at() -> None:
    early = IpReputationSettings(type="ip-reputation", at=Stage.CONNECT, deny=[PEER], allow=())
    lone = LoneGateway("proofpoint", policies=[early])
    assert lone.call(helo=None).greeting.code == 554
    assert [(row.stage, row.return_path, row.recipient, row.helo) for row in lone.truths] == [("connect", None, "", "")]


def test_a_cause_that_nobody_has_heard_the_vendor_tell_is_told_in_plain_words() -> None:
    told = LoneGateway("consumer").gateway.word_refusal(Refuse(Cause.VIRUS), Stage.END_OF_DATA, session_view(), ALICE)
    assert str(told.reply) == "554 5.7.1 Message rejected, it contains a virus"


def test_a_greeting_refuses_in_plain_words_with_the_code_that_greetings_have() -> None:
    gateway = LoneGateway("consumer").gateway
    codes = [
        gateway.word_refusal(Refuse(cause), Stage.CONNECT, session_view(), "").reply.code
        for cause in (Cause.VIRUS, Cause.SYSTEM)
    ]
    assert codes == [554, 421]


def test_words_known_from_another_stage_are_borrowed() -> None:
    gateway = LoneGateway("consumer").gateway
    at_rcpt, at_mail = (
        without_id(gateway.word_refusal(Refuse(Cause.USER_UNKNOWN), stage, session_view(), ALICE).reply)
        for stage in (Stage.RCPT, Stage.MAIL)
    )
    assert at_rcpt == at_mail


def test_of_too_many_answers_the_oldest_is_forgotten() -> None:
    gateway = LoneGateway().gateway
    first, *others, last = (Question(f"d{number}.example") for number in range(MOST_REMEMBERED + 2))
    for question in (first, *others, first, last):
        gateway.remember(question, Answer(("127.0.0.2",), 300.0))
    assert len(gateway._remembered) == MOST_REMEMBERED
    assert [question.name for question in (first, *others, last) if gateway._recall(question, STARTS) is None] == [
        "d1.example",
        "d2.example",
    ]


def test_an_answer_is_remembered_for_its_time_to_live() -> None:
    lone = LoneGateway()
    question = Question("2.0.10.127.bl.example")
    lone.gateway.remember(question, Answer(("127.0.0.2",), 300.0))
    view = lone.gateway.connect(PEER)
    view.at = STARTS + 299.9
    assert view.answer(question) == Answer(("127.0.0.2",), 300.0)
    view.at = STARTS + 300.0
    assert view.answer(question) is None


def test_sessions_of_one_gateway_ask_the_blocklist_once_within_the_time_to_live() -> None:
    lone = LoneGateway(policies=[IpReputationSettings(type="ip-reputation", zones=("bl.example",), deny=(), allow=())])
    clients = [lone.call() for _ in range(3)]
    assert [reply.code for client in clients for reply in client.mail(ALICE, BORIS)] == [250] * 9
    assert [client.asked for client in clients] == [["1.0.10.127.bl.example"], [], []]


def test_the_books_name_the_gateway_and_count_from_one() -> None:
    lone = LoneGateway(policies=[ContentSettings(type="content")])
    lone.call().mail(CLARA, STRANGER)
    assert [(row.gateway, row.seq, row.at) for row in lone.truths] == [
        ("northwind", 1, STARTS),
        ("northwind", 2, STARTS),
    ]
    assert {row.fate for row in lone.truths} == {Fate.REFUSED, Fate.DEFERRED}  # mimecast defers what it will not relay


def test_gateway_is_built_by_keyword_alone() -> None:
    with pytest.raises(TypeError):
        Gateway("northwind")  # type: ignore[call-arg]


def test_a_gateway_offers_more_asks_first_and_tells_an_observer_as_it_is_told() -> None:
    class Told:
        """Refuses everything, and listens."""

        def __init__(self, stage: Stage) -> None:
            self.stage = stage

        def judge(self, view: SessionView) -> Refuse | None:
            return Refuse(Cause.VELOCITY) if view.recipient and self.stage is Stage.RCPT else None

        def notice(self, view: SessionView, decision: Decision) -> None:
            assert view.peer_address == PEER
            noticed.append(decision)

    noticed: list[Decision] = []
    lone = LoneGateway(persona="postfix")
    lone.gateway.offer("STARTTLS", "X-NEW", "STARTTLS")
    lone.gateway.ask_first("told", Told)
    lone.gateway.observe(Told(Stage.RCPT))
    client = lone.call(helo=None)
    assert [line for line in client.say("EHLO mta1").lines if line in {"STARTTLS", "X-NEW"}] == ["STARTTLS", "X-NEW"]
    client.mail(ALICE, CLARA)
    assert [(row.cause, row.policy) for row in lone.truths] == [(Cause.VELOCITY, "told")] * 2
    assert [each.recipient for each in noticed] == [ALICE, CLARA]


def test_a_lie_with_words_of_its_own_is_told_in_them_and_the_truth_is_not() -> None:
    words = {Cause.CONTENT: Wording(code=550, text="Gone: {recipient}")}
    gateway = LoneGateway(claims=LIE, words=words, lies=0.5).gateway
    refusals = [
        gateway.word_refusal(Refuse(Cause.CONTENT), Stage.END_OF_DATA, session_view(), ALICE) for _ in range(50)
    ]
    lies = {str(each.reply) for each in refusals if each.claimed is Cause.USER_UNKNOWN}
    assert lies == {f"550 Gone: {ALICE}"}
    assert not lies & {str(each.reply) for each in refusals if each.claimed is Cause.CONTENT}
    other = gateway.word_refusal(Refuse(Cause.USER_UNKNOWN), Stage.RCPT, session_view(), ALICE)
    assert "Gone" not in str(other.reply)


@pytest.mark.parametrize(
    ("text", "stage", "own"),
    [
        ("Gone: {recipient}", Stage.CONNECT, False),
        ("Gone: {recipient}", Stage.RCPT, True),
        ("Gone", Stage.CONNECT, True),
    ],
)
def test_words_that_name_the_recipient_are_not_used_where_none_is_known(text: str, stage: Stage, *, own: bool) -> None:
    words = {Cause.IP_REPUTATION: Wording(code=550, text=text)}
    gateway = LoneGateway(claims=LIE, words=words).gateway
    reply = gateway.word_refusal(Refuse(Cause.IP_REPUTATION), stage, session_view(), ALICE).reply
    assert ("Gone" in str(reply)) is own


def test_what_a_gateway_wrongly_believes_is_told_in_the_words_of_the_lie_too() -> None:
    words = {Cause.SYSTEM: Wording(code=550, text="4.4.7 QUEUE.Expired")}
    gateway = LoneGateway(words=words).gateway
    mistaken = Refuse(Cause.SYSTEM, ALICE, claimed=Cause.USER_UNKNOWN)
    assert str(gateway.word_refusal(mistaken, Stage.RCPT, session_view(), ALICE).reply) == "550 4.4.7 QUEUE.Expired"
