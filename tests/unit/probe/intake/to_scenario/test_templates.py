"""Reply texts as templates with slots."""

from __future__ import annotations

import pytest

from probe.intake.to_scenario.templates import Templates, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("550 5.1.1 <ann.berg@acme.example>: no such user", "<{recipient}>: no such user"),
        ("smtp; 550 ann.berg is not known", "{recipient} is not known"),
        ("no mail for acme.example here", "no mail for {domain} here"),
        ("rejected, ask bob@other.example", "rejected, ask {sender}"),
        ("client 203.0.113.9 is listed, see 198.51.100.1", "client {ip} is listed, see {ip}"),
        ("refused (id 4Abc12XY9z)", "refused (id {id})"),
        ("a {slot} of its\r\nown", "a (slot) of its own"),
    ],
)
def test_what_varies_between_recipients_becomes_a_slot(text: str, masked: str) -> None:
    assert mask(text, "Ann.Berg@acme.example", "203.0.113.9") == masked


def test_replies_that_differ_in_a_slot_have_one_template() -> None:
    templates = Templates(frozenset({"no", "such", "user"}), is_private=True)
    numbers = {
        templates.add(f"550 {name}@acme.example: no such user", f"{name}@acme.example") for name in ("ann", "bob")
    }
    assert len(numbers) == 1
    assert templates.found()[numbers.pop()] == ("{recipient}: no such user", 2)


def test_a_word_that_one_company_alone_used_is_private() -> None:
    for is_private, text in ((True, "mailbox {id} full"), (False, "mailbox Bergmann full")):
        templates = Templates(frozenset({"mailbox", "full"}), is_private=is_private)
        number = templates.add("mailbox Bergmann full", "ann@acme.example")
        assert templates.found()[number].text == text


def test_a_word_that_two_companies_used_is_public() -> None:
    templates = Templates(frozenset(), is_private=True)
    numbers = {templates.add("mailbox full", f"ann@{domain}.example") for domain in ("acme", "beta")}
    assert [templates.found()[number].text for number in numbers] == ["mailbox full"]
