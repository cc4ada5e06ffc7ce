"""A world with something for every law to look at."""

from __future__ import annotations

import tomllib
from typing import Final

from small_scenario import MESSAGE, SCENARIO, bent

from simulation.worlds.world import World

_MORE: Final = """

[[gateway]]
name = "beta"
persona = "cisco-esa"
domains = ["beta.example"]
mailboxes = { count = 12, departed = 0.2, full = 0.1, turnover = 0.3, opens = 0.9, away = 0.4 }
claims = { velocity = "user-unknown" }

  [[gateway.policy]]
  type = "greylisting"
  wait = "10m"

  [[gateway.policy]]
  type = "velocity"
  limit = "3/1h"

  [[gateway.policy]]
  type = "fault"
  how = "cut"
  share = 0.2

[[gateway]]
name = "gamma"
persona = "postfix"
domains = ["gamma.example"]
mailboxes = { count = 6 }

  [[gateway.policy]]
  type = "greylisting"
  wait = "30h"
  window = "2d"
"""


def small_world(seed: str = "small/1") -> World:
    """Return it: two gateways that lie, one of them slow and faulty, and one for which no sender is patient enough."""
    text = bent('type = "content"', 'type = "message-size"\n  limit = "10 B"\n  share = 0.5', SCENARIO + _MORE)
    text = bent("claims = { content =", "claims = { too-large =", text)
    text = bent("recipients = { count = 10 }", "recipients = { count = 20 }", text)
    text = bent("count = 20, departed = 0.1 }", "count = 20, departed = 0.1, opens = 0.9, away = 0.4 }", text)
    text = bent('rate = "10/1s"', 'rate = "10/1s"\nlimit = [{ rate = "3/1m" }]', text)
    return World(seed, frozenset({"lies", "greylisting"}), tomllib.loads(text), {"news.eml": MESSAGE})
