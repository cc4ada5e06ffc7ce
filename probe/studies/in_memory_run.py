"""Runs a scenario in memory, in a temporary folder, and returns what the judge knows of it."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from probe.classify.registry import choose
from probe.judge.story import Key, Story, gathered
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded
from probe.scenario.sending import Retest

MESSAGES: Final = Path(__file__).parent / "messages"
"""The messages that generated scenarios send."""


class InMemoryRun(NamedTuple):
    """A finished run: every recipient's story by campaign, and the persona of every gateway."""

    name: str
    stories: dict[Key, Story]
    personas: dict[str, str]

    @property
    def campaigns(self) -> dict[str, dict[str, Story]]:
        """The stories of each campaign by recipient."""
        found: dict[str, dict[str, Story]] = {}
        for (campaign, recipient), story in self.stories.items():
            found.setdefault(campaign, {})[recipient] = story
        return found

    @property
    def attempts(self) -> int:
        """The number of attempts."""
        return sum(len(story.evidence.attempts) for story in self.stories.values())


def run_in_memory(loaded: Loaded) -> InMemoryRun:
    """Run a scenario without its gates; raises InputError for one that needs sockets."""
    scenario = loaded.scenario.model_copy(update={"expect": {}})
    prepared = prepare(replace(loaded, scenario=scenario))
    with tempfile.TemporaryDirectory() as folder:
        result = run_scenario(
            prepared, Options(transport="memory", out=Path(folder), classifiers=choose(["always-keep"]), workers=1)
        )
        stories, _ = gathered(result.recipients())
    personas = {company.name: company.persona.name for company in prepared.companies}
    return InMemoryRun(scenario.name, stories, personas)


def with_retest(loaded: Loaded, retest: Retest | None) -> Loaded:
    """Return the scenario with this retest in place of its sender's own, and without experiments."""
    sender = loaded.scenario.sender.model_copy(update={"retest": retest, "diagnose": None})
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"sender": sender}))
