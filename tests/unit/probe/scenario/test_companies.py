"""Gateways of a scenario as companies: names, domains, addresses, sizes, and who works there."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_scenario import SCENARIO, bent, write

from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.relay import RelaySettings
from probe.input_error import InputError
from probe.lab.prepare import prepare
from probe.scenario.companies import Company, companies, staff
from probe.scenario.load import load
from probe.scenario.model import Scenario


def gateway(name: str = "plain", **keys: Any) -> dict[str, Any]:
    """Return a gateway's entry."""
    return {"name": name, "persona": "cisco-esa", **keys}


def made(*gateways: dict[str, Any], seed: int = 7) -> tuple[Company, ...]:
    """Return the companies of a scenario with these gateways."""
    raw = {**tomllib.loads(SCENARIO), "seed": seed, "gateway": list(gateways)}
    return companies(Scenario.model_validate(raw), "s.toml")


def of_size(mailboxes: int, count: int, seed: int = 7) -> tuple[Company, ...]:
    """Return so many companies that have so many mailboxes together."""
    return made(gateway(companies=count, mailboxes={"count": mailboxes}), seed=seed)


def people(company: Company, *listed: str, seed: int = 7) -> Directory:
    """Return a company's directory."""
    return staff(company, list(listed), seed, "s.toml", 0.0)


@given(st.integers(1, 60), st.integers(0, 3000))
def test_sizes_add_up_exactly_and_nobody_is_left_without_a_mailbox(count: int, more: int) -> None:
    sizes = [company.size for company in of_size(count + more, count)]
    assert len(sizes) == count
    assert sum(sizes) == count + more
    assert min(sizes) >= 1
    assert sizes == sorted(sizes, reverse=True)


def test_sizes_are_uneven_by_rank_as_company_sizes_are() -> None:
    # Zipf: each company first has one of 1,100 mailboxes; of the 1,089 that are left, 1/1 : 1/2 : ... : 1/11,
    # with the sum of the weights H(11) = 3.0198773.
    sizes = [company.size for company in of_size(1100, 11)]
    assert sizes[1:] == [1 + int(1089 / rank / 3.0198773) for rank in range(2, 12)]
    assert sizes[0] > 1.9 * sizes[1]
    assert sizes[1] > 1.4 * sizes[2]
    assert sizes[0] > 10 * sizes[10]


def test_made_up_domains_are_unique_and_in_the_reserved_example() -> None:
    domains = [domain for company in of_size(6000, 4000) for domain in company.domains]
    assert len(set(domains)) == len(domains) == 4000
    # RFC 2606 section 3, and the host name syntax of RFC 1123 section 2.1.
    assert all(domain.endswith(".example") and domain.count(".") == 1 for domain in domains)
    assert all(domain.removesuffix(".example").replace("-", "").isalnum() for domain in domains)


def test_a_domain_the_scenario_gives_away_is_not_made_up_again() -> None:
    first = of_size(2, 1)[0].domains[0]
    found = made(gateway("own", domains=[first]), gateway(companies=1, mailboxes={"count": 2}))
    assert found[0].domains == (first,)
    assert found[1].domains != (first,)


def test_hosts_and_addresses_are_unique_and_loopback() -> None:
    found = of_size(800, 600)
    assert len({company.host for company in found}) == len({company.address for company in found}) == 600
    assert all(company.address.startswith("127.1.") for company in found)
    assert all(0 < int(company.address.rpartition(".")[2]) < 255 for company in found)


def test_companies_are_numbered_under_the_name_of_their_group() -> None:
    assert [company.name for company in of_size(9, 3)] == ["plain-1", "plain-2", "plain-3"]


def test_a_gateway_with_domains_is_one_company_with_all_mailboxes() -> None:
    (company,) = made(gateway(domains=["a.example", "b.example"], mailboxes={"count": 30}, address="127.9.9.9"))
    assert (company.name, company.size, company.address) == ("plain", 30, "127.9.9.9")
    assert company.domains == ("a.example", "b.example")
    assert company.host == "esa1.a-example.iphmx.com"


@pytest.mark.parametrize(
    ("keys", "what"), [({"domains": ["a.example"]}, "a.example"), ({"address": "127.9.9.9"}, "127.9.9.9")]
)
def test_two_gateways_cannot_share_a_domain_or_an_address(keys: dict[str, Any], what: str) -> None:
    one = gateway("one", **{"domains": ["one.example"], **keys})
    two = gateway("two", **{"domains": ["two.example"], **keys})
    with pytest.raises(InputError) as caught:
        made(one, two)
    assert str(caught.value) == f"s.toml: gateway.two: {what} is already gateway one's; give it to one of the two"


