"""The personas that come with the package, and what a persona file must hold."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from lone_gateway import ALICE, PEER, RETURN_PATH, LoneGateway, session_view
from pydantic import ValidationError

from fake_gateways import persona as personas
from fake_gateways.persona import Persona, Refusal, Says
from fake_gateways.policies import KINDS
from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from fake_gateways.smtp.reply import Reply, ReplyReader
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse

NAMES = personas.names()
FILES = {
    file.name: file.read_text("utf-8")
    for file in resources.files("fake_gateways.personas").iterdir()
    if file.is_file() and file.name != "__init__.py"
}
SAYS = list(Says.model_fields)
TOLD = [
    pytest.param(name, refusal, stage, id=f"{name}-{refusal.cause}-{stage}-{number}")
    for name in NAMES
    for number, refusal in enumerate(personas.load(name).refusal)
    for stage in refusal.stages
    if "{backend}" not in refusal.text
]
REPEATING = [
    pytest.param(name, refusal, stage, id=f"{name}-{refusal.cause}-{stage}-{number}")
    for name in NAMES
    for number, refusal in enumerate(personas.load(name).refusal)
    for stage in refusal.stages
    if "{backend}" in refusal.text
]


def test_every_toml_file_is_a_persona_of_that_name_and_there_are_no_other_files() -> None:
    assert {f"{name}.toml" for name in NAMES} == set(FILES)
    assert [personas.load(name).name for name in NAMES] == list(NAMES)


def test_an_unknown_persona_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        personas.load("northwind")


@pytest.mark.parametrize("name", NAMES)
def test_every_policy_of_a_persona_exists_and_speaks_at_a_stage_it_can(name: str) -> None:
    persona = personas.load(name)
    assert set(persona.order) | set(persona.at) | set(persona.numbers) <= set(KINDS)
    assert [policy for policy, stage in persona.at.items() if stage not in KINDS[policy].nature.stages] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_can_be_told_honestly_and_as_an_unknown_user_wherever_a_policy_decides(
    name: str, cause: Cause
) -> None:
    stages = {stage for kind in KINDS.values() if cause in kind.nature.causes for stage in kind.nature.stages}
    honest = LoneGateway(name).gateway
    liar = LoneGateway(name, claims={cause: Cause.USER_UNKNOWN}).gateway
    for stage in stages:
        told = honest.word_refusal(Refuse(cause), stage, session_view(), "" if stage in BEFORE_RCPT else ALICE)
        lied = liar.word_refusal(Refuse(cause), stage, session_view(), "" if stage in BEFORE_RCPT else ALICE)
        assert (told.claimed, lied.claimed) == (cause, Cause.USER_UNKNOWN)
        assert survives_the_wire(told.reply)
        assert survives_the_wire(lied.reply)


@pytest.mark.parametrize(("name", "refusal", "stage"), REPEATING)
def test_a_wording_that_repeats_another_server_is_said_when_one_is_repeated(
    name: str, refusal: Refusal, stage: Stage
) -> None:
    assert personas.load(name).repeats(refusal.cause, stage) is not None
    told = LoneGateway(name).gateway.word_refusal(
        Refuse(refusal.cause, backend="consumer"), stage, session_view(), ALICE
    )
    assert survives_the_wire(told.reply)
    assert "gsmtp" in told.reply.text or refusal.cause is not Cause.USER_UNKNOWN


def test_without_a_frame_of_its_own_a_gateway_repeats_another_servers_words_as_they_are() -> None:
    lone = LoneGateway("mimecast")
    assert personas.load("mimecast").repeats(Cause.MAILBOX_DISABLED, Stage.RCPT) is None
    told = lone.gateway.word_refusal(
        Refuse(Cause.MAILBOX_DISABLED, backend="consumer"), Stage.RCPT, session_view(), ALICE
    )
    assert told.reply.text.startswith("The email account that you tried to reach is disabled")


@pytest.mark.parametrize("name", NAMES)
def test_every_user_unknown_is_refused_for_good(name: str) -> None:
    wordings = [refusal for refusal in personas.load(name).refusal if refusal.cause is Cause.USER_UNKNOWN]
    assert wordings
    assert all(wording.code >= 500 for wording in wordings)


@pytest.mark.parametrize(("name", "refusal", "stage"), TOLD)
def test_some_installation_of_the_vendor_uses_the_wording(name: str, refusal: Refusal, stage: Stage) -> None:
    by = next(iter(refusal.by), "")
    chosen = (LoneGateway(name, seed=f"{seed}").gateway._wording(refusal.cause, stage, by) for seed in range(200))
    assert any(each is refusal for each in chosen)


def survives_the_wire(reply: Reply) -> bool:
    return ReplyReader().feed(reply.octets) == [reply] and re.search(r"[{}]", reply.text) is None


@pytest.mark.parametrize(("name", "refusal", "stage"), TOLD)
def test_a_wording_is_filled_in_and_survives_the_wire(name: str, refusal: Refusal, stage: Stage) -> None:
    view = session_view()
    if stage not in BEFORE_RCPT:
        view.envelope.return_path = RETURN_PATH
    recipient = "" if stage in BEFORE_RCPT else ALICE
    reply = LoneGateway(name).gateway._fill(refusal, view, recipient)
    assert (reply.code, reply.enhanced) == (refusal.code, refusal.enhanced)
    assert survives_the_wire(reply)


@pytest.mark.parametrize("name", NAMES)
def test_what_refuses_nobody_is_filled_in_and_survives_the_wire(name: str) -> None:
    lone = LoneGateway(name)
    view = session_view()
    view.envelope.return_path = RETURN_PATH
    view.recipient = ALICE
    assert [what for what in SAYS if not survives_the_wire(lone.gateway.say(view, what))] == []
    for verb in ("EHLO", "HELO"):
        assert survives_the_wire(lone.call(helo=None).say(f"{verb} mta1.messenger.example"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_in_agreement_agrees_and_a_mistake_is_refused(name: str) -> None:
    says = personas.load(name).says
    agreed = {"greeting": 220, "mail": 250, "rcpt": 250, "data": 354, "accepted": 250, "quit": 221, "reset": 250}
    assert {what: getattr(says, what).code for what in agreed} == agreed
    assert all(
        getattr(says, what).code in {500, 502, 503, 554} for what in ("unrecognized", "out_of_order", "no_recipients")
    )


@pytest.mark.parametrize("name", NAMES)
def test_size_is_announced_as_the_gateways_own_limit(name: str) -> None:
    lone = LoneGateway(name, size_limit=12_345)
    hello = lone.call(helo=None).say("EHLO mta1.messenger.example")
    assert "SIZE 12345" in hello.lines
    assert not [keyword for keyword in hello.lines[1:] if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]*( \S+)*", keyword)]


def test_a_persona_that_names_its_peer_names_the_address_that_called() -> None:
    assert f"[{PEER}]" in LoneGateway("mimecast").call(helo=None).say("EHLO a.example").text


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: data.update(colour="red"), "colour"),
        (lambda data: data.update(order=["directory", "tea"]), "'tea' is not a policy"),
        (lambda data: data["at"].update(content="rcpt"), "content cannot act at rcpt"),
        (lambda data: data.update(numbers={"velocity": {"limit": "much"}}), r"numbers\.velocity"),
        (
            lambda data: data.update(numbers={"as-logged": {"log": "/proc/self/environ"}}),
            "'/proc/self/environ' is a file, and a persona has none",
        ),
        (lambda data: data.update(lie=[{"name": "x", "claims": {}, "note": "", "source": "s"}]), r"lie\.0\.claims"),
        (lambda data: data.update(reports={"layout": "paper"}), r"reports\.layout"),
        (lambda data: data.update(sources=[]), "sources"),
        (lambda data: data["says"].pop("quit"), r"says\.quit"),
        (lambda data: data["at"].update(directory="lunch"), r"at\.directory"),
        (lambda data: data["refusal"][0].update(code=250), "code 250 is not a refusal"),
        (lambda data: data["refusal"][0].update(code=600), r"refusal\.0\.code"),
        (lambda data: data["refusal"][0].update(text=""), "has empty text"),
        (lambda data: data["refusal"][0].update(text=" a"), "blanks at the ends"),
        (lambda data: data["refusal"][0].update(text="a \nb"), "blanks at the ends"),
        (lambda data: data["refusal"][0].update(text="a\tb"), "control characters"),
        (lambda data: data["refusal"][0].update(text="5.1.1 User unknown"), "move it to enhanced"),
        (lambda data: data["refusal"][0].update(enhanced="5.1"), "is not an enhanced status"),
        (lambda data: data["refusal"][0].update(stages=[]), "at least 1 item"),
        (lambda data: data["refusal"][0].update(source=""), "at least 1 character"),
        (lambda data: data["refusal"][0].update(text="{recipient}", stages=["mail"]), "not known before RCPT"),
    ],
)
def test_a_faulty_persona_is_refused_with_the_place_of_the_fault(change: Change, problem: str) -> None:
    data = tomllib.loads(FILES["cisco-esa.toml"])
    Persona.model_validate(data)
    change(data)
    with pytest.raises(ValueError, match=problem):
        Persona.model_validate(data)


def test_parsing_names_every_key_that_is_wrong() -> None:
    text = FILES["cisco-esa.toml"].replace('size_limit = "20 MB"', "size_limit = 20").replace("mx =", "mix =")
    with pytest.raises(ValidationError, match=r"not a size with a unit") as caught:
        personas.parse(text)
    assert {each["loc"] for each in caught.value.errors()} == {("size_limit",), ("mx",), ("mix",)}


def test_every_policy_that_is_wrong_is_named_with_its_place() -> None:
    data = tomllib.loads(FILES["cisco-esa.toml"])
    data["order"][1] = "pigeon"
    data["refusal"][0]["by"] = ["crow"]
    data["at"] = {"directory": "connect"}
    data["numbers"] = {"greylisting": {"delay": 3, "size": 1}, "dove": {}}
    with pytest.raises(ValidationError) as caught:
        Persona.model_validate(data)
    assert {each["loc"] for each in caught.value.errors()} == {
        ("order", 1),
        ("refusal", 0, "by", 0),
        ("at", "directory"),
        ("numbers", "dove"),
        ("numbers", "greylisting", "delay"),
        ("numbers", "greylisting", "size"),
    }
