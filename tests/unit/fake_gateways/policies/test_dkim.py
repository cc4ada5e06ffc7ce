"""Whether a signature holds."""

from __future__ import annotations

import base64

import dkim  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from lone_gateway import ALICE, LoneGateway, policy

from fake_gateways.dns.zone import World
from fake_gateways.policies.dkim import MAX_SIGNATURES, verify
from fake_gateways.verdict import Answer

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SECRET = base64.b64encode(bytes(range(32)))
PUBLISHED = base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
MESSAGE = b"From: news@messenger.example\r\nTo: alice@northwind.example\r\nSubject: Minutes\r\n\r\nAs agreed.\r\n"


def signed(domain: bytes = b"messenger.example", message: bytes = MESSAGE) -> bytes:
    signature: bytes = dkim.sign(
        message, b"march", domain, SECRET, signature_algorithm=b"ed25519-sha256", canonicalize=(b"relaxed", b"relaxed")
    )
    return signature + message


def world() -> World:
    made = World()
    made.add("march._domainkey.messenger.example", "TXT", f'"v=DKIM1; k=ed25519; p={PUBLISHED}"')
    return made


def code(content: bytes, *, names: World | None = None, **settings: object) -> int:
    lone = LoneGateway("exchange-online", policies=[policy("dkim", **settings)], world=names or world())
    return lone.call().deliver(ALICE, content=content).code


def test_a_signature_that_holds_is_taken() -> None:
    assert code(signed()) == 250


def test_a_message_that_was_changed_is_refused() -> None:
    assert code(signed().replace(b"As agreed", b"As demanded")) == 550


def test_a_key_that_is_not_there_is_a_failure() -> None:
    assert code(signed(), names=World()) == 550


@pytest.mark.parametrize(("refuse", "expected"), [(["fail"], 250), (["none"], 550)])
def test_a_message_without_a_signature_is_for_the_scenario_to_judge(refuse: list[str], expected: int) -> None:
    assert code(MESSAGE, refuse=refuse) == expected


def test_one_signature_that_holds_is_enough() -> None:
    assert code(signed(b"elsewhere.example").removesuffix(MESSAGE) + signed()) == 250


def test_only_so_many_signatures_are_looked_at() -> None:
    asked = []

    def lookup(name: str, kind: str) -> Answer:
        asked.append((name, kind))
        return Answer()

    header = signed().removesuffix(MESSAGE)
    assert verify(header * 50 + MESSAGE, lookup).result == "fail"
    assert len(asked) == MAX_SIGNATURES


@pytest.mark.parametrize("content", [b"", b" ", b"\t\r\n", b" folded: without a field before\r\n", b"\0", b":\r\n"])
def test_what_is_hardly_a_message_has_no_signature(content: bytes) -> None:
    assert verify(content, lambda _name, _kind: Answer()).result == "none"


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (b"From: a@b.example" + b"\r\n folded" * 100_000 + b"\r\n\r\nx", "none"),
        (signed() + b" " * 10_000_000 + b"x", "fail"),
        (signed() + b"\t" * 10_000_000, "fail"),
    ],
    ids=["endless header", "endless blanks", "endless tabs"],
)
def test_dkimpy_is_spared_what_it_would_read_for_hours(
    content: bytes, result: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dkim.DKIM, "verify", lambda *_, **__: pytest.fail("it is asked"))
    if result == "none":
        monkeypatch.setattr(dkim.DKIM, "__init__", lambda *_, **__: pytest.fail("it is asked"))
    assert verify(content, lambda _name, _kind: Answer()).result == result


def test_blanks_that_layout_needs_do_no_harm() -> None:
    content = signed(message=MESSAGE + (b" " * 40 + b"<td>Dear Anna</td>\r\n") * 5_000)
    published = Answer((f'"v=DKIM1; k=ed25519; p={PUBLISHED}"',))
    assert verify(content, lambda _name, _kind: published).result == "pass"


@given(st.binary(max_size=200))
def test_nothing_in_a_signature_is_more_than_a_failure(tags: bytes) -> None:
    content = b"DKIM-Signature: v=1; a=ed25519-sha256; " + tags + b"\r\n" + MESSAGE
    assert verify(content, lambda _name, _kind: Answer((f'"v=DKIM1; k=ed25519; p={PUBLISHED}"',))).result in {
        "none",
        "fail",
    }


@given(st.text(max_size=100))
def test_nothing_that_is_published_as_a_key_is_more_than_a_failure(record: str) -> None:
    assert verify(signed(), lambda _name, _kind: Answer((record,))).result == "fail"