def test_another_seed_makes_other_companies_and_other_people() -> None:
    (one,), (again,), (other,) = (of_size(40, 1, seed) for seed in (1, 1, 2))
    assert one == again
    assert one.domains != other.domains
    assert people(one, seed=1) == people(one, seed=1)
    assert people(one, seed=1).states != people(one, seed=2).states


def test_the_people_of_two_companies_differ_under_the_same_seed() -> None:
    first, second = of_size(60, 2)
    names = [{address.partition("@")[0] for address in people(company).states} for company in (first, second)]
    assert names[0] != names[1]


def test_what_becomes_of_mailboxes_is_exact_to_the_nearest_one() -> None:
    shares = {"count": 200, "departed": 0.04, "full": 0.015, "disabled": 0.1}
    (company,) = made(gateway(domains=["a.example"], mailboxes=shares))
    assert Counter(people(company).states.values()) == {
        MailboxState.DEPARTED: 8,
        MailboxState.FULL: 3,
        MailboxState.DISABLED: 20,
        MailboxState.PRESENT: 169,
    }


@given(st.integers(0, 300), st.integers(0, 50), st.integers(0, 2**32))
def test_a_company_has_as_many_mailboxes_as_it_was_given_or_as_are_listed(count: int, listed: int, seed: int) -> None:
    (company,) = made(gateway(domains=["a.example"], mailboxes={"count": count}))
    addresses = [f"customer{number}@a.example" for number in range(listed)]
    states = people(company, *addresses, seed=seed).states
    assert len(states) == max(count, listed)
    assert set(addresses) <= set(states)
    assert all(address.endswith("@a.example") and address == address.lower() for address in states)


def test_people_on_the_senders_list_leave_like_everybody_else() -> None:
    (company,) = made(gateway(domains=["a.example"], mailboxes={"count": 1000, "departed": 0.5}))
    listed = [f"customer{number}@a.example" for number in range(500)]
    states = people(company, *listed).states
    gone = sum(states[address] is MailboxState.DEPARTED for address in listed)
    # 250 on average; hypergeometric with a deviation of 7.9.
    assert 210 < gone < 290


def test_a_mailbox_named_one_by_one_has_the_state_it_is_given() -> None:
    named = [{"address": "Ann@A.Example", "state": "full"}, {"address": "bob@a.example"}]
    (company,) = made(gateway(domains=["a.example"], mailbox=named))
    assert people(company).states == {"ann@a.example": MailboxState.FULL, "bob@a.example": MailboxState.PRESENT}


def test_a_named_mailbox_overrules_what_was_drawn() -> None:
    (company,) = made(
        gateway(
            domains=["a.example"],
            mailboxes={"count": 1, "departed": 1.0},
            mailbox=[{"address": "ann@a.example", "state": "disabled"}],
        )
    )
    assert people(company, "ann@a.example").states == {"ann@a.example": MailboxState.DISABLED}


def test_every_gateway_looks_recipients_up_even_where_the_scenario_does_not_say_so() -> None:
    (bare,) = made(gateway(domains=["a.example"]))
    assert bare.policies == (RelaySettings(), DirectorySettings())
    (told,) = made(gateway(domains=["a.example"], policy=[{"type": "directory", "at": "end-of-data"}]))
    assert [policy.kind for policy in told.policies] == ["directory", "relay"]
    assert told.policies[0].at == "end-of-data"


def test_a_catch_all_belongs_to_the_directory() -> None:
    (company,) = made(gateway(domains=["a.example"], mailboxes={"catch_all": True}))
    assert people(company).catch_all


def test_a_company_of_a_group_cannot_have_the_name_of_another_gateway() -> None:
    with pytest.raises(InputError, match=r"gateway\.plain-1: .*already gateway plain-1's"):
        made(gateway(companies=2, mailboxes={"count": 6}), gateway("plain-1", domains=["acme.example"]))


