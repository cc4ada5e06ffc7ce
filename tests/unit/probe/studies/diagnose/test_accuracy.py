"""How often diagnoses were right."""

from __future__ import annotations

from fake_gateways.truth import Cause
from probe.diagnose.choice import Stopped
from probe.diagnose.hypothesis import Hypothesis
from probe.studies.diagnose.accuracy import Diagnosed, accuracy, by_cause, mixed_up, spent
from probe.studies.diagnose.cases import Case


def diagnosed(truth: Cause, said: Cause, *, alive: float = 0.999, sure: bool = True, shows: str = "x") -> Diagnosed:
    """Return a diagnosis of a recipient who is alive unless its own fault is the cause."""
    hypothesis = Hypothesis(truth, alive=truth is not Cause.USER_UNKNOWN)
    stopped = Stopped.DECIDED if sure else Stopped.CANNOT_TELL
    case = Case(truth, "cisco-esa", lies=True, seed=1)
    return Diagnosed(case, hypothesis, said, alive, stopped, 0, 1, 60.0, (("control", shows),))


def test_right_answers_are_counted_and_those_that_are_sure() -> None:
    found = accuracy(
        [
            diagnosed(Cause.VELOCITY, Cause.VELOCITY, shows="a"),
            diagnosed(Cause.VELOCITY, Cause.CONTENT, shows="a"),
            diagnosed(Cause.USER_UNKNOWN, Cause.USER_UNKNOWN, alive=0.001, sure=False, shows="b"),
            diagnosed(Cause.CONTENT, Cause.CONTENT, alive=0.001, shows="c"),
        ]
    )
    assert (found.recipients, found.right, found.sure) == (4, 0.75, 0.75)
    assert found.sure_of_cause == 2 / 3
    assert found.sure_of_mailbox == 2 / 3
    assert found.possible == 1.0


def test_nobody_can_tell_causes_apart_that_show_the_same() -> None:
    found = accuracy([diagnosed(Cause.VELOCITY, Cause.VELOCITY), diagnosed(Cause.CONTENT, Cause.CONTENT)])
    assert found.possible == 0.5


def test_figures_are_by_true_cause() -> None:
    found = [diagnosed(Cause.VELOCITY, Cause.CONTENT), diagnosed(Cause.CONTENT, Cause.CONTENT)]
    assert {cause: each.right for cause, each in by_cause(found).items()} == {
        "all": 0.5,
        "content": 1.0,
        "velocity": 0.0,
    }
    assert mixed_up(found) == {"velocity, diagnosed as content": 1}
    assert spent(found)["minutes"] == (1.0, 1.0)


def test_in_which_way_a_mailbox_is_gone_makes_no_difference() -> None:
    assert accuracy([diagnosed(Cause.USER_UNKNOWN, Cause.MAILBOX_DISABLED)]).right == 1.0


def test_what_is_right_is_possible() -> None:
    found = accuracy(
        [diagnosed(Cause.USER_UNKNOWN, Cause.USER_UNKNOWN), diagnosed(Cause.MAILBOX_DISABLED, Cause.USER_UNKNOWN)]
    )
    assert (found.right, found.possible) == (1.0, 1.0)
