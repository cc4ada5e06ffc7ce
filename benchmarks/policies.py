"""Prints what each policy costs per decision: its own time, with every answer it needs at hand.

The scenario's DNS answers at once, so what is measured is the deciding, not the network. Each round asks about a new
message of a new client as gateways do; the median of the rounds is printed, in microseconds.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any, Final

from lone_gateway import ALICE, RETURN_PATH, STAFF, STARTS, policy, session_view

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


def cost(kind: str, world: World) -> float:
    """Return microseconds per decision: judging, and taking note of what was decided."""
    nature = KINDS[kind].nature
    rounds = []
    for _ in range(ROUNDS):
        asked = policy(kind, **NEEDED.get(kind, {})).begin()
        waiting = cases(nature.usual, world)
        began = time.perf_counter()
        for view in waiting:
            verdict = asked.judge(view)
            while isinstance(verdict, Wait):
                view.fresh[verdict] = Answer()
                verdict = asked.judge(view)
            if isinstance(asked, Observer):
                asked.notice(view, Decision(ALICE, nature.usual, None, Fate.INBOX))
        rounds.append((time.perf_counter() - began) / DECISIONS * 1e6)
    return statistics.median(rounds)


def main() -> None:
    """Measure and print."""
    world = World()
    world.add("messenger.example", "MX", "10 mx.messenger.example.")
    world.add("messenger.example", "TXT", '"v=spf1 ip4:127.20.0.0/16 -all"')
    world.add("_dmarc.messenger.example", "TXT", '"v=DMARC1; p=reject"')
    print(f"microseconds per decision, median of {ROUNDS} rounds of {DECISIONS}; {len(STAFF)} mailboxes")
    print(f"{'policy':<26}{'stage':<14}{'µs':>8}")
    for kind in sorted(KINDS, key=lambda kind: (list(Stage).index(KINDS[kind].nature.usual), kind)):
        print(f"{kind:<26}{KINDS[kind].nature.usual:<14}{cost(kind, world):>8.1f}")


if __name__ == "__main__":
    main()
