"""The error for a mistake of the user: one sentence with place, problem and remedy."""

from __future__ import annotations

import pickle
from pathlib import Path

from probe.input_error import InputError


def test_an_input_error_is_one_sentence_of_place_problem_and_remedy() -> None:
    error = InputError(Path("news.toml"), "is missing", "add it")
    assert str(error) == "news.toml: is missing; add it"
    assert (error.place, error.problem, error.remedy) == ("news.toml", "is missing", "add it")


def test_an_input_error_travels_between_processes() -> None:
    again = pickle.loads(pickle.dumps(InputError("place", "problem", "remedy")))
    assert isinstance(again, InputError)
    assert (again.place, again.problem, again.remedy) == ("place", "problem", "remedy")
