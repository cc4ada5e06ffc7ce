"""The document of all figures."""

from __future__ import annotations

import json

from studied import diagnosed, subject

from fake_gateways.truth import Cause
from probe.studies.diagnose.accuracy import Verdict
from probe.studies.diagnose.figures import summary


def test_every_figure_has_its_interval_and_number() -> None:
    one = diagnosed(subject(Cause.VELOCITY), Cause.CONTENT)._replace(verdicts={"other": Verdict(alive=None, probes=1)})
    figures = summary([one, one._replace(held_out=True)], 2, 101)
    assert json.loads(json.dumps(figures)) == figures
    assert (figures["seed"], figures["gateways"]) == (101, 2)
    assert list(figures["groups"]) == ["without noise", "vendor held out", "lying"]
    plain = figures["groups"]["without noise"]
    assert plain["cause_right"] == {"value": 0.0, "low": 0.0, "high": 0.7935, "of": 1}
    assert plain["gone_called_living"]["value"] is None
    assert plain["spent"]["minutes"]["median"]["value"] == 1.0
    assert figures["mixed_up"] == [{"true": "velocity", "diagnosed": "content", "recipients": 1, "could_be_told": 1}]
    assert figures["confusion"] == {"velocity": {"content": 1}}
    assert list(figures["causes"]) == ["velocity"]
    assert figures["verifiers"]["other"]["unknown"]["value"] == 1.0
