"""A mistake in what the user gave us."""

from __future__ import annotations


class InputError(Exception):
    """One sentence: where it is, what is wrong, and what to do. Leads to exit code 2."""

    def __init__(self, place: object, problem: str, remedy: str) -> None:
        self.place = str(place)
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{place}: {problem}; {remedy}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str]]:
        """Let it travel from a worker process."""
        return InputError, (self.place, self.problem, self.remedy)
