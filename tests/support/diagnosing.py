"""Patterns, results and beliefs for tests of the diagnosis."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from fake_gateways.truth import Cause
from probe.diagnose.belief import Belief
from probe.diagnose.choice import Stopped
from probe.diagnose.conditions import Depth
from probe.diagnose.diagnosis import Diagnosis, Observed, Step
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.patterns import FIRST, WORDS, Pattern, Patterns
from probe.sender.transaction import Result

RECIPIENT: Final = "ann@acme.example"
UNKNOWN: Final = "unknown-recipient at rcpt"
SAME: Final = "alike"
TAKEN: Final = "taken at rcpt"


def replied(code: int, status: str | None, text: str, stage: Stage = Stage.RCPT) -> Result:
    """Return the result of a reply."""
    return Result(stage, Reply(code, tuple(text.split("\n")), EnhancedStatus.parse(status) if status else None))


REFUSAL: Final = replied(550, "5.1.1", "User unknown")


def pattern(cause: Cause, *, alive: bool, times: int = 1, **shows: str) -> Pattern:
    """Return a pattern at RCPT whose first refusal says that the user is unknown; underscores stand for hyphens."""
    outcomes = {name.replace("_", "-"): outcome for name, outcome in shows.items()}
    return Pattern(Hypothesis(cause, alive), Depth.RCPT, {FIRST: UNKNOWN, WORDS: "user-unknown", **outcomes}, times)


# A mailbox that is gone, an IP address that is not trusted (mailbox alive, or gone as well), and a greylist that lies.
KNOWN: Final = Patterns(
    (
        pattern(Cause.USER_UNKNOWN, alive=False, control=TAKEN, neighbour=SAME, after_minutes=SAME),
        pattern(Cause.IP_REPUTATION, alive=True, control=SAME, neighbour=TAKEN, after_minutes=SAME),
        pattern(Cause.IP_REPUTATION, alive=False, control=SAME, neighbour=UNKNOWN, after_minutes=SAME),
        pattern(Cause.GREYLISTED, alive=True, control=SAME, neighbour=SAME, after_minutes=TAKEN),
    )
)


def diagnosed(cause: Cause, *, alive: bool, recipient: str = RECIPIENT, experiments: int = 1) -> Diagnosis:
    """Return a diagnosis that is sure of a cause and of the mailbox, after some experiments."""
    (number,) = [place for place, each in enumerate(KNOWN.known) if each.hypothesis == Hypothesis(cause, alive)]
    before = Belief.before(KNOWN, Depth.RCPT)
    belief = replace(before, weights={state: 1.0 for state in before.weights if state.pattern == number})
    observed = Observed(REFUSAL, 60.0)
    step = Step(EXPERIMENTS["again"], observed, SAME, belief, before)
    return Diagnosis(recipient, Observed(REFUSAL, 0.0), belief, (step,) * experiments, Stopped.DECIDED)
