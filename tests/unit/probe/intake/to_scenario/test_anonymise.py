"""Made-up names for real addresses and domains."""

from __future__ import annotations

from typing import Final

from fake_gateways.smtp.envelope import domain_of
from probe.intake.to_scenario.anonymise import Anonymiser, AsItIs

KEY: Final = b"a key of thirty-two octets, or so"


def test_the_same_key_makes_the_same_names_and_another_key_other_names() -> None:
    first, again, other = Anonymiser(KEY), Anonymiser(KEY), Anonymiser(b"another key of the same length...")
    names = [f"person{number}@company{number % 7}.example" for number in range(200)]
    assert [first.address(name) for name in names] == [again.address(name) for name in names]
    assert [first.address(name) for name in names] != [other.address(name) for name in names]
    assert len({first.address(name) for name in names}) == len(names)
    assert len({first.domain(domain_of(name)) for name in names}) == 7


def test_a_role_keeps_its_local_part_at_a_made_up_company() -> None:
    naming = Anonymiser(KEY)
    assert naming.address("Info@acme.example") == f"info@{naming.domain('acme.example')}"


def test_a_made_up_name_that_is_taken_again_and_again_gets_the_next_number() -> None:
    naming = Anonymiser(KEY)
    found = [naming.address(f"person{number}@acme.example") for number in range(20_000)]
    assert len(set(found)) == len(found)


def test_upper_case_makes_no_second_recipient() -> None:
    naming = Anonymiser(KEY)
    assert naming.address("Ann@ACME.example") == naming.address("ann@acme.example")


def test_without_a_key_names_stay_and_domains_are_in_lower_case() -> None:
    assert AsItIs().address("Ann@ACME.example") == "Ann@acme.example"
    assert AsItIs().domain("ACME.example") == "acme.example"


def test_hosts_of_one_company_have_its_made_up_domain() -> None:
    naming = Anonymiser(KEY)
    domain = naming.domain("acme.example")
    assert naming.host("mx1.acme.example") == naming.host("MX2.acme.example.") == f"host.{domain}"
    assert naming.host("acme.example") == domain
    assert naming.host("mx.acme.co.uk") == f"host.{naming.domain('acme.co.uk')}"


def test_an_address_that_a_reply_quotes_has_the_name_of_the_recipient_and_takes_no_other() -> None:
    naming, other = Anonymiser(KEY), Anonymiser(KEY)
    assert naming.quoted_address("Bob@acme.example") == naming.address("bob@acme.example")
    assert naming.quoted_address("bob@acme.example") == naming.address("bob@acme.example")
    assert naming.quoted_address("abuse@acme.example") == f"abuse@{naming.domain('acme.example')}"
    assert other.address("bob@acme.example") == naming.address("bob@acme.example")


def test_addresses_become_those_of_networks_for_tests_and_names_family_names() -> None:
    naming = Anonymiser(KEY)
    assert naming.ip("203.0.113.9").startswith("198.18.")
    assert naming.ip("2001:db8:1::9").startswith("2001:db8::")
    names = [naming.person(name) for name in ("anna", "Anna", "ANNA")]
    assert names == [names[0], names[0].title(), names[0].upper()]


def test_without_a_key_hosts_addresses_and_names_stay() -> None:
    naming = AsItIs()
    assert (naming.host("mx.acme.example"), naming.ip("203.0.113.9"), naming.person("Anna")) == (
        "mx.acme.example",
        "203.0.113.9",
        "Anna",
    )
