"""The names of everything a world can have, and the draw of those that one world may have."""

from __future__ import annotations

import random
from typing import Final

from fake_gateways.people.directory import MailboxState
from fake_gateways.personas import names
from fake_gateways.policies import KINDS
from fake_gateways.policies.content import WHERE
from fake_gateways.reports.dsn import Habit, Layout
from fake_gateways.smtp.envelope import Stage
from probe.classify.rules.formats import PARSERS
from simulation.part import pairs_of

PERSONAS: Final = tuple(f"persona:{name}" for name in (*names(), "own-file"))
POLICIES: Final = tuple(f"policy:{kind}" for kind in KINDS)
LAYOUTS: Final = tuple(f"layout:{layout}" for layout in Layout)
HABITS: Final = tuple(f"habit:{habit}" for habit in Habit)
FAULTS: Final = tuple(f"fault:{how}" for how in ("421", "hang", "cut", "malformed", "multi-line"))
STAGES: Final = tuple(stage for stage in Stage if stage is not Stage.REPORT)
RULES: Final = tuple(f"rules:{kind}" for kind in PARSERS)
INSTEADS: Final = tuple(f"instead:{fate}" for fate in ("junk", "quarantine", "discard", "bounce"))

GROUPS: Final[tuple[tuple[str, ...], ...]] = (
    PERSONAS,
    (*POLICIES, "policy:velocity-twice"),
    (
        *(f"at:{stage}" for stage in STAGES),
        *(f"asked:{when}" for when in ("share", "between", "from", "until", "domains")),
        *INSTEADS,
    ),
    (*FAULTS, *(f"fault-at:{stage}" for stage in STAGES)),
    (
        *(f"verification:{how}" for how in ("lag", "cached", "failing", "backend")),
        *(f"harvest:{how}" for how in ("hangs-up", "least-share")),
        *(f"content:{how}" for how in ("junk", *(f"own-rules-{where}" for where in WHERE))),
        *(f"logged:{how}" for how in ("refused", "later-stage", "reported", "cut")),
        "blocklist:errors-are-listings",
    ),
    (*LAYOUTS, *HABITS, "reports:twice", "reports:late"),
    tuple(
        f"people:{what}"
        for what in (
            *(state for state in MailboxState if state is not MailboxState.PRESENT),
            *("newcomers", "turnover", "varies", "closes", "catch-all"),
            *("opens", "clicks", "complains", "away", "named", "listed"),
        )
    ),
    tuple(
        f"topology:{what}"
        for what in (
            *("several", "companies", "equal-sizes", "several-domains", "no-mx", "ipv6", "own-address"),
            *("lower-mx", "equal-mx", "backup-mx", "null-mx", "alias", "mx-moves", "mx-fails", "absent-domains"),
        )
    ),
    tuple(
        f"gateway:{what}"
        for what in (
            *("usual", "size-limit", "lies-table", "lies-named", "lies-share", "lies-words", "time-zone"),
            *("xclient", "proxy-protocol", "login"),
        )
    ),
    tuple(
        f"sender:{what}"
        for what in (
            *("several-ips", "shares", "pools", "warm-up", "listed", "listed-for-a-time"),
            *("limit-rate", "limit-connections", "limit-domain", "limit-host"),
            *("pause-after", "pause-context", "pause-switch"),
            *("retest-unsure", "retest-refused", "retest-message", "diagnose"),
            *("retry", "retry-connection", "retry-rate"),
            *("tls-may", "tls-must", "no-pipelining", "shared-transactions", "dkim", "dkim-rsa"),
            *("one-connection", "long-way", "keep-open", "impatient", "slow", "fast", "borrowed-name"),
        )
    ),
    tuple(
        f"campaign:{what}"
        for what in ("several", "variants", "count", "list", "list-fields", "hours", "hours-zone", "later")
    ),
    tuple(
        f"message:{what}"
        for what in (
            *("html", "attachment", "zip", "virus", "links", "spam", "large"),
            *("unicode", "quoted-printable", "merge-fields", "dots", "long-lines", "hostile-words"),
        )
    ),
    tuple(
        f"dns:{what}"
        for what in (
            *("spf", "spf-changes", "dmarc", "ptr", "helo-moves", "fails", "text"),
            *("blocklist", "blocklist-all", "blocklist-errors", "domain-blocklist", "url-blocklist"),
        )
    ),
    ("judge:prices", "judge:classifiers", "judge:gates", *RULES),
    ("odd:addresses", "odd:names", "odd:words", "odd:seed", "odd:times"),
)
"""Features by what they are about. A world has a density for each group, or one for all of them."""

