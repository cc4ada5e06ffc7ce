"""Refused recipients of worlds are diagnosed over both transports, and what should not be is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_world import small_world

from probe.diagnose.diagnosis import Diagnosis
from probe.input_error import InputError
from probe.lab.prepare import prepare
from probe.scenario.load import load
from simulation.diagnoses import part
from simulation.diagnoses.part import Diagnoses, broken, outcome, refused_in
from simulation.laws.running import run_world
from simulation.part import CaseError, Tried

SENTENCE = "--recipient ann@acme.example: was never refused for good; name another"


@pytest.fixture(scope="module")
def diagnosis(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    """Return a diagnosis with several experiments."""
    folder = tmp_path_factory.mktemp("diagnosed")
    left = run_world(small_world(), folder, (), apart=False)
    prepared = prepare(load(Path(left.loaded.path)))
    found = [outcome(prepared, recipient, "memory") for recipient in refused_in(left)]
    return next(each for each in found if isinstance(each, Diagnosis) and len(each.steps) > 1)


def test_a_refused_recipient_of_a_world_is_diagnosed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "draw_world", small_world)
    tried = Tried()
    Diagnoses().attempt("ab/1", tried, tmp_path)
    assert tried.failures == []
    assert (tried.counts["worlds"], tried.counts["diagnoses"]) == (1, 2)
    with pytest.raises(CaseError):
        Diagnoses().attempt("ab", tried, tmp_path)


def test_what_is_told_in_place_of_a_diagnosis_is_one_sentence(
    diagnosis: Diagnosis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise InputError("--recipient ann@acme.example", "was never refused for good", "name another")

    monkeypatch.setattr(part, "diagnose_prepared", refuses)
    assert outcome(None, "ann@acme.example", "tcp") == SENTENCE  # type: ignore[arg-type]
    assert list(broken(SENTENCE, SENTENCE)) == []
    assert list(broken("wrong", "wrong")) == ["not one sentence with a remedy: wrong"]
    assert next(broken(SENTENCE, diagnosis)).startswith("only one transport ends with a sentence")


def test_another_reply_and_another_number_of_experiments_over_sockets_are_noticed(diagnosis: Diagnosis) -> None:
    assert list(broken(diagnosis, diagnosis)) == []
    fewer = replace(diagnosis, steps=diagnosis.steps[:-1])
    assert next(broken(diagnosis, fewer)).startswith(f"experiment {len(diagnosis.steps)} differs")
    first, *others = diagnosis.steps
    said = first._replace(kind="another")
    assert next(broken(diagnosis, replace(diagnosis, steps=(said, *others)))).startswith("experiment 1 differs")


def test_what_is_no_probability_costs_too_much_or_is_out_of_order_is_noticed(
    diagnosis: Diagnosis, monkeypatch: pytest.MonkeyPatch
) -> None:
    halved = {state: weight / 2 for state, weight in diagnosis.belief.weights.items()}
    wrong = replace(diagnosis, belief=replace(diagnosis.belief, weights=halved))
    assert next(broken(wrong, wrong)).startswith("no probabilities: their sum is 0.4")
    turned = replace(diagnosis, steps=diagnosis.steps[::-1])
    assert next(broken(turned, turned)).startswith("experiments do not follow each other")
    monkeypatch.setattr(part, "_BUDGET", replace(part._BUDGET, cost=0.1))
    assert "0.1 were allowed" in next(broken(diagnosis, diagnosis))
