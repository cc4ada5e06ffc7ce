"""Classifiers: whoever claims to read bounces."""

from __future__ import annotations

from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, CampaignClassifier, Classifier, ClassifierError, Reading, RecipientClassifier

__all__ = [
    "Advice",
    "CampaignClassifier",
    "Classifier",
    "ClassifierError",
    "Evidence",
    "Reading",
    "RecipientClassifier",
]
