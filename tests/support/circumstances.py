"""Small campaigns for tests of the context classifier, written as patterns of acceptances and refusals."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from book_rows import STARTS, attempt, refused

from probe.classify.context.arrivals import gather
from probe.classify.context.case import RefusalCase
from probe.classify.context.reader import case_of
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt
from probe.records.returned import Returned

DAY_S: Final = 86_400.0
WEEK_S: Final = 7 * DAY_S
UNKNOWN: Final = {"enhanced": "5.1.1", "text": "User unknown"}
LISTED: Final = {"enhanced": "5.7.1", "text": "Your address 127.10.0.1 is on a block list"}
QUIET: Final = ("." * 24 + "x") * 8
"""A campaign with isolated refusals."""
ALONE: Final = 99
"""The number of a recipient with an isolated refusal in QUIET."""
BURST: Final = "." * 20 + "x" * 20 + "." * 20
"""A campaign with one run of refusals."""
REPORT: Final = Returned("acme", 1, STARTS + 60, "", "news", "", "report", "failed", "5.1.1", 550, "user unknown", "",
                         "return-path", "")  # fmt: skip
"""A delivery report about an unknown user."""


def address(number: int, domain: str = "acme.example") -> str:
    """Return the address of a recipient by number."""
    return f"person{number}@{domain}"


def sent(pattern: str, *, start: int = 0, every_s: float = 10.0, **columns: Any) -> list[Attempt]:
    """Return attempts in order: ``.`` was accepted, ``x`` refused as unknown, ``l`` refused for a blocklist."""
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


def at_another_vendor(pattern: str, *, start: int = 1000) -> list[Attempt]:
    """Return attempts at another vendor's exchanger."""
    there = {"mx": "mx1.one.iphmx.com", "mx_address": "127.1.0.9", "domain": "beta.example"}
    return sent(pattern, start=start, **there)


def with_retests(pattern: str, outcomes: dict[int, str]) -> list[Attempt]:
    """Return a campaign with retests of some recipients a week later: accepted (``.``) or refused (``x``)."""
    again = [
        row._replace(number=2, at=STARTS + WEEK_S + number, seq=1000 + number)
        for number, letter in outcomes.items()
        for row in sent(letter, start=number)
    ]
    return [*sent(pattern), *again]


def evidence_of(*attempts: Attempt, **known: Any) -> Evidence:
    """Return the evidence of one recipient."""
    return Evidence(attempts[0].recipient, attempts, **known)


def campaign_of(attempts: Iterable[Attempt], **known: Evidence) -> dict[str, Evidence]:
    """Return a campaign's evidence by recipient; the evidence in ``known`` replaces that of its recipient."""
    gathered: dict[str, list[Attempt]] = {}
    for each in attempts:
        gathered.setdefault(each.recipient, []).append(each)
    found = {recipient: evidence_of(*rows) for recipient, rows in gathered.items()}
    found.update((each.recipient, each) for each in known.values())
    return found


def case(campaign: dict[str, Evidence], number: int, domain: str = "acme.example") -> RefusalCase:
    """Return the case of a recipient."""
    observations = gather(campaign.values())
    found = case_of(campaign[address(number, domain)], observations)
    assert found is not None
    return found


def refused_case(**columns: Any) -> RefusalCase:
    """Return the case of a campaign's only recipient, whose refusal has these columns."""
    return case(campaign_of(sent("x", **columns)), 0)
