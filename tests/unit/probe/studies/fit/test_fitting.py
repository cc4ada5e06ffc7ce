"""The fit: weights are never negative, and the curve makes probabilities of their sums."""

from __future__ import annotations

from typing import Any

import pytest

from probe.classify.context.reader import probability
from probe.classify.context.weights import worth


def synthetic() -> tuple[Any, Any, Any]:
    """Return numpy, what three functions find in 4,000 cases, and which are alive, which depends on the first two."""
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
