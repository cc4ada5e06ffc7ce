"""Looks at the blocklists of a scenario all through a run, on its clock, and notes what was seen in the books."""

from __future__ import annotations

import dataclasses
import json
from typing import Final

from probe.judge.watched import SeenState
from probe.lab import event_loop
from probe.lab.listed_lab import LabLooker, lab_looker
from probe.lab.prepare import PreparedScenario
from probe.ledger import Ledger
from probe.listed.answer import State
from probe.listed.changes import Change, Place, changes, latest, spans

NOTE: Final = "watched"
MOST_LOOKS: Final = 2000


def watch_run(prepared: PreparedScenario, ledger: Ledger) -> None:
    """Look every so often from the start to the last attempt, and note what was listed or unknown when.

    Nothing is sent, and no gateway notices: the nameserver's records are known for every moment.
    """
    watch = prepared.loaded.scenario.sender.watch
    if watch is None:
        return
    starts = prepared.loaded.scenario.starts.timestamp()
    ends = max((attempt.at for attempt in ledger.attempts()), default=starts)
    step = max(watch.every, (ends - starts) / MOST_LOOKS)
    times = [starts + number * step for number in range(int((ends - starts) / step) + 1)]
    changed = event_loop.run(_seen(lab_looker(prepared), times))
    seen = [
        SeenState(*place, each.state.value, each.since - starts, each.until - starts, each.told)
        for place, history in spans(changed, times[-1]).items()
        for each in history
        if each.state is not State.NOT_LISTED
    ]
    noted = {"starts": starts, "looks": len(times), "seen": [dataclasses.asdict(each) for each in seen]}
    ledger.note(NOTE, json.dumps(noted))


async def _seen(looker: LabLooker, times: list[float]) -> list[Change]:
    changed: list[Change] = []
    known: dict[Place, Change] = {}
    for at in times:
        new = changes(known, await looker.look(at))
        known |= latest(new)
        changed += new
    return changed
