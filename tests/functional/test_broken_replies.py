"""After a reply that is none, a run over sockets hangs up at the same simulated time as a run in memory.

What a gateway writes down when its client hangs up has the time of the lane's clock, and a closed connection no longer
counts against the limit of its policies. So the sender must not go on before the gateway has noticed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import small_scenario

from probe.classify.registry import choose
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

SHARED: Final = "From: news@sender.example\nSubject: Hello\n\nHello.\n"
POLICIES: Final = """
  [[gateway.policy]]
  type = "fault"
  how = "{how}"
  at = "{at}"
  share = 0.3

  [[gateway.policy]]
  type = "ip-reputation"
  zones = ["bl.reputation.example", "other.reputation.example"]
  at = "rcpt"

  [[gateway.policy]]
  type = "connections"
  most = 1
"""


def scenario(folder: Path, how: str, at: str, recipients: int, tls: str) -> Path:
    """Write a scenario whose transactions have several recipients, and whose gateway counts connections."""
    sending = f'recipients_per_transaction = {recipients}\nconnections_per_gateway = 3\ntls = "{tls}"\nrate = "10/1s"'
    text = small_scenario.bent('rate = "10/1s"', sending)
    text = small_scenario.bent("count = 10", "count = 60", text)
    text = small_scenario.bent("count = 20", "count = 80", text)
    text = small_scenario.bent('"proofpoint"', '"postfix"', text)
    return small_scenario.write(folder, text + POLICIES.format(how=how, at=at), message=SHARED)


@pytest.mark.parametrize("tls", ["none", "must"])
@pytest.mark.parametrize(
    ("how", "at", "recipients"),
    [
        ("malformed", "connect", 4),
        ("malformed", "ehlo", 4),
        ("malformed", "rcpt", 4),
        ("malformed", "rcpt", 30),
        ("malformed", "end-of-data", 4),
        ("multi-line", "rcpt", 4),
        ("cut", "rcpt", 4),
        ("hang", "rcpt", 4),
    ],
)
def test_sockets_and_memory_write_the_same_books(how: str, at: str, recipients: int, tls: str, tmp_path: Path) -> None:
    prepared = prepare(load(scenario(tmp_path, how, at, recipients, tls)))
    books = {
        transport: run_scenario(
            prepared, Options(transport=transport, out=tmp_path / transport, classifiers=choose(["code"]), workers=1)
        ).scorecard.books
        for transport in ("memory", "tcp")
    }
    assert books["tcp"] == books["memory"]
