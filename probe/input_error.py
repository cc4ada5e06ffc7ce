"""The error for mistakes in the user's input."""

from __future__ import annotations


class InputError(Exception):
    """A mistake in the user's input, as one sentence: place, problem, remedy. Commands exit with code 2."""

    def __init__(self, place: object, problem: str, remedy: str) -> None:
        self.place = str(place)
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{place}: {problem}; {remedy}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        """Make the error picklable, so that a worker process can raise it."""
        return InputError, (self.place, self.problem, self.remedy)
