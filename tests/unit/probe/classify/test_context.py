"""What is gathered from a campaign, and that the classifier knows no persona."""

from __future__ import annotations

from pathlib import Path

import probe.classify.context as package
from fake_gateways import persona as personas


def test_the_classifier_knows_no_persona_by_name() -> None:
    names = set(personas.names()) - {"postfix", "consumer", "eset"} | {"northwind", "hasty", "wary", "terse"}
    for file in sorted(Path(package.__file__).parent.glob("*.py")):
        text = file.read_text("utf-8")
        assert [name for name in sorted(names) if name in text] == [], file
        assert ".example" not in text, file
