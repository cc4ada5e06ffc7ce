"""Tests of what a policy sees of a session."""

from __future__ import annotations

import pytest
from lone_gateway import session_view

from fake_gateways.policies.session_view import network_of, without_zone
from fake_gateways.smtp.envelope import Envelope
from fake_gateways.verdict import Answer, Question, Wait


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.10.0.1", "127.10.0.0/24"),
        ("127.10.0.254", "127.10.0.0/24"),
        ("127.10.10.1", "127.10.10.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
    ],
)
def test_neighbours_share_a_24_or_with_ipv6_a_64(address: str, network: str) -> None:
    assert network_of(address) == network


def test_an_address_is_the_same_in_any_zone() -> None:
    assert [without_zone(address) for address in ("fe80::1%eth0", "::1", "127.10.0.1")] == [
        "fe80::1",
        "::1",
        "127.10.0.1",
    ]


@pytest.mark.parametrize(("return_path", "domain"), [("b@Messenger.example", "messenger.example"), ("", "")])
def test_the_sender_domain_is_the_return_paths(return_path: str, domain: str) -> None:
    view = session_view()
    view.envelope = Envelope(return_path)
    assert view.sender_domain == domain


def test_a_fresh_answer_counts_before_a_cached_one() -> None:
    question = Question("messenger.example", "MX")
    view = session_view()
    assert view.answer(question) is None
    view.lookup = lambda _question, _at: Answer(("cached",))
    assert view.answer(question) == Answer(("cached",))
    view.fresh[question] = Answer(("fresh",))
    assert view.answer(question) == Answer(("fresh",))


def test_another_client_begins_without_what_was_counted_of_the_one_before() -> None:
    view = session_view()
    view.talked_early, view.errors = True, 3
    view.counted["velocity"] = (1, True)
    view.forget_client()
    assert (view.talked_early, view.errors, view.counted) == (False, 0, {})


def test_only_dns_answers_are_cached() -> None:
    view = session_view()
    view.lookup = lambda _question, _at: Answer(("cached",))
    assert view.answer(Wait(3.0)) is None


def test_an_answer_about_the_client_stays_the_same_until_there_is_another_client() -> None:
    question = Question("1.0.10.127.bl.example")
    view = session_view()
    assert view.answer_about_client(question) is None
    view.lookup = lambda _question, _at: Answer()
    assert view.answer_about_client(question) == Answer()
    view.lookup = lambda _question, _at: Answer(("127.0.0.2",))
    assert view.answer_about_client(question) == Answer()
    view.forget_client()
    assert view.answer_about_client(question) == Answer(("127.0.0.2",))
