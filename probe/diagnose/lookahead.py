"""What a diagnosis is expected to cost from here on, for each experiment that could come next."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from probe.diagnose.belief import Belief
from probe.diagnose.experiment import Experiment
from probe.diagnose.hypothesis import Hypothesis, mattering

_MOST: Final = 40
"""So many patterns are looked at, the likeliest. The others hardly change what is expected, but take time."""

Probabilities = Mapping[Hypothesis, float]
_Rows = tuple[int, ...]
"""Patterns that are still possible, by their places."""


class Lookahead:
    """Follows the greedy choice to the end, as if every gateway answered as its pattern says.

    Information for cost does not see that a cheap experiment only puts off a dear one that tells the same and more. To
    follow it to the end for each first step sees it (rollout: Bertsekas, Tsitsiklis and Wu, Journal of Heuristics 3,
    1997).
    """

    def __init__(
        self, belief: Belief, left: Sequence[Experiment], least_gain: float, decided: Callable[[Probabilities], bool]
    ) -> None:
        """Take the experiments that are left. A diagnosis ends when it is decided, or none tells ``least_gain``."""
        self._least_gain = least_gain
        self._decided = decided
        self._costs = {each: each.cost(belief.depth) for each in left}
        likeliest = sorted(belief.weights.items(), key=lambda each: -each[1])[:_MOST]
        self._weights = [weight for _, weight in likeliest]
        self._hypotheses = [mattering(belief.known[state.pattern].hypothesis) for state, _ in likeliest]
        self._shows = {each: [belief.shown(state, each) for state, _ in likeliest] for each in left}
        self._to_go: dict[_Rows, float] = {}

    def cost(self, experiment: Experiment) -> float:
        """Return the expected cost of an experiment and of all that follow."""
        return self._cost(experiment, tuple(range(len(self._weights))))

    def _cost(self, experiment: Experiment, rows: _Rows) -> float:
        parts = self._parts(experiment, rows)
        return self._costs[experiment] + sum(share * self._cost_from(part) for share, part in parts)

    def _cost_from(self, rows: _Rows) -> float:
        if rows not in self._to_go:
            experiment = self._greedy(rows)
            self._to_go[rows] = 0.0 if experiment is None else self._cost(experiment, rows)
        return self._to_go[rows]

    def _greedy(self, rows: _Rows) -> Experiment | None:
        """Return the experiment that tells most for its cost, None if the diagnosis ends here."""
        believed = self._believed(rows)
        missing = _entropy(believed)
        if not missing or self._decided(believed):
            return None
        best, most = None, 0.0
        for experiment, cost in self._costs.items():
            parts = self._parts(experiment, rows)
            gain = missing - sum(share * _entropy(self._believed(part)) for share, part in parts)
            if gain >= self._least_gain and gain / cost > most:
                best, most = experiment, gain / cost
        return best

    def _parts(self, experiment: Experiment, rows: _Rows) -> list[tuple[float, _Rows]]:
        """Return the patterns by what an experiment shows. Those that do not say so are added to the most of them."""
        parts: dict[str | None, list[int]] = {}
        for row in rows:
            parts.setdefault(self._shows[experiment][row], []).append(row)
        unknown = parts.pop(None, [])
        if not parts:
            return [(1.0, rows)]
        max(parts.values(), key=len).extend(unknown)
        weights = [sum(self._weights[row] for row in part) for part in parts.values()]
        total = sum(weights)
        return [(weight / total, tuple(part)) for weight, part in zip(weights, parts.values(), strict=True)]

    def _believed(self, rows: _Rows) -> dict[Hypothesis, float]:
        found: dict[Hypothesis, float] = {}
        for row in rows:
            found[self._hypotheses[row]] = found.get(self._hypotheses[row], 0.0) + self._weights[row]
        total = sum(found.values())
        return {hypothesis: weight / total for hypothesis, weight in found.items()}


def _entropy(believed: Probabilities) -> float:
    return -sum(each * math.log2(each) for each in believed.values()) if len(believed) > 1 else 0.0
