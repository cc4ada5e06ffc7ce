"""Causes, whose fault each is, and what the sender should do."""

from __future__ import annotations

from collections import Counter

from fake_gateways.truth import Cause, Fault, Remedy

ADDRESS_IS_DEAD = {Cause.USER_UNKNOWN, Cause.MAILBOX_DISABLED, Cause.ADDRESS_MOVED, Cause.BAD_DOMAIN}


def test_an_address_is_suppressed_for_the_recipients_fault_alone() -> None:
    assert {cause for cause in Cause if cause.remedy is Remedy.SUPPRESS} == ADDRESS_IS_DEAD
    assert {cause for cause in Cause if cause.fault is Fault.RECIPIENT} == ADDRESS_IS_DEAD


def test_every_cause_is_somebodys_fault_and_has_a_remedy() -> None:
    assert Counter(cause.fault for cause in Cause) == {
        Fault.RECIPIENT: 4,
        Fault.MAILBOX: 1,
        Fault.SENDER: 10,
        Fault.TRANSIENT: 3,
        Fault.UNKNOWN: 1,
    }
    assert {cause.remedy for cause in Cause} == set(Remedy)
