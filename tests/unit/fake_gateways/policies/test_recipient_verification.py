"""Directories that lag, answers that are kept, servers behind that speak."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLARA, DORIS, ERIC, STARTS, STRANGER, LoneGateway, policy

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause


def verified(persona: str = "exchange-online", **settings: object) -> LoneGateway:
    return LoneGateway(persona, policies=[policy("recipient-verification", **settings)])


def told(lone: LoneGateway, recipient: str) -> tuple[str | None, str | None, str]:
    lone.call().mail(recipient)
    lone.call()
    row = lone.truths[-1]
    return row.cause, row.claimed, row.fate


def test_who_was_only_just_made_is_unknown_until_the_copy_is_renewed() -> None:
    lone = verified(lag="1h")
    lone.gateway.directory.made_at[ALICE] = STARTS
    assert told(lone, ALICE) == (Cause.SYSTEM, Cause.USER_UNKNOWN, "refused")
    assert not lone.truths[-1].honest
    lone.clock.pass_by(3600)
    assert lone.call().mail(ALICE)[-1].accepts


def test_a_kept_answer_outlives_the_mistake() -> None:
    lone = verified(lag="30m", keep_absent="90m")
    lone.gateway.directory.made_at[ALICE] = STARTS
    assert told(lone, ALICE) == (Cause.SYSTEM, Cause.USER_UNKNOWN, "refused")
    lone.clock.pass_by(5399)
    assert told(lone, ALICE) == (Cause.SYSTEM, Cause.USER_UNKNOWN, "refused")
    lone.clock.pass_by(1)
    assert lone.call().mail(ALICE)[-1].accepts


def test_who_leaves_is_kept_for_as_long_as_the_answer() -> None:
    lone = LoneGateway(
        "exchange-online", policies=[policy("recipient-verification", keep_present="1h")], has_directory=False
    )
    assert lone.call().mail(ALICE)[-1].accepts
    lone.gateway.directory.states[ALICE] = MailboxState.DEPARTED
    assert lone.call().mail(ALICE)[-1].accepts
    lone.clock.pass_by(3600)
    assert told(lone, ALICE) == (Cause.USER_UNKNOWN, Cause.USER_UNKNOWN, "refused")


def test_while_the_directory_fails_everybody_is_deferred() -> None:
    assert told(verified(failing="defers"), ALICE)[::2] == (Cause.SYSTEM, "deferred")


@pytest.mark.parametrize(
    ("recipient", "cause"),
    [(ALICE, Cause.SYSTEM), (DORIS, Cause.SYSTEM), (CLARA, Cause.USER_UNKNOWN), (ERIC, Cause.MAILBOX_DISABLED)],
)
def test_or_everybody_is_unknown_the_living_for_no_reason(recipient: str, cause: Cause) -> None:
    assert told(verified(failing="unknown"), recipient) == (cause, Cause.USER_UNKNOWN, "refused")


def test_the_words_of_the_server_behind_are_repeated() -> None:
    lone = verified("hornetsecurity", backend="exchange-onprem")
    assert str(lone.call().mail(CLARA)[-1]) == "550 5.1.1 User unknown"


def test_some_vendors_frame_what_the_server_behind_said() -> None:
    lone = verified("barracuda-ess", backend="exchange-onprem")
    reply = lone.call().mail(CLARA)[-1]
    assert reply.text == f"permanent failure for one or more recipients ({CLARA}:550 5.1.1 User unknown)"


def test_a_foreign_domain_is_no_business_of_the_directory() -> None:
    assert told(verified(failing="unknown"), STRANGER)[0] == Cause.SENDER_REJECTED
