"""Classifiers: whoever claims to read bounces. The baselines here are what most senders do today."""

from __future__ import annotations

from typing import Final

from probe.classify.always_keep import AlwaysKeep
from probe.classify.by_code import ByCode
from probe.classify.by_text import ByText
from probe.classify.evidence import Classifier, Evidence, Reading

BASELINES: Final[dict[str, type[Classifier]]] = {"code": ByCode, "text": ByText, "always-keep": AlwaysKeep}

__all__ = ["BASELINES", "Classifier", "Evidence", "Reading"]
