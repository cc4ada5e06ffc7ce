"""The velocity window against its definition, counted the slow way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lone_gateway import STARTS, session_view
from strategies import examples

from fake_gateways.policies.velocity import Velocity, VelocitySettings
from fake_gateways.units import PerTime

gaps = st.lists(st.sampled_from([0.0, 0.0, 1.0, 5.0, 9.0, 10.0, 11.0, 60.0]), max_size=40)


def refusals(moments: list[float], limit: PerTime, block_for: float) -> list[bool]:
    """Return what should be refused: past ``most`` within the window, and all until a block is over."""
    counted: list[float] = []
    blocked_until = moments[0] if moments else 0.0
    found = []
    for at in moments:
        if at < blocked_until:
            found.append(True)
            continue
        counted.append(at)
        exceeds = sum(at - limit.seconds < earlier <= at for earlier in counted) > limit.most
        if exceeds and block_for:
            blocked_until = at + block_for
        found.append(exceeds)
    return found


@examples(150)
@given(gaps, st.integers(1, 5), st.sampled_from([1.0, 10.0, 30.0]), st.sampled_from(["0s", "5s", "1m"]))
def test_the_window_slides_as_its_definition_says(gaps: list[float], most: int, window: float, block_for: str) -> None:
    policy = Velocity(VelocitySettings(type="velocity", limit=f"{most}/{window}s", block_for=block_for))
    moments = [STARTS + sum(gaps[: place + 1]) for place in range(len(gaps))]
    verdicts = []
    for number, at in enumerate(moments):
        view = session_view(session=number)
        view.at = at
        verdicts.append(policy.judge(view) is not None)
    blocks = {"0s": 0.0, "5s": 5.0, "1m": 60.0}
    assert verdicts == refusals(moments, PerTime(most, window), blocks[block_for])
