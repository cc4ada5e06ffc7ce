"""The policies there are. This union is their registry: one behaviour, one file, one name.

Their order here is the order in which a gateway asks those that its vendor's persona does not mention.
"""

from __future__ import annotations

from typing import Annotated, Final, get_args

from pydantic import Field

from fake_gateways.policies import content, directory, greylisting, ip_reputation, velocity
from fake_gateways.policies.case import Policy, Settings
from fake_gateways.policies.guard import Guard, guards

_Any = (
    ip_reputation.IpReputationSettings
    | velocity.VelocitySettings
    | greylisting.GreylistingSettings
    | directory.DirectorySettings
    | content.ContentSettings
)
AnySettings = Annotated[_Any, Field(discriminator="type")]

KINDS: Final[dict[str, type[Settings]]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(_Any)
}
"""The settings of every policy by its type."""


def begin(settings: Settings, seed: str, starts: float) -> Policy:
    """Return the policy with an empty memory, behind a guard where the scenario asks for one."""
    policy = settings.begin()
    return Guard(policy, settings, seed, starts) if guards(settings) else policy
