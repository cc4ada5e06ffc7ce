"""What the scenarios of each family look like: which companies there are, and what trouble they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from probe.studies.fit.draft import Draft
from probe.studies.fit.troubles import (
    LASTING,
    LATE,
    TROUBLES,
    Group,
    Trouble,
    bounced_for_an_outage,
    bounced_if_unknown,
    by_hours,
)

Shape = Callable[[Draft], None]
_OF_TENANTS: Final = ("listed", "quota", "content", "harvest", "restricted", "speed", "directory")


def _troubled(*names: str) -> Shape:
    """Return a family whose companies have one trouble of these, or with several names up to three of them."""

    def shape(draft: Draft) -> None:
        rng = draft.rng
        for number in range(rng.randint(4, 9)):
            group = draft.some_companies()
            if names and (number == 0 or rng.random() < 0.5):
                for name in names if len(names) == 1 else rng.sample(names, rng.randint(1, 3)):
                    TROUBLES[name](group, rng)
            else:
                _maybe_honest(draft, group)
            _maybe_habit(draft, group)

    return shape


def _closed(draft: Draft) -> None:
    """Companies of which everybody is gone, honestly refused for ever, beside others that may lie."""
    for _ in range(draft.rng.randint(2, 8)):
        _closing(draft)
    _others(draft, draft.rng.randint(3, 6), often=0.4)


def _closing(draft: Draft) -> None:
    """Add a company that has closed, or closes before the last campaign; its MX stays, goes, or says no mail."""
    rng = draft.rng
    small = rng.randint(2, 6)
    group = draft.exchanger(rng.choice([small, small, small, rng.randint(7, 40), rng.randint(40, 150)]))
    (domain,) = group.table["domains"]
    group.table["mailboxes"]["catch_all"] = False
    if not draft.span_days or rng.random() < 0.4:
        group.table["mailboxes"] |= {"departed": 1.0, "full": 0.0}
        return
    closes = f"{rng.uniform(0.02, 1.0) * draft.span_days * 24.0:.3f}h"
    group.table["closes"] = closes
    goes = rng.choice(["stays", "stays", "goes", "refuses"])
    if goes != "stays":
        number = len(draft.groups)
        group.table["address"] = f"127.2.0.{number}"
        draft.dns += [
            {"name": f"mx.{domain}", "type": "A", "value": f"127.2.0.{number}"},
            {"name": domain, "type": "MX", "value": f"10 mx.{domain}", "until": closes},
        ]
    if goes == "refuses":
        draft.dns.append({"name": domain, "type": "MX", "value": "0 .", "from": closes})


def _reports(draft: Draft) -> None:
    """Exchangers that accept, and bounce later for content or an outage."""
    rng = draft.rng
    for number in range(rng.randint(4, 8)):
        group = draft.some_companies()
        if number == 0 or rng.random() < 0.5:
            rng.choice(LATE)(group, rng)
        elif rng.random() < 0.4:
            bounced_if_unknown(group, rng)
        else:
            _maybe_honest(draft, group)


def _tenants(draft: Draft) -> None:
    """Exchangers with several domains, of which some have rules of their own."""
    rng = draft.rng
    for _ in range(rng.randint(2, 4)):
        group = _shared_exchanger(draft)
        domains = group.table["domains"]
        for domain in rng.sample(domains, rng.randint(1, max(1, len(domains) // 2))):
            group.tenant = (domain,)
            TROUBLES[rng.choice(_OF_TENANTS)](group, rng)
        group.tenant = ()
    _others(draft, rng.randint(1, 3), often=0.3)


def _shared_exchanger(draft: Draft) -> Group:
    tenants = draft.rng.randint(3, 15)
    return draft.exchanger(round(tenants * 10 ** draft.rng.uniform(0.3, 1.5)), tenants)


def _lasting(draft: Draft) -> None:
    """Small companies, and causes that are still there when a test comes."""
    rng = draft.rng
    for number in range(rng.randint(4, 7)):
        companies = rng.randint(3, 20)
        group = draft.companies(companies * rng.randint(1, 12), companies, equal=rng.random() < 0.5)
        if number == 0 or rng.random() < 0.6:
            rng.choice(LASTING)(group, rng)


def _tiny(draft: Draft) -> None:
    """Many companies of one to six mailboxes each."""
    rng = draft.rng
    for number in range(rng.randint(3, 6)):
        companies = rng.randint(8, 40)
        group = draft.companies(companies * rng.randint(1, 6), companies, equal=True)
        if number == 0 or rng.random() < 0.5:
            TROUBLES[rng.choice(list(TROUBLES))](group, rng)
        else:
            _maybe_honest(draft, group)


def _history(draft: Draft) -> None:
    """Many campaigns to the same people; companies close, and lies begin and end, in between."""
    rng = draft.rng
    _others(draft, rng.randint(3, 5), often=0.5)
    for _ in range(rng.randint(1, 3)):
        _closing(draft)


def _merged(draft: Draft) -> None:
    """Exchangers go on while one of their domains is retired, and elsewhere a filter lies meanwhile."""
    rng = draft.rng
    for _ in range(rng.randint(2, 4)):
        group = draft.exchanger(rng.randint(10, 120), rng.randint(2, 4))
        retired = rng.choice(group.table["domains"])
        group.table["closes"] = {retired: f"{rng.uniform(0.0, max(1, draft.span_days)) * 24.0:.3f}h"}
    _others(draft, rng.randint(2, 4), often=0.5)


def _expired(draft: Draft) -> None:
    """Nobody is refused in the dialogue: what is unknown and what was out for a time come back as reports alike."""
    rng = draft.rng
    for number in range(rng.randint(4, 7)):
        group = draft.some_companies()
        if number == 0 or rng.random() < 0.4:
            bounced_for_an_outage(group, rng)
        bounced_if_unknown(group, rng)


def _office(draft: Draft) -> None:
    """Filters that refuse at certain hours, and tests that come at the same hour of another day."""
    rng = draft.rng
    for number in range(rng.randint(4, 7)):
        group = draft.some_companies()
        if number == 0 or rng.random() < 0.5:
            by_hours(group, rng)
        else:
            _maybe_honest(draft, group)


def _crowded(draft: Draft) -> None:
    """Tenants and tiny companies under a listing of weeks, of one address, while some of them close."""
    rng = draft.rng
    for _ in range(rng.randint(2, 3)):
        group = _shared_exchanger(draft)
        if rng.random() < 0.6:
            group.tenant = tuple(rng.sample(group.table["domains"], 2))
            rng.choice(LASTING)(group, rng)
    for _ in range(rng.randint(2, 3)):
        companies = rng.randint(5, 25)
        group = draft.companies(companies * rng.randint(1, 4), companies, equal=True)
        if rng.random() < 0.6:
            rng.choice(LASTING)(group, rng)
    for _ in range(rng.randint(1, 3)):
        _closing(draft)


def _others(draft: Draft, count: int, often: float) -> None:
    """Add companies that lie so often, for any trouble."""
    every: Sequence[Trouble] = [*TROUBLES.values(), *LATE]
    for _ in range(count):
        group = draft.some_companies()
        if draft.rng.random() < often:
            draft.rng.choice(every)(group, draft.rng)
        else:
            _maybe_honest(draft, group)


def _maybe_honest(draft: Draft, group: Group) -> None:
    """Give a gateway a trouble that it tells as it is, or none."""
    if draft.rng.random() < 0.4:
        TROUBLES[draft.rng.choice(list(TROUBLES))](group, draft.rng)
        group.table |= {"claims": {}, "words": {}}


def _maybe_habit(draft: Draft, group: Group) -> None:
    """Let a gateway greylist, or look recipients up later than at RCPT."""
    rng = draft.rng
    if rng.random() >= 0.25:
        return
    habit = rng.choice(["greylisting", "later", "at-end"])
    if habit == "greylisting":
        group.refuse("greylisting")
    elif habit == "later":
        bounced_if_unknown(group, rng)
    else:
        group.refuse("directory", at="end-of-data")


SHAPES: Final[dict[str, Shape]] = {
    **{name: _troubled(name) for name in TROUBLES},
    "mixed": _troubled(*TROUBLES),
    "honest": _troubled(),
    "closed": _closed,
    "reports": _reports,
    "tenants": _tenants,
    "lasting": _lasting,
    "uneven": _troubled(*TROUBLES),
    "tiny": _tiny,
    "strangers": _troubled(*TROUBLES),
    "history": _history,
}
"""The families of the fit."""

RESERVED_SHAPES: Final[dict[str, Shape]] = {
    "merged": _merged,
    "expired": _expired,
    "office": _office,
    "crowded": _crowded,
}
"""Families for figures alone."""
