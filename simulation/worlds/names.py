"""The names and addresses that the worlds share."""

from __future__ import annotations

from typing import Final

SENDER: Final = "sender.example"
HELO: Final = f"mta.{SENDER}"
RETURN_PATH: Final = f"bounce.{SENDER}"
DKIM_NAME: Final = f"s1._domainkey.{SENDER}"
SOURCES: Final = ("127.10.0.1", "127.10.0.2", "127.10.1.3", "127.11.0.4")
"""The sender's addresses: two in one /24, three in one /19."""
SOURCE_V6: Final = "::1"
NOBODY: Final = "127.9.0.{}"
"""Addresses at which nobody listens."""

IP_ZONES: Final = ("bl.reputation.example", "bl.second.example")
DOMAIN_ZONES: Final = ("dbl.reputation.example", "dbl.second.example")
URL_ZONES: Final = ("url.reputation.example",)
LINKED: Final = ("links.sender.example", "shop.offers.example")
"""The hosts of links in messages."""

DOMAINS: Final = tuple(
    f"{word}.test" for word in "north east south west upper lower inner outer first second third fourth".split()
)
PEOPLE: Final = "anna bo carla dmitri elif fatou george hana imre jo kofi lena".split()
ODD_PEOPLE: Final = (
    "o'hara+news",
    "=1+1",
    "+sum",
    "-dash-",
    "{recipient}",
    "%s%n",
    "a=b.c",
    "campaign-1+2",
    "`tick`$x",
    "a/b?c#d",
    "UPPER.Case",
    "postmaster",
    "x" * 64,
)
"""Local parts that are valid, and that spreadsheets, shells, VERP or templates could take for something else."""
ODD_WORDS: Final = (
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "\x1b[31mred\x1b[0m",
    "a\u202eb",
    "::error::x",
    "##[error]x",
    "| a | b |",
    "two\nlines",
    "{x} %s",
    "日本語",
    "\x00",
)
"""Texts that a terminal, a browser, a spreadsheet or a CI system could take for a command."""
