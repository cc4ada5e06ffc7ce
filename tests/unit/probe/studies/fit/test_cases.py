"""Cases to fit on: what was known before any further test, and what the refusal was about."""

from __future__ import annotations

from probe.classify.context.evidence import NAMES
from probe.studies.fit.cases import before_any_test, first_refusals, run_family


def test_a_case_is_what_was_known_before_any_further_test() -> None:
    finished = next(
        each for each in (run_family("listed", seed) for seed in range(20))
        if any(story.evidence.last.number > 1 for story in each.run.stories.values())
    )  # fmt: skip
    for story in finished.run.stories.values():
        before = before_any_test(story.evidence)
        refused = [position for position, row in enumerate(before.attempts) if row.outcome == "refused"]
        assert refused in ([], [len(before.attempts) - 1])


def test_cases_know_whether_the_refusal_was_about_the_recipient() -> None:
    found = list(first_refusals(run_family("listed", 0)))
    assert found
    assert all(not case.alive for case in found if case.about_recipient)
    assert {len(case.found) for case in found} == {len(NAMES)}
