"""Who is in a company's directory, and what an address must not give away."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from fake_gateways.people.directory import YEAR_S, Directory, MailboxState, departures, spread, vary
from fake_gateways.people.made_up import invent

DOMAINS = ["northwind.example", "northwind-labs.example"]
SHARES = {MailboxState.DEPARTED: 0.05, MailboxState.FULL: 0.01, MailboxState.DISABLED: 0.02}


def people(seed: int, count: int = 2000) -> list[str]:
    return list(invent(count, DOMAINS, (), random.Random(seed)))


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("ANNA@Northwind.example", MailboxState.FULL),
        ("anna@northwind.example", MailboxState.FULL),
        ("never@northwind.example", MailboxState.DEPARTED),
        ("Postmaster@northwind.example", MailboxState.PRESENT),
        ("postmaster", MailboxState.PRESENT),
    ],
)
def test_a_state_is_looked_up_in_any_case_and_only_the_postmaster_needs_no_entry(
    address: str, state: MailboxState
) -> None:
    assert Directory(DOMAINS, {"anna@northwind.example": MailboxState.FULL}).state(address, 0.0) is state


@pytest.mark.parametrize(
    ("address", "served"),
    [
        ("anna@northwind.example", True),
        ("anna@NORTHWIND-LABS.example", True),
        ("Postmaster", True),
        ("anna", False),
        ("anna@sub.northwind.example", False),
        ("anna@elsewhere.example", False),
        ("", False),
    ],
)
def test_a_directory_serves_its_own_domains_and_the_bare_postmaster(
    address: str,
    *,
    served: bool,
) -> None:
    assert Directory(DOMAINS).serves(address) is served


def test_a_person_reads_a_mailbox_that_is_present_or_full() -> None:
    assert {state for state in MailboxState if state.alive} == {MailboxState.PRESENT, MailboxState.FULL}


@examples(40)
@given(
    count=st.integers(0, 300),
    departed=st.floats(0, 0.5),
    full=st.floats(0, 0.3),
    seed=st.integers(),
)
def test_shares_are_exact_to_the_nearest_mailbox(count: int, departed: float, full: float, seed: int) -> None:
    addresses = [f"a{number}@northwind.example" for number in range(count)]
    states = spread(addresses, {MailboxState.DEPARTED: departed, MailboxState.FULL: full}, random.Random(seed))
    found = Counter(states.values())
    assert set(states) == set(addresses)
    assert found[MailboxState.DEPARTED] == round(departed * count)
    assert found[MailboxState.FULL] == round(full * count)
    assert found[MailboxState.DISABLED] == 0


def test_states_depend_on_the_seed_and_not_on_the_order_of_the_addresses() -> None:
    addresses = people(1, 500)
    one = spread(addresses, SHARES, random.Random(1))
    assert spread(reversed(addresses), SHARES, random.Random(1)) == one
    assert spread(addresses, SHARES, random.Random(2)) != one


def rank_of_share(ordered: list[str], states: dict[str, MailboxState], state: MailboxState) -> float:
    """Return where the addresses in a state stand on average: 0 all first, 1 all last, a half mixed in evenly."""
    return fmean(place for place, address in enumerate(ordered) if states[address] is state) / (len(ordered) - 1)


@pytest.mark.parametrize("state", [MailboxState.DEPARTED, MailboxState.FULL, MailboxState.DISABLED])
@pytest.mark.parametrize(
    "order",
    [
        pytest.param(lambda _address: 0, id="as made up"),
        pytest.param(lambda address: address, id="by name"),
        pytest.param(lambda address: address[::-1], id="by domain"),
        pytest.param(lambda address: (len(address), address[::-1]), id="by length"),
        pytest.param(lambda address: (bool(re.search(r"\d@", address)), address[2:]), id="by number at the end"),
    ],
)
def test_a_state_does_not_show_in_the_shape_or_the_order_of_addresses(
    state: MailboxState, order: Callable[[str], Any]
) -> None:
    addresses = people(6, 3000)
    ranks = []
    for seed in range(10):
        states = spread(addresses, dict.fromkeys(SHARES, 0.1), random.Random(seed))
        ranks.append(rank_of_share(sorted(addresses, key=order), states, state))
    # 10 times 300 of 3,000: the mean of 3,000 even draws has a standard deviation of 0.0053.
    assert abs(fmean(ranks) - 0.5) < 0.021


def test_who_leaves_during_the_scenario_is_there_until_then() -> None:
    directory = Directory(
        DOMAINS, {"anna@northwind.example": MailboxState.PRESENT}, left_at={"anna@northwind.example": 50.0}
    )
    assert [directory.state("Anna@northwind.example", at) for at in (49.9, 50.0)] == [
        MailboxState.PRESENT,
        MailboxState.DEPARTED,
    ]


@pytest.mark.parametrize("turnover", [0.1, 0.5])
def test_turnover_is_the_share_of_the_staff_that_leaves_in_a_year(turnover: float) -> None:
    names = [f"person{number}@northwind.example" for number in range(10_000)]
    left = departures(names, turnover, 1000.0, random.Random(1))
    within = sum(at < 1000.0 + YEAR_S for at in left.values()) / len(names)
    assert within == pytest.approx(turnover, abs=0.02)
    assert min(left.values()) >= 1000.0


def test_nobody_leaves_without_turnover_and_everybody_at_once_if_all_do() -> None:
    names = ["anna@northwind.example"]
    assert departures(names, 0.0, 1000.0, random.Random(1)) == {}
    assert departures(names, 1.0, 1000.0, random.Random(1)) == {"anna@northwind.example": 1000.0}


@pytest.mark.parametrize(("share", "varies"), [(0.05, 0.02), (0.05, 0.5), (0.3, 0.9), (0.3, 0.999)])
def test_shares_of_companies_vary_around_their_mean(share: float, varies: float) -> None:
    rng = random.Random(5)
    found = [vary(share, varies, rng) for _ in range(20_000)]
    # The variance of a beta distribution is mean * (1 - mean) * intra-class correlation.
    assert fmean(found) == pytest.approx(share, abs=0.012)
    assert fmean((each - share) ** 2 for each in found) == pytest.approx(share * (1 - share) * varies, rel=0.08)
    assert 0.0 <= min(found) <= max(found) <= 1.0


def test_at_the_ends_companies_are_alike_or_have_all_or_none() -> None:
    rng = random.Random(5)
    assert {vary(0.2, 0.0, rng) for _ in range(50)} == {0.2}
    assert {vary(0.2, 1.0, rng) for _ in range(50)} == {0.0, 1.0}
    assert {vary(share, 0.5, rng) for share in (0.0, 1.0) for _ in range(50)} == {0.0, 1.0}


@examples(200)
@given(share=st.floats(0, 1), varies=st.floats(0, 1), seed=st.integers())
def test_every_share_that_is_drawn_is_a_share(share: float, varies: float, seed: int) -> None:
    assert 0.0 <= vary(share, varies, random.Random(seed)) <= 1.0
