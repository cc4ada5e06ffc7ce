"""Writes the campaign that is measured: the flagship's five kinds of gateways, a company for each 1,000 recipients.

The rate grows with the campaign, so that a company of a million recipients' campaign sees the traffic that one of ten
thousand's sees.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, NamedTuple

MESSAGE: Final = Path(__file__).parents[1] / "scenarios" / "messages" / "webinar.eml"
PEOPLE_A_COMPANY: Final = 1_000
BLOCK: Final = 100_000
"""A larger campaign goes to more companies of the same sizes.

The sizes of companies that are made together follow Zipf's law. Among ever more of them the first would grow, and with
it the share of mail that is deferred.
"""

HEAD: Final = """\
schema = 1
name = "{name}"
title = "The campaign that is measured"
seed = 550
starts = 2026-03-02T08:00:00Z
classifiers = ["code"]

[sender]
helo = "mta1.messenger.example"
return_path = "bounce.messenger.example"
ips = [
  {{ address = "127.10.0.1", share = 0.7 }},
  {{ address = "127.10.0.2", share = 0.3, listed = [{{ zone = "bl.reputation.example", from = "40m" }}] }},
]
connections_per_gateway = 4
rate = "{rate}/10s"
retry = {{ first = "5m", factor = 2, longest = "2h", give_up_after = "12h" }}

[[campaign]]
name = "march-webinar"
message = "{message}"
"""
GATEWAY: Final = """
[[gateway]]
name = "{name}"
persona = "{persona}"
companies = {companies}
mailboxes = {{ count = {people}, departed = 0.04, full = 0.01 }}
{claims}

  [[gateway.policy]]
  {policy}
"""


class Kind(NamedTuple):
    """A kind of companies: their share of all companies, and of all people."""

    name: str
    persona: str
    companies: float
    people: float
    policy: str
    claims: str = ""


def _lies_about(cause: str) -> str:
    return f'claims = {{ {cause} = "user-unknown" }}\nlies = 0.9'


MANY: Final = (
    Kind("plain", "cisco-esa", 0.30, 0.27, 'type = "velocity"\n  limit = "600/1h"\n  count = "recipients"'),
    Kind(
        "wary",
        "cisco-esa",
        0.22,
        0.19,
        'type = "ip-reputation"\n  zones = ["bl.reputation.example"]',
        _lies_about("ip-reputation"),
    ),
    Kind(
        "hasty",
        "mimecast",
        0.25,
        0.23,
        'type = "velocity"\n  limit = "40/10m"\n  per = ["ip"]\n  block_for = "5m"',
        _lies_about("velocity"),
    ),
    Kind("strict", "proofpoint", 0.20, 0.04, 'type = "content"\n  refuse_at = 5.0', _lies_about("content")),
    Kind("freemail", "consumer", 0.03, 0.27, 'type = "content"\n  junk_at = 5.0\n  refuse_at = 15.0'),
)
ONE: Final = (Kind("northwind", "proofpoint", 0.0, 1.0, 'type = "content"\n  refuse_at = 12.0'),)
"""One company that everybody works for: a single lane."""


def write(folder: Path, recipients: int, kinds: tuple[Kind, ...] = MANY) -> Path:
    """Write the scenario and its message into a folder; return the path of the scenario."""
    name = f"{'campaign' if kinds is MANY else 'one-company'}-{recipients}"
    rate = max(1, recipients // 5_000)
    text = HEAD.format(name=name, rate=rate, message=MESSAGE.name)
    blocks = max(1, recipients // BLOCK) if kinds is MANY else 1
    people = recipients // blocks
    for block in range(blocks):
        for kind in kinds:
            text += GATEWAY.format(
                name=f"{kind.name}-{block + 1}" if blocks > 1 else kind.name,
                persona=kind.persona,
                companies=max(1, round(people / PEOPLE_A_COMPANY * kind.companies)),
                people=round(people * kind.people),
                claims=kind.claims,
                policy=kind.policy,
            )
    shutil.copy(MESSAGE, folder)
    path = folder / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path
