"""An imported reply differs from the log's in nothing but names, addresses, hosts and identifiers."""

from __future__ import annotations

import re
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from fake_gateways import persona as personas
from fake_gateways.wording import Wording
from probe.classify.by_text import ByText
from probe.classify.context.words import pattern_of, topics_in
from probe.intake.to_scenario.anonymise import Anonymiser, AsItIs, Naming
from probe.intake.to_scenario.mask import Parties, mask
from probe.intake.to_scenario.personal_names import PersonalNames

NAMING: Final = Anonymiser(b"a key of thirty-two octets, or so")
WORDINGS: Final = tuple(
    refusal
    for name in personas.names()
    for refusal in personas.load(name).refusal
    if not {"backend", "helo"} & refusal.names
)
LOCALS: Final = st.sampled_from(
    "anna.berg annaberg a_berg info user no unknown mailbox.full recipient address box-7 list zoe jan-ole "
    "abuse postmaster blocked x.policy the smith2 müller".split()
)
SILENT_LOCALS: Final = st.sampled_from("anna.berg annaberg a_berg zoe jan-ole smith2 müller info no the b".split())
"""Local parts that do not say anything to a classifier, unlike ``mailbox.full``."""
DOMAINS: Final = st.sampled_from("northwind.example north-wind.co.uk gmail.com mail.marble.example".split())
CLIENT: Final = "203.0.113.9"
HOST: Final = "mx7.northwind-gate.example"
TEXT: Final = ByText()
NAMINGS: Final = st.sampled_from([NAMING, AsItIs()])
_IP: Final = re.compile(r"\d+\.\d+\.\d+\.\d+")


def values(local: str, domain: str, identifier: str = "4Bq1Ns0Qz9z1") -> dict[str, str]:
    """Return what the slots of a wording stand for."""
    return {
        "recipient": f"{local}@{domain}",
        "local_part": local,
        "domain": domain,
        "sender": "news+c1@bounce.messenger.example",
        "sender_domain": "bounce.messenger.example",
        "ip": CLIENT,
        "helo": "mta1.messenger.example",
        "id": identifier,
        "host": HOST,
    }


def imported(text: str, said: dict[str, str], *others: str) -> str:
    """Return the wording of a reply as the scenario has it; ``others`` are further addresses in the log."""
    wording = mask(text, Parties(said["recipient"], said["sender"], CLIENT, HOST), NAMING)
    return PersonalNames([wording], [said["recipient"], *others], NAMING).hidden(wording)


OTHERS: Final = ("your.mailbox@acme.example", "denied.access@acme.example", "rejected_policy@acme.example")


@given(
    st.sampled_from(WORDINGS),
    LOCALS,
    DOMAINS | st.just("user.example"),
    st.sampled_from(["4Bq1Ns0Qz9z1", "1tXyZa-0001Ab-2C", "3F2A81C0045"]),
)
def test_every_wording_of_a_persona_is_found_again(wording: Wording, local: str, domain: str, identifier: str) -> None:
    said = values(local, domain, identifier)
    found = imported(wording.say(said).text, said, *OTHERS)
    assert _IP.sub("IP", found) == _IP.sub("IP", wording.text)


@given(st.sampled_from(WORDINGS), SILENT_LOCALS, DOMAINS)
def test_classifiers_that_read_words_decide_as_they_would_on_the_log(wording: Wording, local: str, domain: str) -> None:
    there, here = values(local, domain), values("eva.koch", "amber-bank.example", "kZ3vQx81mPdT")
    text = wording.say(there).text
    again = Wording(code=wording.code, text=imported(text, there, *OTHERS)).say(here).text
    assert TEXT.cause_of(again) == TEXT.cause_of(text)
    assert topics_in(pattern_of(again, here["recipient"])) == topics_in(pattern_of(text, there["recipient"]))


@given(st.text(max_size=200), st.sampled_from(["ann@acme.example", "müller@acme.example", ""]), NAMINGS)
@example("{recipient} {} }{ {{x}}", "ann@acme.example", NAMING)
def test_any_reply_becomes_a_wording_that_can_be_said(text: str, recipient: str, naming: Naming) -> None:
    masked = PersonalNames([text], [recipient], naming).hidden(mask(text, Parties(recipient), naming))
    lines = masked.split("\n")
    assert all(line == line.strip() and line.isprintable() for line in lines)
    assert recipient == "" or recipient not in masked.lower()
    Wording(code=354, text=masked or "-").say(values("eva", "b.example"))


@given(st.text(max_size=300))
def test_with_names_kept_only_identifiers_change(text: str) -> None:
    masked = mask(text, Parties("ann@acme.example", "bob@b.example", CLIENT, HOST), AsItIs())
    if "{" not in masked.replace("{{", ""):
        plain = "\n".join("".join(c if c.isprintable() else " " for c in line).strip() for line in text.split("\n"))
        assert masked.replace("{{", "{").replace("}}", "}") == plain
