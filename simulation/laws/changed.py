"""Changes a world: takes its lies away, and lets its faults stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fake_gateways.units import parse_duration

Scenario = dict[str, Any]

HEALS_AFTER_S: Final = 6 * 3600
"""Seconds after the start at which the faults of a healed world stop."""
_LIES: Final = {"claims", "lies", "words"}
_OWN_LIMITS: Final = {"limit", "pause", "patience", "tls"}
_PATIENT: Final = {"first": "5m", "longest": "4h", "give_up_after": "5d"}
_ALWAYS: Final = "directory"


def without_lies(scenario: Scenario) -> Scenario:
    """Return a scenario whose gateways say the true cause."""
    return {**scenario, "gateway": [_without(each, _LIES) for each in scenario["gateway"]]}


def healed_from(scenario: Scenario) -> Scenario | None:
    """Return a scenario in which no policy has an objection after a while, and whose sender waits for that.

    None if names may not resolve.
    """
    sender = scenario["sender"]
    if "dns" in scenario:
        return None
    gateways = [
        {**_without(each, {*_LIES, "usual"}), "policy": list(_healed(each.get("policy", ())))}
        for each in scenario["gateway"]
    ]
    patient = {**_without(sender, _OWN_LIMITS), "retry": _PATIENT}
    return {**_without(scenario, {"expect"}), "sender": patient, "gateway": gateways}


def _healed(policies: list[Scenario]) -> Iterator[Scenario]:
    """Yield policies that end after a while. The directory goes on, because it is right."""
    for policy in policies:
        if policy["type"] == _ALWAYS:
            yield policy
        elif parse_duration(policy.get("from", "0s")) < HEALS_AFTER_S:
            ends = min(HEALS_AFTER_S, parse_duration(policy.get("until", "1000d")))
            yield {**policy, "until": f"{ends}s"}


def _without(table: Mapping[str, Any], keys: set[str]) -> Scenario:
    return {key: value for key, value in table.items() if key not in keys}
