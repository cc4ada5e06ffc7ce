"""All evidence functions together: their names, sources and order."""

from __future__ import annotations

import re

from probe.classify.context.evidence import FUNCTIONS, NAMES


def test_every_evidence_function_names_a_public_source() -> None:
    source = re.compile(r"\([^()]{4,}\)|RFC \d+")
    assert [function.__name__ for function in FUNCTIONS if not source.search(function.__doc__ or "")] == []
    assert not [function.__name__ for function in FUNCTIONS if re.search(r"\w+\.md\b", function.__doc__ or "")]
    assert len(set(NAMES)) == len(NAMES)