FEATURES: Final = tuple(feature for group in GROUPS for feature in group)
"""Everything that a world can have."""

_ONE_OF: Final = (
    ("sender:tls-may", "sender:tls-must"),
    ("sender:dkim", "sender:dkim-rsa"),
    ("dns:spf", "dns:spf-changes"),
    ("sender:slow", "sender:fast"),
    ("sender:pause-after", "sender:pause-context"),
    ("sender:pause-after", "sender:pause-switch"),
    ("sender:retest-unsure", "sender:retest-refused"),
    ("sender:shared-transactions", "message:merge-fields"),
)
_NOT_WITH_IPV6: Final = (
    *("topology:several", "topology:companies", "topology:equal-sizes"),
    *("topology:backup-mx", "topology:lower-mx", "topology:equal-mx"),
    *("sender:several-ips", "sender:shares", "topology:own-address", "dns:helo-moves"),
)
"""Loopback has one IPv6 address, so there is one of everything."""

APART: Final = frozenset(
    tuple(sorted(pair)) for pair in (*_ONE_OF, *(("topology:ipv6", other) for other in _NOT_WITH_IPV6))
)
"""Pairs of features that no world can have together."""

PAIRS: Final = frozenset(pairs_of(FEATURES)) - APART
"""Every pair of features that can meet, each in sorted order."""

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "policy:ip-reputation": ("sender:listed-for-a-time", "dns:blocklist"),
    "policy:sender-reputation": ("dns:domain-blocklist",),
    "policy:url-blocklist": ("dns:url-blocklist", "message:links"),
    "policy:spf": ("dns:spf-changes", "sender:several-ips"),
    "policy:dmarc": ("dns:dmarc", "dns:spf-changes"),
    "policy:dkim": ("sender:dkim", "dns:text"),
    "policy:tls-required": ("sender:tls-may",),
    "policy:client-name": ("sender:borrowed-name", "dns:helo-moves", "dns:ptr"),
    "policy:geography": ("sender:several-ips", "topology:several"),
    "policy:connections": ("sender:fast", "sender:long-way"),
    "policy:velocity": ("sender:fast",),
    "policy:directory-harvest": ("people:departed", "sender:fast"),
    "policy:recipient-verification": ("people:newcomers", "people:departed"),
    "policy:recipients-per-message": ("sender:shared-transactions",),
    "policy:earned-reputation": ("people:departed", "people:complains"),
    "policy:virus": ("message:virus",),
    "policy:attachments": ("message:attachment", "message:zip"),
    "policy:content": ("message:spam",),
    "policy:message-size": ("message:large", "campaign:variants"),
    "policy:as-logged": ("campaign:list",),
    "asked:domains": ("topology:several-domains", "at:rcpt"),
    "at:data": ("policy:tarpit",),
    "people:named": ("campaign:list",),
    "people:listed": ("campaign:list",),
    "people:varies": ("people:departed", "people:turnover"),
    "people:closes": ("campaign:several",),
    "topology:equal-sizes": ("topology:companies",),
    "people:clicks": ("people:opens", "message:links"),
    "fault:cut": ("policy:fault",),
    "fault:malformed": ("policy:fault",),
    "fault:multi-line": ("policy:fault",),
    "gateway:lies-table": ("policy:restricted-recipients", "policy:sender-reputation", "policy:content"),
    "gateway:lies-share": ("gateway:lies-table", "policy:geography"),
    "gateway:lies-words": ("gateway:lies-table",),
    "sender:retry-rate": ("policy:velocity",),
    "sender:pause-context": ("policy:ip-reputation",),
    "sender:limit-connections": ("sender:fast", "sender:long-way"),
}
"""Without these a feature has little to do: a world that may have it mostly may have them too."""

_DENSITIES: Final = (0.03, 0.1, 0.25, 0.45, 0.7)


def swarm(rng: random.Random) -> frozenset[str]:
    """Draw the features that a world may have: few of them or many, in all groups alike or in each as it comes."""
    for_all = rng.choice(_DENSITIES) if rng.random() < 0.5 else None
    found: list[str] = []
    for group in GROUPS:
        density = rng.choice(_DENSITIES) if for_all is None else for_all
        found += [feature for feature in group if rng.random() < density]
    for feature in tuple(found):
        found += [needed for needed in NEEDS.get(feature, ()) if rng.random() < 0.6]
    return frozenset(found)
