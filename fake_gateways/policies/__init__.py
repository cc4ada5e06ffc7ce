"""The policies there are. This union is their registry: one behaviour, one file, one name."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from fake_gateways.policies import content, directory, greylisting, ip_reputation, velocity
from fake_gateways.policies.case import Nature, Policy
from fake_gateways.policies.guard import Guard

AnySettings = Annotated[
    directory.DirectorySettings
    | ip_reputation.IpReputationSettings
    | content.ContentSettings
    | velocity.VelocitySettings
    | greylisting.GreylistingSettings,
    Field(discriminator="type"),
]

NATURES: Final[dict[str, Nature]] = {
    "directory": directory.NATURE,
    "ip-reputation": ip_reputation.NATURE,
    "content": content.NATURE,
    "velocity": velocity.NATURE,
    "greylisting": greylisting.NATURE,
}


def begin(settings: AnySettings, seed: str) -> Policy:
    """Return the policy with an empty memory, behind a guard where the scenario asks for one."""
    policy = _begin(settings)
    guarded = settings.share < 1.0 or settings.between is not None
    return Guard(policy, settings, seed) if guarded else policy


def _begin(settings: AnySettings) -> Policy:
    match settings:
        case directory.DirectorySettings():
            return directory.Directory(settings)
        case ip_reputation.IpReputationSettings():
            return ip_reputation.IpReputation(settings)
        case content.ContentSettings():
            return content.Content(settings)
        case velocity.VelocitySettings():
            return velocity.Velocity(settings)
        case greylisting.GreylistingSettings():
            return greylisting.Greylisting(settings)
