"""What came of one point of a sweep."""

from __future__ import annotations

from typing import Any, NamedTuple

from probe.judge.interval import wilson


class Wrong(NamedTuple):
    """Living recipients whom a classifier would suppress, and gone ones whom it would keep."""

    suppressed: int
    missed: int


class Measured(NamedTuple):
    """One point of a sweep: what is varied, its value, how many live and are gone, and the errors by classifier."""

    sweep: str
    value: str
    living: int
    gone: int
    wrong: dict[str, Wrong]

    def as_dict(self) -> dict[str, Any]:
        """Return it for programs, shares with 95 % intervals."""
        return {
            **self._asdict(),
            "wrong": {
                name: {
                    **wrong._asdict(),
                    "suppressed_interval": [round(each, 6) for each in wilson(wrong.suppressed, self.living)],
                    "missed_interval": [round(each, 6) for each in wilson(wrong.missed, self.gone)],
                }
                for name, wrong in self.wrong.items()
            },
        }
