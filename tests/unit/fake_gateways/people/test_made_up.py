"""Tests of generated names: distinct, repeatable, and without a hint at what happens to them."""

from __future__ import annotations

import random
import re
from itertools import islice

import pytest

from fake_gateways.people.made_up import invent, made_up_domains
from fake_gateways.smtp.envelope import is_address

DOMAINS = ["northwind.example", "northwind-labs.example"]
TELLING = re.compile(
    r"depart|left|gone|former|unknown|invalid|nobody|full|quota|disabl|inactive|active|present|alive|dead|test|bounce"
    r"|fake|dummy|user|mailbox|accept|refuse|reject|junk|spam|inbox|defer",
)


def people(seed: int, count: int = 2000) -> list[str]:
    return list(invent(count, DOMAINS, (), random.Random(seed)))


def test_made_up_addresses_are_distinct_lower_case_and_avoid_those_taken() -> None:
    made = people(3)
    assert len(set(made)) == 2000
    assert all(address == address.lower() for address in made)
    assert {address.partition("@")[2] for address in made} == set(DOMAINS)
    again = list(invent(500, DOMAINS, made, random.Random(3)))
    assert not set(again) & set(made)


def test_the_same_seed_makes_up_the_same_people() -> None:
    assert people(4, 50) == people(4, 50)
    assert people(4, 50) != people(5, 50)


@pytest.mark.parametrize("seed", range(12))
def test_no_address_holds_a_word_that_tells_its_state(seed: int) -> None:
    assert [address for address in people(seed) if TELLING.search(address)] == []


def test_made_up_domains_are_distinct_and_reserved() -> None:
    domains = list(islice(made_up_domains(1), 5000))
    assert len(set(domains)) == 5000
    assert [domain for domain in domains if not is_address(f"anna@{domain}") or not domain.endswith(".example")] == []


def test_the_seed_decides_about_the_order_of_domains() -> None:
    one, again, other = (list(islice(made_up_domains(seed), 50)) for seed in (1, 1, 2))
    assert one == again != other
