"""A scenario of one gateway with a message beside it, for tests that bend one part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

MESSAGE: Final = "From: news@sender.example\nSubject: Hello\n\nHello {{given_name}}.\n"

SCENARIO: Final = """\
schema = 1
name = "small"
title = "A small scenario"
seed = 7
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1" }]
rate = "10/1s"
retry = { first = "5m" }

[[campaign]]
name = "news"
message = "news.eml"
recipients = { count = 10 }

[[gateway]]
name = "acme"
persona = "proofpoint"
domains = ["acme.example"]
mailboxes = { count = 20, departed = 0.1 }
claims = { content = "user-unknown" }

  [[gateway.policy]]
  type = "content"

  [[gateway.policy]]
  type = "velocity"
  limit = "600/1h"
"""


def bent(old: str, new: str, text: str = SCENARIO) -> str:
    """Return the scenario with one piece of it replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the scenario"
    return text.replace(old, new)


def write(folder: Path, text: str = SCENARIO, *, message: str | None = MESSAGE) -> Path:
    """Write scenario and message into a folder and return the scenario's path."""
    path = folder / "small.toml"
    path.write_text(text, "utf-8")
    if message is not None:
        (folder / "news.eml").write_text(message, "utf-8")
    return path
