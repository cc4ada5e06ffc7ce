"""Classifiers, which say why mail bounced. Exports what a classifier in Python gets and returns.

Causes are in ``fake_gateways``. Each name is imported when it is first used, so that commands that need one of them do
not load all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from probe.classify.by_code import ByCode
    from probe.classify.by_text import ByText
    from probe.classify.context import Context
    from probe.classify.evidence import Diagnosed, Evidence, Opened
    from probe.classify.reading import (
        Advice,
        CampaignClassifier,
        Classifier,
        ClassifierError,
        Reading,
        RecipientClassifier,
        TwoPassClassifier,
    )
    from probe.records.attempt import Attempt, Failure, Outcome
    from probe.records.returned import Returned

__all__ = [
    "Advice",
    "Attempt",
    "ByCode",
    "ByText",
    "CampaignClassifier",
    "Classifier",
    "ClassifierError",
    "Context",
    "Diagnosed",
    "Evidence",
    "Failure",
    "Opened",
    "Outcome",
    "Reading",
    "RecipientClassifier",
    "Returned",
    "TwoPassClassifier",
]

_MODULES: Final = {
    "Advice": "probe.classify.reading",
    "Attempt": "probe.records.attempt",
    "ByCode": "probe.classify.by_code",
    "ByText": "probe.classify.by_text",
    "CampaignClassifier": "probe.classify.reading",
    "Classifier": "probe.classify.reading",
    "ClassifierError": "probe.classify.reading",
    "Context": "probe.classify.context",
    "Diagnosed": "probe.classify.evidence",
    "Evidence": "probe.classify.evidence",
    "Failure": "probe.records.attempt",
    "Opened": "probe.classify.evidence",
    "Outcome": "probe.records.attempt",
    "Reading": "probe.classify.reading",
    "RecipientClassifier": "probe.classify.reading",
    "Returned": "probe.records.returned",
    "TwoPassClassifier": "probe.classify.reading",
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
