"""Diagnoses as a study gets them, without gateways."""

from __future__ import annotations

from fake_gateways.truth import Cause
from probe.diagnose.choice import Stopped
from probe.diagnose.hypothesis import Hypothesis
from probe.studies.diagnose.accuracy import Diagnosed, Subject
from probe.studies.diagnose.cases import Case
from probe.studies.diagnose.noise import Noise
from probe.studies.diagnose.told import Told


def subject(truth: Cause, *, alive: bool | None = None, noise: Noise | None = None, lies: bool = True) -> Subject:
    """Return a recipient who is alive unless its own fault is the cause."""
    living = truth is not Cause.USER_UNKNOWN if alive is None else alive
    case = Case(truth, "cisco-esa", lies=lies, seed=1)
    return Subject(case, Hypothesis(truth, alive=living), noise, Told(cause=True, mailbox=True))


def diagnosed(
    of: Subject,
    said: Cause,
    *,
    alive: float = 0.999,
    sure: bool = True,
    blocks: int = 0,
    held_out: bool = False,
) -> Diagnosed:
    """Return a diagnosis that gives a cause the probability 0.9."""
    return Diagnosed(
        subject=of,
        causes={said: 0.9, Cause.NETWORK: 0.1},
        alive=alive,
        says_alive=None if 0.01 < alive < 0.99 else alive > 0.5,
        stopped=Stopped.DECIDED if sure else Stopped.CANNOT_TELL,
        experiments=3,
        messages=0,
        recipients=2,
        seconds=60.0,
        blocks=blocks,
        held_out=held_out,
    )
