"""The dynamic programme against trying everything: every way to choose experiments, and every order of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from diagnosing import SAME, TAKEN, UNKNOWN, pattern
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.choice import Budget, Stopped, choose
from probe.diagnose.conditions import Depth
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.likelihood import likelihood
from probe.diagnose.patterns import FIRST, WORDS, Pattern, Patterns
from probe.studies.diagnose.optimum import costs

DEFERRED: Final = "deferred at rcpt"
_NAMES: Final = ("control", "neighbour", "other_domain", "later_in_connection")
_OUTCOMES: Final = st.sampled_from([TAKEN, SAME, DEFERRED])
_CAUSES: Final = st.sampled_from(
    [Cause.SYSTEM, Cause.IP_REPUTATION, Cause.SENDER_REJECTED, Cause.VELOCITY, Cause.POLICY]
)


@st.composite
def tables(draw: st.DrawFn, experiments: int, most: int) -> Patterns:
    """Draw a table of a few patterns that all begin alike."""
    one = st.builds(
        pattern,
        _CAUSES,
        alive=st.booleans(),
        times=st.integers(1, 3),
        **dict.fromkeys(_NAMES[:experiments], _OUTCOMES),
    )
    found = draw(st.lists(one, min_size=most - 2, max_size=most))
    return Patterns(tuple({(each.hypothesis, *each.shows.values()): each for each in found}.values()))


def begun(patterns: Patterns) -> Belief:
    """Return the belief after the first refusal, which is that of all patterns."""
    return Belief.before(patterns, Depth.RCPT).told(FIRST, UNKNOWN).told(WORDS, "user-unknown")


class Exact:
    """The model once more, as simple as can be: patterns that show something else are out."""

    def __init__(self, patterns: Patterns) -> None:
        """Take the patterns."""
        self.before = begun(patterns)
        self.ended: dict[tuple[int, ...], bool] = {}
        self.all = [EXPERIMENTS[name] for name in EXPERIMENTS if name in patterns.known[0].shows]

    def ends(self, known: tuple[Pattern, ...]) -> bool:
        """Whether a diagnosis ends when these patterns are left."""
        at = tuple(self.before.known.index(each) for each in known)
        if at not in self.ended:
            self.ended[at] = self.ends_now(known)
        return self.ended[at]

    def ends_now(self, known: tuple[Pattern, ...]) -> bool:
        """Ask the rule when to stop."""
        telling = [each for each in self.all if len({one.shows[each.name] for one in known}) > 1]
        of = {
            state: weight for state, weight in self.before.weights.items() if self.before.known[state.pattern] in known
        }
        belief = replace(self.before, weights={state: weight / sum(of.values()) for state, weight in of.items()})
        return isinstance(choose(belief, telling, 0, 0.0, Budget(cost=1e9)), Stopped)

    def share(self, known: tuple[Pattern, ...]) -> float:
        """Return how likely these patterns are before any reply."""
        return sum(weight for state, weight in self.before.weights.items() if self.before.known[state.pattern] in known)

    def divided(self, known: tuple[Pattern, ...], experiment: Experiment) -> list[tuple[Pattern, ...]]:
        """Return the patterns by what an experiment shows."""
        outcomes = {each.shows[experiment.name] for each in known}
        return [tuple(each for each in known if each.shows[experiment.name] == outcome) for outcome in outcomes]

    def policies(self, known: tuple[Pattern, ...], left: tuple[Experiment, ...]) -> Iterator[float]:
        """Yield the cost of every way to choose experiments by the replies, weighed by how likely it gets here."""
        if self.ends(known):
            yield 0.0
            return
        for experiment in left:
            rest = tuple(each for each in left if each is not experiment)
            after = [list(self.policies(some, rest)) for some in self.divided(known, experiment)]
            for chosen in itertools.product(*after):
                yield self.share(known) * experiment.cost(Depth.RCPT) + sum(chosen)

    def ordered(self, order: tuple[Experiment, ...]) -> float:
        """Return the mean cost of a fixed order."""
        going, cost = [self.before.known], 0.0
        for experiment in order:
            going = [known for known in going if not self.ends(known)]
            cost += sum(map(self.share, going)) * experiment.cost(Depth.RCPT)
            going = [some for known in going for some in self.divided(known, experiment)]
        return cost


@examples(40)
@given(tables(experiments=3, most=5))
def test_the_optimum_is_the_least_of_all_ways_to_choose(patterns: Patterns) -> None:
    exact = Exact(patterns)
    ways = list(exact.policies(exact.before.known, tuple(exact.all)))
    assert costs(patterns, Depth.RCPT).optimal == pytest.approx(min(ways))


@examples(40)
@given(tables(experiments=4, most=8))
def test_the_best_fixed_order_is_the_least_of_all_orders(patterns: Patterns) -> None:
    exact = Exact(patterns)
    orders = map(exact.ordered, itertools.permutations(exact.all))
    assert costs(patterns, Depth.RCPT).fixed == pytest.approx(min(orders))


@examples(40)
@given(tables(experiments=4, most=8), st.booleans())
def test_nothing_costs_less_than_the_optimum(patterns: Patterns, noisy: bool) -> None:  # noqa: FBT001
    few = Patterns(patterns.known[:3]) if noisy else patterns
    found = costs(few, Depth.RCPT, noisy=noisy)
    assert found.optimal <= min(found.shipped, found.fixed, found.fixed_by_reply) + 1e-9
    assert found.fixed_by_reply <= found.fixed + 1e-9
    assert found.shipped <= sum(EXPERIMENTS[name].cost(Depth.RCPT) for name in few.outcomes if name in EXPERIMENTS)


@examples(30)
@given(tables(experiments=2, most=4))
def test_with_noise_too_the_optimum_is_the_least_of_all_ways_to_choose(patterns: Patterns) -> None:
    def ways(belief: Belief, left: tuple[Experiment, ...]) -> Iterator[float]:
        if isinstance(choose(belief, left, 0, 0.0, Budget(cost=1e9)), Stopped):
            yield 0.0
            return
        for experiment in left:
            name, outcomes = experiment.name, patterns.outcomes[experiment.name]
            rest = tuple(each for each in left if each is not experiment)
            weights = [
                {
                    state: weight * likelihood(outcomes, belief.known[state.pattern].shows[name], outcome, belief.first)
                    for state, weight in belief.weights.items()
                }
                for outcome in outcomes
            ]
            chances = [sum(each.values()) for each in weights]
            thens = [
                replace(belief, weights={state: weight / p for state, weight in each.items()})
                for each, p in zip(weights, chances, strict=True)
            ]
            after = [list(ways(then, rest)) for then in thens]
            for chosen in itertools.product(*after):
                mean = sum(p * cost for p, cost in zip(chances, chosen, strict=True)) / sum(chances)
                yield experiment.cost(Depth.RCPT) + mean

    telling = (each for name, each in EXPERIMENTS.items() if len(patterns.outcomes.get(name, ())) > 1)
    least = min(ways(begun(patterns), tuple(telling)))
    assert costs(patterns, Depth.RCPT, noisy=True).optimal == pytest.approx(least)
