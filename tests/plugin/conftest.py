"""What the tests of the plugin share."""

from __future__ import annotations

import pytest
from small_scenario import MESSAGE, SCENARIO


@pytest.fixture
def small_scenario(pytester: pytest.Pytester) -> str:
    """Write a scenario of ten recipients, and return its name."""
    (pytester.path / "small.toml").write_text(SCENARIO, "utf-8")
    (pytester.path / "news.eml").write_text(MESSAGE, "utf-8")
    return "small.toml"
