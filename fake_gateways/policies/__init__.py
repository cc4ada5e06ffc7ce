"""The policies there are. This union is their registry: one behaviour, one file, one name."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from fake_gateways.policies import content, directory, ip_reputation, velocity
from fake_gateways.policies.case import Nature, Policy

AnySettings = Annotated[
    directory.DirectorySettings
    | ip_reputation.IpReputationSettings
    | content.ContentSettings
    | velocity.VelocitySettings,
    Field(discriminator="type"),
]

NATURES: Final[dict[str, Nature]] = {
    "directory": directory.NATURE,
    "ip-reputation": ip_reputation.NATURE,
    "content": content.NATURE,
    "velocity": velocity.NATURE,
}


def begin(settings: AnySettings) -> Policy:
    """Return the policy with an empty memory."""
    match settings:
        case directory.DirectorySettings():
            return directory.Directory(settings)
        case ip_reputation.IpReputationSettings():
            return ip_reputation.IpReputation(settings)
        case content.ContentSettings():
            return content.Content(settings)
        case velocity.VelocitySettings():
            return velocity.Velocity(settings)
