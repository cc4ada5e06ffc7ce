"""What disturbs a diagnosis: gateways that change or disappear within the hour, or that react to the experiments."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from typing import Any, Final

from fake_gateways.policies import KINDS
from fake_gateways.truth import Cause

Policy = dict[str, Any]
_ANYWHERE: Final = "127.0.0.0/8"
_BLOCKING: Final = ("directory-harvest", "velocity")
BLOCKS: Final = frozenset({Cause.VELOCITY, Cause.DIRECTORY_HARVEST})
"""The causes of blocks that a sender, or a prober, provokes."""


class Noise(StrEnum):
    """What happens to a gateway after it has refused the recipient."""

    CHANGES = "changes-its-mind"
    """Within the hour it no longer refuses for its cause, or begins to refuse everybody."""
    RANDOM = "answers-at-random"
    """It fails or refuses in a tenth to half of the dialogues, whatever they are about."""
    TARPITS = "tarpits"
    """It delays its replies by up to two minutes."""
    GREYLISTS = "greylists-first"
    """It defers whoever is new."""
    BLOCKS = "blocks-the-prober"
    """It blocks an address after one to three unknown recipients, or after two to four recipients, within the hour."""
    DISAPPEARS = "disappears"
    """Within half an hour it closes, cuts or hangs every connection; half of them come back hours later."""

    def fits(self, cause: Cause, document: Mapping[str, Any]) -> bool:
        """Whether it is something else than what the gateway of a scenario does anyway."""
        if self is Noise.BLOCKS and cause in BLOCKS:
            return False
        policies = document["gateway"][0]["policy"]
        return all(any(not _has(policies, kind) for kind in kinds) for kinds in _NEEDS[self])


_REFUSING: Final = ("ip-reputation", "geography")
_NEEDS: Final[Mapping[Noise, Sequence[Sequence[str]]]] = {
    Noise.CHANGES: [_REFUSING],
    Noise.RANDOM: [_REFUSING],
    Noise.TARPITS: [["tarpit"]],
    Noise.GREYLISTS: [["greylisting"]],
    Noise.BLOCKS: [_BLOCKING],
    Noise.DISAPPEARS: [["fault"]],
}
"""Policies of which a gateway must not yet have one: a scenario names each kind once."""


def drawn(cause: Cause, document: Mapping[str, Any], rng: random.Random) -> Noise:
    """Return a kind of noise for the gateway of a scenario, which refuses for a cause."""
    return rng.choice([noise for noise in Noise if noise.fits(cause, document)])


def noisy(document: Mapping[str, Any], cause: Cause, noise: Noise, at_s: float, rng: random.Random) -> dict[str, Any]:
    """Return a scenario whose gateway is disturbed from a time on, in seconds after its start.

    Until then it is the same, so the same recipients are refused for the same cause.
    """
    changed = deepcopy(dict(document))
    policies = changed["gateway"][0]["policy"]
    if noise is Noise.CHANGES:
        own = [policy for policy in policies if cause in KINDS[policy["type"]].nature.causes]
        _change(policies, own, at_s + rng.uniform(120, 3600), rng)
    else:
        _DISTURB[noise](policies, at_s, rng)
    return changed


def _change(policies: list[Policy], own: list[Policy], at_s: float, rng: random.Random) -> None:
    if own and rng.random() < 1 / 2:
        for policy in own:
            policy["until"] = _duration(at_s)
    else:
        policies.append({**_refusing_everybody(policies), "from": _duration(at_s)})


def _random(policies: list[Policy], at_s: float, rng: random.Random) -> None:
    policy = _refusing_everybody(policies)
    if rng.random() < 2 / 3 and not _has(policies, "fault"):
        policy = {"type": "fault", "how": rng.choice(["421", "malformed", "cut"]), "at": "rcpt"}
    policies.append({**policy, "share": round(rng.uniform(0.1, 0.5), 2), "from": _duration(at_s)})


def _tarpits(policies: list[Policy], at_s: float, rng: random.Random) -> None:
    slows = rng.choice(["refusals", "everything"])
    delay = f"{rng.randint(5, 120)}s"
    policies.append({"type": "tarpit", "at": "rcpt", "delay": delay, "slows": slows, "from": _duration(at_s)})


def _greylists(policies: list[Policy], at_s: float, rng: random.Random) -> None:
    policies.append({"type": "greylisting", "wait": rng.choice(["5m", "10m", "15m"]), "from": _duration(at_s)})


def _blocks(policies: list[Policy], at_s: float, rng: random.Random) -> None:
    kind = rng.choice([kind for kind in _BLOCKING if not _has(policies, kind)])
    policy: Policy = (
        {"limit": f"{rng.randint(1, 3)}/1h"}
        if kind == "directory-harvest"
        else {"limit": f"{rng.randint(2, 4)}/1h", "count": "recipients"}
    )
    block_for = rng.choice(["30m", "1h", "4h"])
    policies.append({"type": kind, **policy, "at": "rcpt", "block_for": block_for, "from": _duration(at_s)})


def _disappears(policies: list[Policy], at_s: float, rng: random.Random) -> None:
    then = at_s + rng.uniform(0, 1800)
    fault: Policy = {"type": "fault", "how": rng.choice(["421", "cut", "hang"]), "at": "connect"}
    if rng.random() < 1 / 2:
        fault["until"] = _duration(then + rng.uniform(3600, 6 * 3600))
    policies.append({**fault, "from": _duration(then)})


def _refusing_everybody(policies: list[Policy]) -> Policy:
    """Return a policy that refuses everybody, of a kind that the gateway does not have yet."""
    if _has(policies, "ip-reputation"):
        return {"type": "geography", "regions": {"ZZ": [_ANYWHERE]}, "refuse": ["ZZ"], "at": "rcpt"}
    return {"type": "ip-reputation", "deny": [_ANYWHERE], "at": "rcpt"}


def _has(policies: list[Policy], kind: str) -> bool:
    return any(policy["type"] == kind for policy in policies)


def _duration(seconds: float) -> str:
    return f"{round(seconds)}s"


_DISTURB: Final[Mapping[Noise, Callable[[list[Policy], float, random.Random], None]]] = {
    Noise.RANDOM: _random,
    Noise.TARPITS: _tarpits,
    Noise.GREYLISTS: _greylists,
    Noise.BLOCKS: _blocks,
    Noise.DISAPPEARS: _disappears,
}
