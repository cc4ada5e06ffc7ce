"""Who sends, as the options say."""

from __future__ import annotations

from probe.listed.posture.finding import Identity


def test_a_selector_may_be_of_another_domain() -> None:
    identity = Identity(selectors=("s1", "news.example:s2"))
    assert identity.keys_of("acme.example") == [("acme.example", "s1"), ("news.example", "s2")]
