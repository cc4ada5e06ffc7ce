"""The fit itself: weights that are never negative, held-out figures, and a strong learner beside them.

Needs the extra ``fit`` (scikit-learn); classifying with the weights does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.optimize import minimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from probe.classify.context.weights import Sum, Weights
from probe.judge.errors import ErrorCounts
from probe.studies.fit.cases import UNMOVED, Refused, RefusedAgain
from probe.studies.fit.families import RARE

Array = Any
"""A numpy array; numpy is installed with the extra only."""
_MOST_OF_A_SCENARIO: Final = 300
"""The most cases that one scenario counts for, so that a single outage does not outweigh a hundred companies."""
_SHRINK: Final = 2.0
_MOST_EACH: Final = 5.0
"""The largest weight, in nats: evidence that never fails in a simulation may fail once in 150 cases in practice."""
_MATTERS: Final = 0.06
"""Evidence that moves a usual case by less than this, in nats, is left out: fewer weights to read and compute."""
KNOTS: Final = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0)
"""The sums of weights, in nats, where the curve to log odds bends; it is linear between them."""
SUPPRESS_BELOW: Final = 0.15
"""Suppress below this probability: a message to a dead address costs less than a seventh of a customer."""

SUPPRESS_BELOW_AT_LAST: Final = 0.5
"""The same where no further test is possible or one was made: with nothing more to learn, take the likelier side."""


class Figures(NamedTuple):
    """The result on held-out cases: Brier score, living that the naive reading suppresses, errors at the threshold."""

    brier: float
    by_code: int
    errors: ErrorCounts

    @property
    def fewer(self) -> float:
        """How many fewer of the living are suppressed than by the naive reading, as a share."""
        return 1.0 - self.errors.wrongly_suppressed / self.by_code if self.by_code else 1.0


class Fitted(NamedTuple):
    """Base and weights, and the log odds of their sums at each of ``KNOTS``."""

    weights: Array
    curve: Array

    @property
    def sum(self) -> Sum:
        """The same in the form that is written to a file."""
        base, *weights = map(float, self.weights)
        return Sum(base, tuple(weights), tuple(zip(KNOTS, map(float, self.curve), strict=True)))


def fit(found: Array, alive: Array, importance: Array) -> Fitted:
    """Return weights, and the likeliest curve from their sums to probabilities that never falls."""
    weights = fit_weights(found, alive, importance)
    steps = _ramps(weights[0] + found @ weights[1:])
    curve = _likeliest(steps, alive, importance, np.full(steps.shape[1], _MOST_EACH))
    return Fitted(weights, curve[0] + np.concatenate([[0.0], np.cumsum(curve[1:])]))


def _ramps(added: Array) -> Array:
    """Return, for each sum, the part of each interval between knots that lies below it, 0 to 1."""
    knots = np.array(KNOTS)
    return np.clip((added[:, None] - knots[:-1]) / np.diff(knots), 0.0, 1.0)


def fit_weights(found: Array, alive: Array, importance: Array) -> Array:
    """Return base and weights: the likeliest, shrunk towards zero, none negative, none too small to matter.

    Every evidence function argues for a living mailbox, so a negative weight would be an accident of the training data.
    """
    scale = found.std(axis=0) + 1e-9
    most = _MOST_EACH * scale
    best = _likeliest(found / scale, alive, importance, most)
    best = _likeliest(found / scale, alive, importance, np.where(best[1:] >= _MATTERS, most, 0.0))
    return np.concatenate([best[:1], best[1:] / scale])


def _likeliest(scaled: Array, alive: Array, importance: Array, most: Array) -> Array:
    sign = np.where(alive, 1.0, -1.0)

    def loss(weights: Array) -> tuple[float, Array]:
        margin = sign * (weights[0] + scaled @ weights[1:])
        slope = -importance * sign / (1.0 + np.exp(np.clip(margin, -30.0, 30.0)))
        value = float((importance * np.logaddexp(0.0, -margin)).sum() + _SHRINK / 2 * weights[1:] @ weights[1:])
        return value, np.concatenate([[slope.sum()], scaled.T @ slope + _SHRINK * weights[1:]])

    bounds = [(None, None), *((0.0, each) for each in most)]
    best = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(best.x)


def predict(fitted: Fitted, found: Array) -> Array:
    """Return probabilities of being alive."""
    worth = np.interp(fitted.weights[0] + found @ fitted.weights[1:], KNOTS, fitted.curve)
    return np.asarray(1.0 / (1.0 + np.exp(-worth)))


class Table:
    """Cases as arrays."""

    def __init__(self, cases: Sequence[Refused]) -> None:
        self.found = np.array([case.found for case in cases])
        self.everything = np.array([(*case.found, *case.raw) for case in cases])
        self.alive = np.array([case.alive for case in cases])
        self.of_recipient = np.array([case.of_recipient for case in cases])
        self.by_code = np.array([case.by_code for case in cases])
        self.about = np.array([case.about_recipient for case in cases])
        self.persona = np.array([case.persona for case in cases])
        self.family = np.array([case.family for case in cases])
        self.scenario = np.array([case.scenario for case in cases])
        rare = np.array([RARE.get(case.family, 1.0) for case in cases])
        self.importance = importance(self.scenario) * rare

    def figures(self, alive: Array, chosen: Array) -> Figures:
        """Return the figures of these probabilities on the chosen cases."""
        suppressed = (alive < SUPPRESS_BELOW) & self.of_recipient & chosen
        living, gone = self.alive & chosen, ~self.alive & chosen
        return Figures(
            float(np.mean((alive[chosen] - self.alive[chosen]) ** 2)) if chosen.any() else 0.0,
            int((living & self.by_code).sum()),
            ErrorCounts(
                alive=int(living.sum()),
                wrongly_suppressed=int((living & suppressed).sum()),
                gone=int((gone & self.about).sum()),
                missed_dead=int((gone & self.about & ~suppressed).sum()),
            ),
        )


def importance(scenarios: Array) -> Array:
    """Return the importance of each case."""
    _, inverse, counts = np.unique(scenarios, return_inverse=True, return_counts=True)
    return np.asarray(np.minimum(1.0, _MOST_OF_A_SCENARIO / counts)[inverse])


Learner = Callable[[Array, Array, Array, Array], Array]
"""Takes what was found, alive and importance to learn from, and what was found to predict from."""


def weigh(found: Array, alive: Array, weight: Array, others: Array) -> Array:
    """Learn weights and predict with them."""
    return predict(fit(found, alive, weight), others)


def boost(found: Array, alive: Array, weight: Array, others: Array) -> Array:
    """Learn by gradient boosting, the upper reference: stronger, but not explainable."""
    learner = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.06, min_samples_leaf=60, random_state=0)
    return np.asarray(learner.fit(found, alive, sample_weight=weight).predict_proba(others)[:, 1])


def held_out(table: Table, found: Array, groups: Array, learner: Learner) -> Array:
    """Return probabilities for every case, each learned from the other groups."""
    alive = np.zeros(len(table.alive))
    for learned, left in _splits(groups):
        alive[left] = learner(found[learned], table.alive[learned], table.importance[learned], found[left])
    return alive


def _splits(groups: Array) -> Iterator[tuple[Array, Array]]:
    kinds = np.unique(groups)
    if len(kinds) > 40:  # scenarios: five parts will do
        yield from GroupKFold(5).split(groups, groups=np.searchsorted(kinds, groups))
        return
    for kind in kinds:
        yield np.flatnonzero(groups != kind), np.flatnonzero(groups == kind)


def fit_again(cases: Sequence[RefusedAgain]) -> Fitted:
    """Return the weights of the second verdict."""
    return fit(*again_table(cases))


def again_table(cases: Sequence[RefusedAgain]) -> tuple[Array, Array, Array]:
    """Return the figures of second verdicts, which recipients are alive, and the importance of each case."""
    found = np.array([(case.first_verdict, *case.refused_again) for case in cases])
    rare = np.array([RARE.get(family_of(case.scenario), 1.0) for case in cases])
    scenarios = importance(np.array([case.scenario for case in cases]))
    return found, np.array([case.alive for case in cases]), scenarios * rare


def figures_again(cases: Sequence[RefusedAgain]) -> dict[str, Figures]:
    """Return the figures of second verdicts of each family, with weights that were fitted without it."""
    found, alive, weight = again_table(cases)
    families = np.array([family_of(case.scenario) for case in cases])
    said = np.zeros(len(cases))
    for family in np.unique(families):
        own = families == family
        said[own] = predict(fit(found[~own], alive[~own], weight[~own]), found[own])
    return {
        "all families": _figures_again(said, alive),
        **{str(name): _figures_again(said[families == name], alive[families == name]) for name in np.unique(families)},
    }


def _figures_again(said: Array, alive: Array) -> Figures:
    suppressed = said < SUPPRESS_BELOW_AT_LAST
    errors = ErrorCounts(
        alive=int(alive.sum()),
        wrongly_suppressed=int((alive & suppressed).sum()),
        gone=int((~alive).sum()),
        missed_dead=int((~alive & ~suppressed).sum()),
    )
    return Figures(float(np.mean((said - alive) ** 2)), errors.alive, errors)


def family_of(scenario: str) -> str:
    """Return the family of a generated scenario, by its name."""
    return scenario.rpartition("-")[0]


def as_weights(first: Fitted, again: Sum = UNMOVED) -> Weights:
    """Return fitted weights in the form that is written to a file."""
    return Weights(first.sum, again, SUPPRESS_BELOW, SUPPRESS_BELOW_AT_LAST)
