"""Readers: their reactions to a message, in the shares of their audience."""

from __future__ import annotations

from fake_gateways.people.readers import Audience


def test_readers_react_the_same_every_time_and_in_the_shares_of_their_audience() -> None:
    people = Audience(0.3, 0.5, 0.01, 0.1, "7")
    reactions = {n: people.react(f"person{n}@acme.example", "<1@a>") for n in range(5000)}
    assert reactions == {n: people.react(f"person{n}@acme.example", "<1@a>") for n in range(5000)}
    kinds = [kind for each in reactions.values() for kind, _ in each]
    for kind, share, slack in (("opened", 0.3, 0.03), ("clicked", 0.15, 0.03), ("answered", 0.1, 0.02)):
        assert abs(kinds.count(kind) / 5000 - share) < slack  # type: ignore[arg-type]
    assert all(after_s > 0 for each in reactions.values() for _, after_s in each)