def test_an_exchanger_is_named_after_its_company_and_not_after_its_group() -> None:
    hosts = [company.host for company in made(gateway("wary", companies=5, mailboxes={"count": 50}))]
    assert not any("wary" in host for host in hosts)
    assert len(set(hosts)) == 5


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,state\n", "list.csv: has no columns address and state; name them so"),
        ("address,state\nann,full\n", "list.csv: line 2: 'ann' is not a valid address; correct or remove the line"),
        (
            "address,state\nann@acme.example,tired\n",
            "line 2: 'tired' is not a state of a mailbox; use one of: present,",
        ),
        ("address,state\nann@beta.example,full\n", "line 2: ann@beta.example is in none of the gateway's domains"),
    ],
)
def test_a_list_of_mailboxes_that_is_wrong_is_told_with_its_line(text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(text, "utf-8")
    listed = bent("mailboxes = { count = 20, departed = 0.1 }", 'mailbox_list = "list.csv"')
    with pytest.raises(InputError) as caught:
        prepare(load(write(tmp_path, listed)))
    assert sentence in str(caught.value)


def test_a_list_of_mailboxes_says_who_is_there(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("address,state\nAnn@acme.example,full\nbob@acme.example,departed\n", "utf-8")
    listed = bent(
        "count = 10", "count = 2", bent("mailboxes = { count = 20, departed = 0.1 }", 'mailbox_list = "list.csv"')
    )
    prepared = prepare(load(write(tmp_path, listed)))
    assert prepared.directory(prepared.companies[0]).states == {
        "ann@acme.example": "full",
        "bob@acme.example": "departed",
    }


def test_companies_may_be_of_equal_size() -> None:
    (*sizes,) = (company.size for company in made(gateway(companies=7, sizes="equal", mailboxes={"count": 30})))
    assert sizes == [5, 5, 4, 4, 4, 4, 4]


def test_turnover_may_vary_from_company_to_company() -> None:
    boxes = {"count": 900, "departed": 0.3, "varies": 1.0}
    found = [people(company) for company in made(gateway(companies=30, sizes="equal", mailboxes=boxes))]
    gone = [Counter(each.states.values())[MailboxState.DEPARTED] for each in found]
    assert set(gone) == {0, 30}
    assert 2 <= gone.count(30) <= 18


def test_turnover_may_vary_between_the_domains_of_a_gateway() -> None:
    domains = [f"tenant{number}.example" for number in range(30)]
    boxes = {"count": 900, "departed": 0.3, "turnover": 0.5, "varies": 1.0}
    (company,) = made(gateway(domains=domains, mailboxes=boxes))
    directory = people(company)
    gone = {domain: set[bool]() for domain in domains}
    for address, state in directory.states.items():
        gone[address.partition("@")[2]].add(state is MailboxState.DEPARTED)
    assert {frozenset(each) for each in gone.values()} == {frozenset({True}), frozenset({False})}
    left = {address.partition("@")[2] for address in directory.left_at}
    stayed = {address.partition("@")[2] for address, state in directory.states.items() if state.alive} - left
    assert left
    assert stayed


def test_that_turnover_varies_changes_no_address_and_somebody_of_a_small_company_may_be_gone() -> None:
    alike, varied = (
        made(gateway(companies=60, sizes="equal", mailboxes={"count": 120, "departed": 0.2, "varies": varies}))
        for varies in (0.0, 0.1)
    )
    assert [set(people(each).states) for each in alike] == [set(people(each).states) for each in varied]
    gone = [Counter(people(each).states.values())[MailboxState.DEPARTED] for each in varied]
    # A fifth of two mailboxes is rounded to none; drawn one by one it is 24 of 120 on average.
    assert 10 <= sum(gone) <= 40


@pytest.mark.parametrize(
    ("closes", "gone"),
    [
        ("2d", {"a.example", "b.example"}),
        ({"B.example": "2d"}, {"b.example"}),
        ({"a.example": "2d", "*": "9d"}, {"a.example"}),
        ({"*": "2d", "a.example": "9d"}, {"b.example"}),
    ],
)
def test_a_company_or_one_of_its_domains_closes_on_a_date(closes: object, gone: set[str]) -> None:
    (company,) = made(
        gateway(
            domains=["a.example", "b.example"],
            mailboxes={"count": 30, "full": 0.1},
            mailbox=[{"address": "ann@a.example"}, {"address": "bob@b.example"}],
            closes=closes,
        )
    )
    directory = people(company)
    day = 86_400.0
    assert all(directory.state(address, 2 * day - 1).alive for address in directory.states)
    left = {address for address in directory.states if not directory.state(address, 2 * day).alive}
    assert left == {address for address in directory.states if address.partition("@")[2] in gone}


def test_who_leaves_before_the_company_closes_leaves_then() -> None:
    (company,) = made(gateway(domains=["a.example"], mailboxes={"count": 50, "turnover": 0.9}, closes="300d"))
    left = people(company).left_at
    assert len(left) == 50
    assert min(left.values()) < max(left.values()) == 300 * 86_400.0


def test_the_directory_that_a_scenario_configures_for_a_tenant_leaves_the_others_theirs() -> None:
    late = {"type": "directory", "instead": "bounce", "domains": ["a.example"]}
    (company,) = made(gateway(domains=["a.example", "b.example"], policy=[late]))
    assert [(policy.kind, policy.domains) for policy in company.policies] == [
        ("directory", ("a.example",)),
        ("relay", ()),
        ("directory", ("b.example",)),
    ]
    (company,) = made(gateway(domains=["a.example"], policy=[late]))
    assert [policy.kind for policy in company.policies] == ["directory", "relay"]
