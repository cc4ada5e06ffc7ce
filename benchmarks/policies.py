"""Measures what each policy costs per decision: its own time, with every answer it needs at hand; for ``bench.py``.

The scenario's DNS answers at once, so what is measured is the deciding, not the network. Each round asks about a new
message of a new client as gateways do.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from lone_gateway import ALICE, RETURN_PATH, STARTS, policy, session_view

from fake_gateways.dns.zone import World
from fake_gateways.policies import KINDS
from fake_gateways.policies.policy import Observer
from fake_gateways.policies.session_view import Decision, SessionView
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.truth import Fate
from fake_gateways.verdict import Answer, Wait

ROUNDS: Final = 5
DECISIONS: Final = 400
MESSAGE: Final = (Path(__file__).parents[1] / "scenarios" / "messages" / "webinar.eml").read_bytes()
NEEDED: Final[dict[str, dict[str, Any]]] = {
    "velocity": {"limit": "120/10m"},
    "connections": {"most": 20},
    "messages-per-connection": {"most": 10},
    "recipients-per-message": {"most": 100},
    "directory-harvest": {"limit": "25/1h"},
    "restricted-recipients": {"part": 0.05},
    "as-logged": {"log": str(Path(__file__).parents[1] / "tests" / "scenarios" / "logged.csv")},
    "message-size": {"limit": "1 MB"},
    "url-blocklist": {"zones": ["uri.example"]},
    "geography": {"regions": {"abroad": ["10.0.0.0/8"]}, "refuse": ["abroad"]},
    "ip-reputation": {"zones": ["bl.example"]},
    "sender-reputation": {"zones": ["dbl.example"]},
}


def cases(stage: Stage, world: World) -> list[SessionView]:
    """Return as many dialogues, of different clients and different messages, that have come to a stage."""
    found = []
    for number in range(DECISIONS):
        view = session_view(peer=f"127.20.{number // 250}.{number % 250 + 1}", session=number)
        view.lookup = world.answer
        view.at, view.helo, view.transaction = STARTS + number, "mta1.messenger.example", 1
        view.envelope = Envelope(RETURN_PATH, [ALICE] if stage is Stage.END_OF_DATA else [])
        view.recipient = ALICE if stage is Stage.RCPT else ""
        view.content = MESSAGE.replace(b"\n", b"\r\n") + b"%d\r\n" % number if stage is Stage.END_OF_DATA else b""
        found.append(view)
    return found


def costs(kind: str, world: World) -> list[float]:
    """Return the seconds of each round: judging, and taking note of what was decided."""
    nature = KINDS[kind].nature
    rounds = []
    for _ in range(ROUNDS):
        asked = policy(kind, **NEEDED.get(kind, {})).begin()
        waiting = cases(nature.usual, world)
        began = time.process_time()
        for view in waiting:
            verdict = asked.judge(view)
            while isinstance(verdict, Wait):
                view.fresh[verdict] = Answer()
                verdict = asked.judge(view)
            if isinstance(asked, Observer):
                asked.notice(view, Decision(ALICE, nature.usual, None, Fate.INBOX))
        rounds.append(time.process_time() - began)
    return rounds


def main() -> None:
    """Measure, and print the rows of ``bench.py`` as JSON."""
    world = World()
    world.add("messenger.example", "MX", "10 mx.messenger.example.")
    world.add("messenger.example", "TXT", '"v=spf1 ip4:127.20.0.0/16 -all"')
    world.add("_dmarc.messenger.example", "TXT", '"v=DMARC1; p=reject"')
    rows = []
    for kind in sorted(KINDS, key=lambda kind: (list(Stage).index(KINDS[kind].nature.usual), kind)):
        rounds = [{"cpu_s": seconds, "rate": DECISIONS / seconds} for seconds in costs(kind, world)]
        rows.append({"case": f"policy {kind}, at {KINDS[kind].nature.usual}", "count": DECISIONS, "rounds": rounds})
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
