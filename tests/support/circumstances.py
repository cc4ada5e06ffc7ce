"""Small campaigns for tests of the context classifier: who was refused when, from where, in which words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from book_rows import STARTS, attempt, refused

from probe.classify.context import gather
from probe.classify.context.case import RefusalCase
from probe.classify.context.reader import Reader, case_of
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt
from probe.studies.fit.cases import NOTHING

UNKNOWN: Final = {"enhanced": "5.1.1", "text": "User unknown"}
LISTED: Final = {"enhanced": "5.7.1", "text": "Your address 127.10.0.1 is on a block list"}


def address(number: int, domain: str = "acme.example") -> str:
    """Return the address of a person by number."""
    return f"person{number}@{domain}"


def words(pattern: str, *, start: int = 0, every_s: float = 10.0, **columns: Any) -> list[Attempt]:
    """Return attempts in order: ``.`` was taken, ``x`` was refused as unknown, ``l`` openly for a list."""
    made = []
    for place, letter in enumerate(pattern):
        number = start + place
        row: dict[str, Any] = {
            "recipient": address(number, columns.get("domain", "acme.example")),
            "seq": number + 1,
            "at": STARTS + number * every_s,
        }
        row |= {key: value for key, value in columns.items() if key != "domain"}
        if letter == ".":
            row = {key: value for key, value in row.items() if key not in {"stage", "text", "enhanced", "code"}}
            made.append(attempt(**row))
        else:
            made.append(refused(**{**(UNKNOWN if letter == "x" else LISTED), **row}))
    return made


def evidence_of(*attempts: Attempt, **known: Any) -> Evidence:
    """Return the evidence of one recipient."""
    return Evidence(attempts[0].recipient, attempts, **known)


def campaign_of(attempts: Iterable[Attempt], **known: Evidence) -> dict[str, Evidence]:
    """Return a campaign's evidence by recipient; ``known`` are kept as they are, by their recipient."""
    gathered: dict[str, list[Attempt]] = {}
    for each in attempts:
        gathered.setdefault(each.recipient, []).append(each)
    found = {recipient: evidence_of(*rows) for recipient, rows in gathered.items()}
    found.update((each.recipient, each) for each in known.values())
    return found


def case(campaign: dict[str, Evidence], number: int, domain: str = "acme.example") -> RefusalCase:
    """Return the case of a person."""
    observations = gather(campaign)
    Reader(observations, NOTHING).prepare(campaign.values())
    found = case_of(campaign[address(number, domain)], observations)
    assert found is not None
    return found
