"""Options and files with which tests ask mail servers by ``fivefifty diagnose HOST``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

WHO: Final = ("--recipient", "ann@acme.example")
US: Final = ("--from", "news@bounce.sender.example", "--helo", "mta1.sender.example", "--source", "127.10.0.1")
SPAM: Final = "From: <news@bounce.sender.example>\nSubject: Monday\n\nYou have won the JACKPOT.\n"
ALLOW: Final = """\
contact = "postmaster@sender.example"
%s

[[host]]
name = "%s"
recipients = ["ann@acme.example", "present@roster.example"]
purpose = "why the newsletter is refused"
expires = %s
"""


def allow_list(folder: Path, name: str = "127.0.0.1", more: str = "", days: int = 30) -> Path:
    """Write an allow list for one host."""
    path = folder / "allow.toml"
    path.write_text(ALLOW % (more, name, datetime.now(UTC).date() + timedelta(days=days)), "utf-8")
    return path
