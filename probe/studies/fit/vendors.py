"""Made-up vendors: personas with drawn habits and drawn words, so that recognising a vendor never helps."""

from __future__ import annotations

import json
import random
import zlib
from typing import Any, Final, NamedTuple

from fake_gateways.reports.dsn import Layout
from probe.studies.fit.vendor_words import CODES, Pool

_POLICIES: Final = (
    *("connections", "ip-reputation", "client-name", "velocity", "directory-harvest", "recipient-verification"),
    *("restricted-recipients", "directory", "greylisting", "spf", "content"),
)
_STAGES: Final[dict[str, tuple[str, ...]]] = {
    "ip-reputation": ("connect", "mail", "rcpt", "rcpt"),
    "velocity": ("mail", "rcpt", "rcpt", "end-of-data"),
    "directory-harvest": ("connect", "mail", "rcpt", "rcpt"),
    "directory": ("rcpt",) * 8 + ("end-of-data",),
}
"""Where vendors ask a policy; what is listed more often is drawn more often."""
_KEYWORDS: Final = ("PIPELINING", "SIZE {size}", "STARTTLS", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN")
_EARLY: Final = frozenset({"ip-reputation", "velocity", "directory-harvest"})
"""Causes that some vendors refuse for before a recipient is named."""
_SEVERAL: Final = 0.2
"""How often a vendor has two wordings for one cause, of which each gateway uses one."""


class Vendor(NamedTuple):
    """A persona as a file: its name and its text."""

    file: str
    text: str


def draw_vendor(pool: Pool, rng: random.Random) -> Vendor:
    """Draw a vendor: what it is called, what it says, in which order and at which stages it checks."""
    brand = rng.choice(pool.brands)
    order = rng.sample(_POLICIES, len(_POLICIES))
    keywords = [each for each in _KEYWORDS if rng.random() < 0.8]
    says = _says(pool, brand, rng)
    table = {
        "title": f"A made-up vendor: {brand}",
        "habit": "Made for studies: its habits and words are drawn.",
        "sources": ["made up"],
        "mx": rng.choice(pool.hosts).replace("{brand}", brand),
        "keywords": keywords,
        "size_limit": "30 MB",
        "refused_greeting": rng.choice(("stays", "closes", "reduced")),
        "order": order,
        "at": {kind: rng.choice(stages) for kind, stages in _STAGES.items()},
        "reports": {"layout": str(rng.choice(list(Layout)))},
        "says": says,
        "refusal": [refusal for cause in CODES for refusal in _refusals(pool, cause, rng)],
    }
    # Personas are kept by the name of their file, so it depends on the content.
    name = f"{brand}-{zlib.crc32(repr(table).encode()):08x}"
    return Vendor(f"{name}.toml", _toml({"name": name, **table}))


def draw_words(pool: Pool, cause: str, rng: random.Random) -> str:
    """Draw a refusal for a cause as a reply, such as "550 5.1.1 No such user here"."""
    code, status = rng.choice(CODES[cause])
    return " ".join(filter(None, (str(code), status, _text(pool, cause, rng))))


def _refusals(pool: Pool, cause: str, rng: random.Random) -> list[dict[str, Any]]:
    count = 2 if rng.random() < _SEVERAL else 1
    found = [_refusal(pool, cause, rng) for _ in range(count)]
    if cause in _EARLY and any("{recipient}" in each["text"] for each in found):
        code, status = rng.choice(CODES[cause])
        early = {"cause": cause, "stages": ["connect", "ehlo", "mail"], "code": code, "source": "made up"}
        text = rng.choice(pool.sentences[cause])
        found.append({**early, **({} if status is None else {"enhanced": status}), "text": text})
    return found


def _refusal(pool: Pool, cause: str, rng: random.Random) -> dict[str, Any]:
    code, status = rng.choice(CODES[cause])
    return {
        "cause": cause,
        "stages": ["rcpt", "data", "end-of-data"],
        "code": code,
        **({} if status is None else {"enhanced": status}),
        "text": _text(pool, cause, rng),
        "source": "made up",
    }


def _text(pool: Pool, cause: str, rng: random.Random) -> str:
    return rng.choice(pool.forms).replace("{sentence}", rng.choice(pool.sentences[cause]))


def _says(pool: Pool, brand: str, rng: random.Random) -> dict[str, Any]:
    has_status = rng.random() < 0.7

    def said(code: int, status: str, text: str) -> dict[str, Any]:
        return {"code": code, **({"enhanced": status} if has_status else {}), "text": text}

    return {
        "greeting": {"code": 220, "text": rng.choice(pool.greetings).replace("{brand}", brand)},
        "mail": said(250, "2.1.0", rng.choice(("Ok", "Sender ok", "OK"))),
        "rcpt": said(250, "2.1.5", rng.choice(("Ok", "Recipient ok", "OK"))),
        "data": {"code": 354, "text": "Go ahead"},
        "accepted": said(250, "2.0.0", rng.choice(("Ok: queued as {id}", "Message accepted", "{id} accepted"))),
        "quit": said(221, "2.0.0", "Bye"),
        "reset": said(250, "2.0.0", "Ok"),
        "unrecognized": said(500, "5.5.1", "Command unrecognized"),
        "out_of_order": said(503, "5.5.1", "Bad sequence of commands"),
        "no_recipients": said(503, "5.5.1", "No valid recipients"),
    }


def _toml(table: dict[str, Any]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if key != "refusal"]
    for refusal in table["refusal"]:
        lines += ["", "[[refusal]]", *(f"{key} = {_value(value)}" for key, value in refusal.items())]
    return "\n".join([*lines, ""])


def _value(value: Any) -> str:
    """Write a value of TOML on one line. Its basic strings have the escapes of JSON."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    return json.dumps(value)
