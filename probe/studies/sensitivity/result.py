"""The errors of each classifier at one point of a sensitivity study."""

from __future__ import annotations

from typing import Any, NamedTuple

from probe.judge.errors import ErrorCounts


class SensitivityResult(NamedTuple):
    """One point: what is varied, its value, and the errors of each classifier, at least one.

    All classifiers have the same number of living and gone recipients.
    """

    sweep: str
    value: str
    errors: dict[str, ErrorCounts]

    @property
    def alive(self) -> int:
        """The number of living recipients."""
        return next(iter(self.errors.values())).alive

    @property
    def gone(self) -> int:
        """The number of gone recipients."""
        return next(iter(self.errors.values())).gone

    def as_dict(self) -> dict[str, Any]:
        """Return the point as ``sensitivity --json`` prints it, shares with 95 % intervals."""
        return {
            "sweep": self.sweep,
            "value": self.value,
            "living": self.alive,
            "gone": self.gone,
            "wrong": {
                name: {
                    "suppressed": errors.wrongly_suppressed,
                    "missed": errors.missed_dead,
                    "suppressed_interval": list(errors.wrongly_suppressed_interval),
                    "missed_interval": list(errors.missed_dead_interval),
                }
                for name, errors in self.errors.items()
            },
        }
