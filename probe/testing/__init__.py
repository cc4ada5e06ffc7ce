"""What tests import: the types of the pytest plugin's fixtures, and of what they return.

pytest loads this package in every project that has fivefifty installed, so each name is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fake_gateways.truth import Cause, Truth
    from probe.input_error import InputError
    from probe.judge.gates import Gate
    from probe.judge.scorecard import Scorecard
    from probe.testing.arguments import StageName, When
    from probe.testing.gateway import GatewayFixture, GatewaySettings, MakeGateway
    from probe.testing.lab import LabFixture, ScenarioRun
    from probe.testing.logins import LoginAttempt
    from probe.testing.recorded import ReceivedMessage
    from probe.testing.rules import GatewayRule

__all__ = [
    "Cause",
    "Gate",
    "GatewayFixture",
    "GatewayRule",
    "GatewaySettings",
    "InputError",
    "LabFixture",
    "LoginAttempt",
    "MakeGateway",
    "ReceivedMessage",
    "ScenarioRun",
    "Scorecard",
    "StageName",
    "Truth",
    "When",
]

_MODULES: Final = {
    "Cause": "fake_gateways.truth",
    "Gate": "probe.judge.gates",
    "GatewayFixture": "probe.testing.gateway",
    "GatewayRule": "probe.testing.rules",
    "GatewaySettings": "probe.testing.gateway",
    "InputError": "probe.input_error",
    "LabFixture": "probe.testing.lab",
    "LoginAttempt": "probe.testing.logins",
    "MakeGateway": "probe.testing.gateway",
    "ReceivedMessage": "probe.testing.recorded",
    "ScenarioRun": "probe.testing.lab",
    "Scorecard": "probe.judge.scorecard",
    "StageName": "probe.testing.arguments",
    "Truth": "fake_gateways.truth",
    "When": "probe.testing.arguments",
}
"""The module that defines each public name."""


def _load(name: str) -> Any:
    """Import a public name and keep it in this module; raises AttributeError for any other name."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


if not TYPE_CHECKING:  # a type checker reads the imports above, and must report names that do not exist
    __getattr__ = _load
