"""Fitting: the scenarios are the same for a seed, cases are what they say, weights are never negative."""

from __future__ import annotations

from typing import Any

import pytest

from fake_gateways import persona as personas
from probe.classify.context.evidence import NAMES
from probe.classify.context.reader import probability
from probe.classify.context.weights import worth
from probe.scenario.load import check
from probe.studies.fit import cases
from probe.studies.fit.families import FAMILIES, PERSONAS, scenario


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_makes_scenarios_that_are_valid_and_the_same_for_a_seed(family: str) -> None:
    for seed in range(12):
        raw = scenario(family, seed)
        assert raw == scenario(family, seed)
        check(raw, folder=cases.MESSAGES, path=raw["name"])


def test_every_persona_takes_part() -> None:
    assert set(PERSONAS) == set(personas.names())


def test_a_case_stands_as_it_did_before_it_was_tried_again() -> None:
    told = next(
        each for each in (cases.run("listed", seed) for seed in range(20))
        if any(story.evidence.last.number > 1 for story in each.run.stories.values())
    )  # fmt: skip
    for story in told.run.stories.values():
        before = cases.before_any_test(story.evidence)
        refused = [place for place, row in enumerate(before.attempts) if row.outcome == "refused"]
        assert refused in ([], [len(before.attempts) - 1])


def test_cases_know_whether_the_refusal_was_about_the_recipient() -> None:
    found = list(cases.first_refusals(cases.run("listed", 0)))
    assert found
    assert all(not case.alive for case in found if case.about_recipient)
    assert {len(case.found) for case in found} == {len(NAMES)}


def synthetic() -> tuple[Any, Any, Any]:
    """Return numpy, what three functions say of 4,000 cases, and who is alive: by the first two."""
    np = pytest.importorskip("numpy", reason="fitting needs the extra fit")
    pytest.importorskip("sklearn", reason="fitting needs the extra fit")
    rng = np.random.default_rng(7)
    found = rng.normal(size=(4000, 3))
    return np, found, rng.random(4000) < 1 / (1 + np.exp(-(1.0 + 2.0 * found[:, 0] - 1.0 * found[:, 1])))


def test_fitted_weights_are_never_negative_and_find_what_matters() -> None:
    np, found, alive = synthetic()
    from probe.studies.fit import fitting  # noqa: PLC0415 - an extra

    base, useful, against, idle = fitting.fit_weights(found, alive, np.ones(4000))
    assert useful == pytest.approx(1.8, abs=0.4)
    assert against == 0.0
    assert idle < 0.1
    assert base == pytest.approx(0.9, abs=0.3)


def test_the_curve_never_falls_and_makes_probabilities_of_sums() -> None:
    np, found, alive = synthetic()
    from probe.studies.fit import fitting  # noqa: PLC0415 - an extra

    fitted = fitting.fit(found, alive, np.ones(4000))
    assert (np.diff(fitted.curve) >= 0.0).all()
    said = fitting.predict(fitted, found)
    for low in (0.2, 0.4, 0.6, 0.8):
        own = (said >= low) & (said < low + 0.2)
        assert said[own].mean() == pytest.approx(alive[own].mean(), abs=0.05)
    base, weights, curve = fitted.sum
    assert probability(worth(curve, base + float(found[0] @ np.array(weights)))) == pytest.approx(said[0], abs=1e-9)
