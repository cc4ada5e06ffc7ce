"""Names of people in replies."""

from __future__ import annotations

from probe.intake.to_scenario.anonymise import Anonymiser, AsItIs
from probe.intake.to_scenario.personal_names import PersonalNames

NAMING = Anonymiser(b"a key of thirty-two octets, or so")


def hidden(wording: str, *addresses: str) -> str:
    """Return a wording without the names that addresses tell."""
    return PersonalNames([wording], addresses, NAMING).hidden(wording)


def test_a_name_in_an_address_of_the_log_is_replaced_wherever_it_stands() -> None:
    berg, anna = NAMING.person("Berg"), NAMING.person("Anna")
    assert hidden("ask Anna Berg, please", "anna.berg@acme.example") == f"ask {anna} {berg}, please"


def test_a_name_is_known_in_other_spellings() -> None:
    for local in ("muller", "mueller", "müller"):
        assert hidden("Herr Müller", f"{local}@acme.example") == f"Herr {NAMING.person('Müller')}"


def test_ordinary_words_and_slots_stay_whatever_addresses_there_are() -> None:
    wording = "{id} mailbox unknown {{id}}"
    assert hidden(wording, "mailbox@acme.example", "unknown.id@acme.example") == wording


def test_a_given_name_is_known_by_the_initial_in_an_address() -> None:
    person = NAMING.person
    assert hidden("ask Olle Nilsson", "o.nilsson@acme.example") == f"ask {person('Olle')} {person('Nilsson')}"
    assert hidden("Nilsson, Olle", "o.nilsson@acme.example") == f"{person('Nilsson')}, {person('Olle')}"
    assert hidden("User Nilsson; Olof, Kent", "u.nilsson@acme.example") == f"User {person('Nilsson')}; Olof, Kent"


def test_two_letters_are_a_name_only_with_a_capital_letter() -> None:
    assert hidden("Bo bo", "bo@acme.example") == f"{NAMING.person('Bo')} bo"


def test_with_names_kept_nothing_is_hidden() -> None:
    assert PersonalNames(["Anna"], ["anna@acme.example"], AsItIs()).hidden("Anna") == "Anna"
