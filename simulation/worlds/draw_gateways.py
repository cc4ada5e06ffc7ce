"""Draws the gateways of a world: their personas, mailboxes, lies and reports."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.people.directory import MailboxState
from fake_gateways.persona import Persona, load, parse
from fake_gateways.personas import text_of
from fake_gateways.policies import KINDS
from fake_gateways.session import ALWAYS_TOLD
from fake_gateways.truth import Cause
from simulation.worlds.draw_policies import MOST, bounce_later, draw_policies, kinds_for, kinds_that_refuse_for
from simulation.worlds.drawing import Drawing, Table
from simulation.worlds.features import HABITS, LAYOUTS, PERSONAS
from simulation.worlds.names import DOMAINS, ODD_PEOPLE, PEOPLE

_SIZES: Final = (6, 12, 20, 35, 60)
_ZONES: Final = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe")
_WORDS: Final = (
    "550 5.1.1 <{recipient}>: nobody of this name",
    "550 4.4.7 QUEUE.Expired; message expired",
    "554 not here\nask {host}",
    "451 4.2.1 later, {local_part}",
)


@dataclass
class Site:
    """A gateway: its table, and what others need to know of it.

    ``known`` are addresses there that lists may name. ``host`` is "" if companies share the table.
    """

    table: Table
    persona: Persona
    domains: list[str]
    host: str
    known: list[str] = field(default_factory=list)


def draw_gateways(draw: Drawing, campaigns: int) -> list[Site]:
    """Return the gateways. The more campaigns there are, the fewer mailboxes, so that the world stays small."""
    is_v6 = draw.wants("topology:ipv6") and draw.rng.random() < 0.3
    count = 1
    if not is_v6 and (draw.has("topology:several", 0.9) or draw.rng.random() < 0.3):
        draw.note("topology:several")
        count = draw.rng.randint(2, 6)
    people = max(3 * count, draw.choice(_SIZES) // campaigns)
    kinds = kinds_for(draw, count)
    names = draw.wanted_of(PERSONAS) or ["persona:postfix"]
    draw.rng.shuffle(names)
    domains = draw.rng.sample(DOMAINS, len(DOMAINS))
    sites = []
    for number in range(count):
        site = _site(draw, number, names[number % len(names)], domains, is_v6=is_v6)
        site.table["mailboxes"] = _mailboxes(draw, people // count, site.table.get("companies", 1))
        if draw.has("people:closes", 0.5):
            site.table["closes"] = _closes(draw, site)
        _named_mailboxes(draw, site)
        _policies(draw, site, kinds[number])
        _settings(draw, site)
        sites.append(site)
    return sites


def _site(draw: Drawing, number: int, feature: str, domains: list[str], *, is_v6: bool) -> Site:
    """Return a gateway with its persona and its domains, which are taken from those that are left."""
    name = draw.choice((f"{number}", f"{number}-{'x' * 40}", f"{number}--9")) if draw.has("odd:names", 0.7) else ""
    table: Table = {"name": name or f"gateway-{number + 1}"}
    draw.note(feature)
    if feature == "persona:own-file":
        table["persona"], persona = _own_persona(draw)
    else:
        table["persona"] = feature.partition(":")[2]
        persona = load(table["persona"])
    if not is_v6 and draw.has("topology:companies", 0.4):
        table["companies"] = draw.rng.randint(1, 3)
        if draw.has("topology:equal-sizes", 0.7):
            table["sizes"] = "equal"
        return Site(table, persona, [], "")
    own = [domains.pop()]
    if draw.has("topology:several-domains", 0.5):
        own.append(domains.pop())
    table["domains"] = own
    has_mx = not draw.has("topology:no-mx", 0.4)
    if not has_mx:
        table["has_mx"] = False
    if is_v6:
        draw.note("topology:ipv6")
        table["address"] = "::1"
    elif draw.has("topology:own-address", 0.5):
        table["address"] = f"127.2.0.{number + 1}"
    people = [*draw.some(PEOPLE, 8), *(draw.some(ODD_PEOPLE, 5) if draw.has("odd:addresses", 0.8) else ())]
    known = [f"{name}@{draw.choice(own)}" for name in people]
    host = persona.mx.format(label=own[0].replace(".", "-")) if has_mx else own[0]
    return Site(table, persona, own, host, known)


def _own_persona(draw: Drawing) -> tuple[str, Persona]:
    """Write a persona like one of ours, in another order. Its file is named by what is in it: personas are cached."""
    text = text_of(draw.choice(PERSONAS[:-1]).partition(":")[2])
    order = list(parse(text).order)
    draw.rng.shuffle(order)
    greeting = draw.choice(("stays", "closes", "reduced"))
    for key in ("name", "mx", "refused_greeting"):
        text = re.sub(rf"(?m)^{key} = .*\n", "", text, count=1)
    text = re.sub(r"(?ms)^order = \[.*?\]", f"order = {json.dumps(order)}", text)
    text = f'name = "own"\nmx = "mail.{{label}}.example"\nrefused_greeting = "{greeting}"\n{text}'
    name = f"own-{zlib.crc32(text.encode()):08x}.toml"
    draw.files[name] = text
    return name, parse(text)


def _mailboxes(draw: Drawing, people: int, companies: int) -> Table:
    found: Table = {"count": max(people, companies)}
    left = 1.0
    for state in (MailboxState.DEPARTED, MailboxState.FULL, MailboxState.DISABLED):
        if draw.has(f"people:{state}", 0.7):
            found[str(state)] = round(draw.rng.uniform(0.05, left * 0.6), 2)
            left -= found[str(state)]
    if draw.has("people:newcomers", 0.7):
        found |= {"newcomers": draw.share(), "newcomers_since": draw.duration(60, 172_800)}
    if draw.has("people:catch-all", 0.3):
        found["catch_all"] = True
    for what in ("turnover", "varies", "opens", "clicks", "complains", "away"):
        if draw.has(f"people:{what}", 0.7):
            found[what] = draw.share()
    return found


def _closes(draw: Drawing, site: Site) -> str | Table:
    """Draw when a company closes, or which of its domains."""
    after = draw.duration(60, 864_000)
    return {draw.choice(site.domains): after} if site.domains and draw.rng.random() < 0.5 else after


def _named_mailboxes(draw: Drawing, site: Site) -> None:
    if not site.known:
        return
    states = [str(state) for state in MailboxState]
    if draw.has("people:named", 0.7):
        site.table["mailbox"] = [
            {"address": address, "state": draw.choice(states)} for address in draw.some(site.known, 3)
        ]
    if draw.has("people:listed", 0.7):
        name = f"mailboxes{len(draw.files)}.csv"
        rows = [f"{address},{draw.choice(states)}" for address in draw.some(site.known, 4)]
        draw.files[name] = "\n".join(("address,state", *rows, ""))
        site.table["mailbox_list"] = name


def _policies(draw: Drawing, site: Site, kinds: list[str]) -> None:
    """Give a gateway policies, and what it says in place of their causes."""
    table = site.table
    lie = None
    if site.persona.lie and draw.has("gateway:lies-named", 0.6):
        lie = draw.choice(site.persona.lie)
        table["claims"] = lie.name
        kinds = _with_causes(draw, kinds, list(lie.claims))
    policies = draw_policies(draw, site.persona, kinds, site.known, site.domains)
    if draw.has("gateway:usual", 0.3):
        table["usual"] = True
        for kind in site.persona.numbers:
            draw.note(f"policy:{kind}")
    if any(draw.wants(feature) for feature in (*LAYOUTS, *HABITS, "reports:twice", "reports:late")) and (
        draw.rng.random() < 0.8
    ):
        _reports(draw, table)
        bounce_later(draw, policies)
    if policies:
        table["policy"] = policies
    if lie is None and draw.has("gateway:lies-table", 0.9):
        table["claims"] = _claims(draw, [policy["type"] for policy in policies])
    if lie is None and "claims" in table and draw.has("gateway:lies-words", 0.7):
        table["words"] = {cause: draw.choice(_WORDS) for cause in table["claims"] if draw.rng.random() < 0.7}
    if "claims" in table and draw.has("gateway:lies-share", 0.5):
        table["lies"] = draw.share()


def _with_causes(draw: Drawing, kinds: list[str], causes: list[Cause]) -> list[str]:
    """Return the policies, with one that refuses for each of some causes, in front."""
    needed: list[str] = []
    for cause in causes:
        able = kinds_that_refuse_for(cause)
        if cause not in ALWAYS_TOLD and "directory" not in able and not set(able) & {*kinds[:MOST], *needed}:
            needed.append(draw.choice(able))
    kept = [kind for kind in kinds if kind not in needed]
    causes_kept = [kind for kind in kept if set(KINDS[kind].nature.causes) & set(causes)]
    return [*needed, *causes_kept, *(kind for kind in kept if kind not in causes_kept)]


def _claims(draw: Drawing, kinds: list[str]) -> Table:
    """Draw what is claimed for some causes: mostly that the recipient is at fault, for those of the given policies."""
    own = {cause for kind in kinds for cause in KINDS[kind].nature.causes}
    possible = {*ALWAYS_TOLD, *own, *(cause for kind in ("directory", "relay") for cause in KINDS[kind].nature.causes)}
    real = draw.some([cause for cause in Cause if cause in (own or possible)], 4)
    if draw.rng.random() < 0.4:
        real.append(draw.choice([cause for cause in Cause if cause in possible]))
    told = [cause for cause in Cause if cause is not Cause.UNKNOWN]
    unkind = [Cause.USER_UNKNOWN, Cause.MAILBOX_DISABLED, Cause.ADDRESS_MOVED]
    found = {}
    for cause in real:
        among = unkind if draw.rng.random() < 0.6 else told
        found[str(cause)] = str(draw.choice([other for other in among if other is not cause]))
    return found


def _reports(draw: Drawing, table: Table) -> None:
    found: Table = {}
    layout = draw.one_of(*LAYOUTS)
    if layout:
        found["layout"] = layout.partition(":")[2]
    habits = [habit.partition(":")[2] for habit in HABITS if draw.has(habit, 0.6)]
    if habits:
        found["habits"] = habits
    if draw.has("reports:late", 0.7):
        found["after"] = draw.duration(1, 172_800)
    if draw.has("reports:twice", 0.7):
        found["twice"] = True
    table["reports"] = found


def _settings(draw: Drawing, site: Site) -> None:
    table = site.table
    if draw.has("gateway:size-limit", 0.4):
        table["size_limit"] = draw.choice(("400 B", "2 kB", "30 kB", "1 MB"))
    if draw.has("gateway:time-zone", 0.8):
        table["time_zone"] = draw.choice(_ZONES)
    if draw.has("gateway:xclient", 0.5):
        table["xclient"] = True
    if draw.has("gateway:proxy-protocol", 0.5):
        table["proxy_protocol"] = True
    if draw.has("gateway:login", 0.5):
        table["login"] = {
            "tls": draw.choice((True, False)),
            "accounts": {"anna": "Secret 1"},
            "refuse": draw.choice(("no", "credentials", "temporarily")),
            "limit": draw.rate(5),
        }
