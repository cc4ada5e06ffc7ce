"""What diagnoses cost at best: an exact dynamic programme, to compare the shipped choice of experiments with.

Exact are the whole table of patterns, the prior, the costs, the shipped rule when to stop, and both minima: over all
ways to choose each experiment by the replies so far, and over all orders that are fixed in advance. Left out is what
makes the number of states grow without end. Every gateway answers as its pattern says, so patterns that show something
else are out, and no experiment is made twice. Nobody provokes a block, no belief fades, no budget is spent. It is known
in advance which experiments can be made, so patterns with others are another table, with a fixed order of its own.

With ``noisy``, gateways answer otherwise as often as the belief expects them to. That is feasible for few patterns and
experiments only: ``drawn`` draws them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf
from typing import Any, Final, NamedTuple, TypeVar

from probe.diagnose.belief import Belief
from probe.diagnose.choice import Budget, Stopped, choose
from probe.diagnose.conditions import Depth
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.likelihood import likelihood
from probe.diagnose.patterns import Pattern, Patterns

Found = TypeVar("Found")
_NO_BUDGET: Final = Budget(cost=inf)
_DRAWN: Final = 5
"""How many patterns are drawn to which noise is added, and how many experiments."""
_DIGITS: Final = 9
"""Probabilities that agree in so many digits are equal. Their last digits depend on the order of the replies."""


class Costs(NamedTuple):
    """Mean costs of a diagnosis, by how its experiments are chosen.

    ``fixed`` is the best order for all gateways, ``fixed_by_reply`` the best orders if each first refusal has its own.
    ``decided`` is the share that ends with cause and mailbox known, as shipped.
    """

    shipped: float
    optimal: float
    fixed: float
    fixed_by_reply: float
    decided: float

    @property
    def above_optimum(self) -> float:
        """The share by which the shipped choice costs more than the best possible one."""
        return self.shipped / self.optimal - 1 if self.optimal else 0.0

    @property
    def below_fixed(self) -> float:
        """The share by which the shipped choice costs less than the best fixed order."""
        return 1 - self.shipped / self.fixed if self.fixed else 0.0


@dataclass(frozen=True, eq=False)
class State:
    """A belief, and the experiments that may still tell something. States with the same ``key`` are the same."""

    belief: Belief
    left: tuple[Experiment, ...]

    @cached_property
    def key(self) -> object:
        """The probabilities of the patterns, the names of the experiments, and for how long experiments have waited."""
        weights = frozenset((state, round(weight, _DIGITS)) for state, weight in self.belief.weights.items())
        return weights, frozenset(each.name for each in self.left), round(self.belief.waited_s)

    @cached_property
    def chosen(self) -> Experiment | Stopped:
        """The experiment that is made next as shipped, or why it ends here: then it ends here for every choice."""
        return choose(self.belief, self.left, 0, 0.0, _NO_BUDGET)


Chance = tuple[float, State]
"""How likely a state is, and the state."""


@dataclass(frozen=True)
class Table:
    """All states that the replies to some experiments can lead to, each looked at once."""

    depth: Depth
    noisy: bool = False
    _states: dict[object, State] = field(default_factory=dict)
    _after: dict[object, list[Chance]] = field(default_factory=dict)
    _optimal: dict[object, float] = field(default_factory=dict)
    _fixed: dict[object, float] = field(default_factory=dict)

    def state(self, belief: Belief, left: Iterable[Experiment]) -> State:
        """Return a state, without the experiments that show the same for all of its patterns."""
        found = State(belief, tuple(each for each in left if len(_groups(belief, each)) > 1))
        return self._states.setdefault(found.key, found)

    def replies(self, belief: Belief, experiment: Experiment) -> Iterator[tuple[float, Belief]]:
        """Yield how likely each reply to an experiment is, and what is believed after it."""
        groups = _groups(belief, experiment)
        if not self.noisy:
            for shown, weights in groups.items():
                yield _within(belief.observed(experiment, shown or ""), weights)
            return
        outcomes = belief.outcomes[experiment.name]
        for outcome in outcomes:
            weights = {}
            for shown, group in groups.items():
                share = likelihood(outcomes, shown, outcome, belief.first)
                weights.update({state: weight * share for state, weight in group.items()})
            yield _within(belief.observed(experiment, outcome), weights)

    def after(self, state: State, experiment: Experiment) -> list[Chance]:
        """Return the states that the replies to an experiment lead to."""
        if experiment not in state.left:
            return [(1.0, state)]
        at = state.key, experiment.name
        if at not in self._after:
            left = [each for each in state.left if each is not experiment]
            found = [(p, self.state(then, left)) for p, then in self.replies(state.belief, experiment)]
            total = sum(p for p, _ in found)
            self._after[at] = [(p / total, then) for p, then in found]
        return self._after[at]

    def shipped(self, state: State) -> tuple[float, float]:
        """Return the mean cost from here as shipped, and how likely cause and mailbox are known in the end."""
        if isinstance(state.chosen, Stopped):
            return 0.0, float(state.chosen is Stopped.DECIDED)
        found = [(p, *self.shipped(then)) for p, then in self.after(state, state.chosen)]
        cost = state.chosen.cost(self.depth) + sum(p * cost for p, cost, _ in found)
        return cost, sum(p * decided for p, _, decided in found)

    def optimal(self, state: State) -> float:
        """Return the least mean cost from here."""
        if isinstance(state.chosen, Stopped):
            return 0.0
        if state.key not in self._optimal:
            self._optimal[state.key] = min(
                each.cost(self.depth) + sum(p * self.optimal(then) for p, then in self.after(state, each))
                for each in state.left
            )
        return self._optimal[state.key]

    def fixed(self, states: Sequence[Chance]) -> float:
        """Return the least mean cost if the order of the experiments is the same for all of these states.

        Each diagnosis ends as early as it may. No order costs less than the optimum, so most orders need no look.
        """
        going = [(p, state) for p, state in states if not isinstance(state.chosen, Stopped)]
        if not going:
            return 0.0
        at = frozenset((round(p, _DIGITS), state.key) for p, state in going)
        if at not in self._fixed:
            share = sum(p for p, _ in going)
            orders = []
            for each in {each.name: each for _, state in going for each in state.left}.values():
                then = self._together(going, each)
                cost = share * each.cost(self.depth)
                orders.append((cost + sum(p * self.optimal(state) for p, state in then), cost, then))
            least = inf
            for bound, cost, then in sorted(orders, key=lambda each: each[0]):
                if bound >= least:
                    break
                least = min(least, cost + self.fixed(then))
            self._fixed[at] = least
        return self._fixed[at]

    def _together(self, states: Sequence[Chance], experiment: Experiment) -> list[Chance]:
        found: dict[object, Chance] = {}
        for chance, state in states:
            for p, then in self.after(state, experiment):
                before = found[then.key][0] if then.key in found else 0.0
                found[then.key] = (before + chance * p, then)
        return list(found.values())


def costs(patterns: Patterns, depth: Depth, *, noisy: bool = False) -> Costs:
    """Return the mean costs over all gateways of a depth, each as likely as it is before any reply."""
    total = Costs(0.0, 0.0, 0.0, 0.0, 0.0)
    before = Belief.before(patterns, depth)
    for names, weights in _divided(before, _experiments).items():
        table = Table(depth, noisy)
        experiments = [EXPERIMENTS[name] for name in names]
        share, belief = _within(before, weights)
        starts = []
        for given, some in _divided(belief, _given).items():
            told = belief
            for what, outcome in given:
                told = told.told(what, outcome)
            p, start = _within(told, some)
            starts.append((p, table.state(start, experiments)))
        shipped = [(p, *table.shipped(start)) for p, start in starts]
        found = Costs(
            shipped=sum(p * cost for p, cost, _ in shipped),
            optimal=sum(p * table.optimal(start) for p, start in starts),
            fixed=table.fixed(starts),
            fixed_by_reply=sum(p * table.fixed([(1.0, start)]) for p, start in starts),
            decided=sum(p * decided for p, _, decided in shipped),
        )
        total = Costs(*(before_it + share * more for before_it, more in zip(total, found, strict=True)))
    return total


def summary(
    patterns: Patterns, rng: random.Random, draws: int, tell: Callable[[int], object]
) -> dict[str, dict[str, Any]]:
    """Return all figures, as JSON can hold them: of the whole tables, and of draws with noise.

    ``tell`` is called with 1 after each draw.
    """
    figures: dict[str, dict[str, Any]] = {str(depth): _figures([costs(patterns, depth)]) for depth in Depth}
    for depth in Depth:
        found = []
        for _ in range(draws):
            found.append(costs(drawn(patterns, depth, _DRAWN, rng), depth, noisy=True))
            tell(1)
        figures[f"{depth}, with noise"] = _figures(found)
    return figures


def _figures(found: Sequence[Costs]) -> dict[str, Any]:
    """Return the figures of tables. Several are draws, so what they say of all is within a 95 % interval.

    The interval is that of a ratio of means (Cochran, Sampling Techniques, section 2.11).
    """
    means = Costs(*(sum(each) / len(found) for each in zip(*found, strict=True)))
    above = means.above_optimum
    squares = sum((each.shipped - (1 + above) * each.optimal) ** 2 for each in found)
    width = 1.96 * squares**0.5 / sum(each.optimal for each in found) if len(found) > 1 else 0.0
    return {
        **means._asdict(),
        "above_optimum": {"value": above, "low": max(above - width, 0.0), "high": above + width},
        "below_fixed": means.below_fixed,
        "tables": len(found),
    }


def drawn(patterns: Patterns, depth: Depth, number: int, rng: random.Random) -> Patterns:
    """Draw a few patterns that begin alike, with as many of the experiments in which they differ.

    Groups of patterns that begin alike are drawn as often as their gateways were counted.
    """
    groups: dict[object, list[Pattern]] = {}
    for pattern in patterns.at(depth):
        groups.setdefault((_experiments(pattern), _given(pattern)), []).append(pattern)
    large = [group for group in groups.values() if len(group) >= number]
    (group,) = rng.choices(large, [sum(each.times for each in group) for group in large])
    some = rng.sample(group, number)
    telling = [name for name in _experiments(some[0]) if len({each.shows[name] for each in some}) > 1]
    kept = {*dict(_given(some[0])), *rng.sample(telling, min(number, len(telling)))}
    return Patterns(
        tuple(each._replace(shows={name: each.shows[name] for name in each.shows if name in kept}) for each in some)
    )


def _experiments(pattern: Pattern) -> tuple[str, ...]:
    """Return the experiments whose outcome a pattern has, without that which another one makes possible."""
    return tuple(name for name, each in EXPERIMENTS.items() if name in pattern.shows and "taken" not in each.needs)


def _given(pattern: Pattern) -> tuple[tuple[str, str], ...]:
    """Return what is known of a gateway before the first experiment."""
    return tuple(sorted((name, outcome) for name, outcome in pattern.shows.items() if name not in EXPERIMENTS))


def _divided(belief: Belief, by: Callable[[Pattern], Found]) -> dict[Found, dict[Any, float]]:
    """Return the weights of each group of patterns."""
    groups: dict[Found, dict[Any, float]] = {}
    for state, weight in belief.weights.items():
        groups.setdefault(by(belief.known[state.pattern]), {})[state] = weight
    return groups


def _groups(belief: Belief, experiment: Experiment) -> dict[str | None, dict[Any, float]]:
    """Return the weights of the patterns by what an experiment shows."""
    groups: dict[str | None, dict[Any, float]] = {}
    for state, weight in belief.weights.items():
        groups.setdefault(belief.shown(state, experiment), {})[state] = weight
    return groups


def _within(belief: Belief, weights: Mapping[Any, float]) -> tuple[float, Belief]:
    """Return how likely some patterns are, and what is believed if one of them is true."""
    total = sum(weights.values())
    return total, replace(belief, weights={state: weight / total for state, weight in weights.items()})
