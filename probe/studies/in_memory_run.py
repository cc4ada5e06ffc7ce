"""Runs a scenario in memory, in a folder of its own that is thrown away, and returns what the judge knows of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from probe.classify.registry import choose
from probe.judge.story import Key, Story, blinded
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded
from probe.scenario.sending import Retest


class Rehearsed(NamedTuple):
    """A scenario that was run: every recipient's story by campaign, and the persona of every gateway."""

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
        """How many attempts were made."""
        return sum(len(story.evidence.attempts) for story in self.stories.values())


def rehearse(loaded: Loaded) -> Rehearsed:
    """Run a scenario; raises InputError where that cannot be done without sockets."""
    scenario = loaded.scenario.model_copy(update={"expect": {}})
    prepared = prepare(Loaded(scenario, loaded.folder, loaded.path))
    with tempfile.TemporaryDirectory() as folder:
        result = run_scenario(
            prepared, Options(transport="memory", out=Path(folder), classifiers=choose(["always-keep"]), workers=1)
        )
    return Rehearsed(
        scenario.name, blinded(result.told), {company.name: company.spec.persona for company in prepared.companies}
    )


def with_retest(loaded: Loaded, retest: Retest) -> Loaded:
    """Return a scenario whose sender tries again as given, however it would otherwise."""
    sender = loaded.scenario.sender.model_copy(update={"retest": retest})
    return Loaded(loaded.scenario.model_copy(update={"sender": sender}), loaded.folder, loaded.path)
