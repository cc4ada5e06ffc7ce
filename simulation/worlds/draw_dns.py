"""Draws DNS records: ways to the gateways, what is said about the sender, blocklists; with timetables and failures."""

from __future__ import annotations

from typing import Final

from fake_gateways.dns.zone import blocklist_name
from simulation.worlds.draw_gateways import Site
from simulation.worlds.drawing import Drawing, Table, duration
from simulation.worlds.names import (
    DKIM_NAME,
    DOMAIN_ZONES,
    IP_ZONES,
    LINKED,
    NOBODY,
    RETURN_PATH,
    SENDER,
    URL_ZONES,
)

_ABSENT: Final = ("gone.test", "never.test")
_NULL: Final = "null.test"
_SPF: Final = (
    "v=spf1 -all",
    "v=spf1 ip4:127.10.0.1 ?all",
    "v=spf1 ~all",
    "v=spf1 a:mta.sender.example -all",
    "v=spf1 ip4:nonsense -all",
    "v=spf1 include:_spf.other.example -all",
    "v=spf1 redirect=bounce.sender.example",
    "v=spf1 exists:%{i}.ok.example -all",
    "v=spf2 nothing",
)
_DMARC: Final = ("p=none", "p=quarantine", "p=reject", "p=reject; pct=50", "p=reject; adkim=s; aspf=s", "p=nonsense")


def draw_ways(draw: Drawing, sites: list[Site]) -> tuple[list[Table], list[str], list[str]]:
    """Return records on the way to the gateways, absent domains, and addresses at domains without a gateway."""
    records: list[Table] = []
    strangers: list[str] = []
    named = [site for site in sites if site.domains]
    for number, site in enumerate(named):
        if site.table.get("has_mx", True):
            records += _exchangers(draw, site, number, [other for other in named if other is not site])
        if draw.has("topology:alias", 0.5):
            alias = f"alias-of-{site.domains[0]}"
            site.table["domains"] = site.domains = [*site.domains, alias]
            site.known.append(f"via-alias@{alias}")
            records.append(_record(alias, "CNAME", site.domains[0]))
    if draw.has("topology:null-mx"):
        records.append(_record(_NULL, "MX", "0 ."))
        strangers.append(f"nobody@{_NULL}")
    absent: list[str] = []
    if draw.has("topology:absent-domains"):
        absent = draw.some(_ABSENT, 2)
        strangers += [f"gone@{domain}" for domain in absent]
    return records, absent, strangers


def _exchangers(draw: Drawing, site: Site, number: int, others: list[Site]) -> list[Table]:
    domain, own = site.domains[0], f"10 {site.host}"
    is_v6 = "topology:ipv6" in draw.features
    records: list[Table] = []
    if site.table.get("address") and draw.has("topology:mx-moves", 0.5):
        moves = duration(draw.rng.randint(60, 14_400))
        first, then = draw.choice(((own, f"10 new.{domain}"), (f"10 new.{domain}", own)))
        return [
            _record(f"new.{domain}", "AAAA", site.table["address"])
            if is_v6
            else _record(f"new.{domain}", "A", draw.choice((site.table["address"], NOBODY.format(100 + number)))),
            {**_record(domain, "MX", first), "until": moves},
            {**_record(domain, "MX", then), "from": moves},
        ]
    if draw.has("topology:mx-fails", 0.4):
        begins = draw.rng.randint(60, 7200)
        ends = duration(begins + draw.rng.randint(60, 14_400))
        return [
            {**_record(domain, "MX", own), "until": duration(begins)},
            {**_record(domain, "CNAME", f"loop.{domain}"), "from": duration(begins), "until": ends},
            _record(f"loop.{domain}", "CNAME", domain),
            {**_record(domain, "MX", own), "from": ends},
        ]
    for kind, preference in (("lower", 5), ("equal", 10)):
        if not is_v6 and draw.has(f"topology:{kind}-mx", 0.4):
            dead = f"{kind}.{domain}"
            address = NOBODY.format(number + (1 if kind == "lower" else 50))
            records += [_record(dead, "A", address), _record(domain, "MX", f"{preference} {dead}")]
    other = draw.choice(others) if others else None
    if other is not None and draw.has("topology:backup-mx", 0.4):
        records.append(_record(domain, "MX", f"20 {other.host}"))
    return [*records, _record(domain, "MX", own)] if records else []


def draw_standing(draw: Drawing, helo: str, sources: list[str]) -> list[Table]:
    """Return records about the sender: its names, its authentication, and blocklists."""
    records: list[Table] = []
    fails = draw.choice(("spf", "dmarc", "blocklist")) if draw.has("dns:fails") else ""
    if fails == "spf":
        records += _loop(RETURN_PATH)
    elif draw.has("dns:spf-changes"):
        at = duration(draw.rng.randint(60, 21_600))
        first, then = draw.rng.sample(_SPF, 2)
        records += [{**_text(RETURN_PATH, first), "until": at}, {**_text(RETURN_PATH, then), "from": at}]
    elif draw.has("dns:spf"):
        records.append(_text(RETURN_PATH, draw.choice(_SPF)))
    if fails == "dmarc":
        records += _loop(f"_dmarc.{SENDER}")
    elif draw.has("dns:dmarc"):
        records.append(_text(f"_dmarc.{SENDER}", f"v=DMARC1; {draw.choice(_DMARC)}"))
    if draw.has("dns:text"):
        records.append({**_record(DKIM_NAME, "TXT", '"v=DKIM1; k=ed25519; " "p=broken"'), **draw.period()})
    if draw.has("dns:ptr"):
        records.append(_record("1.0.10.127.in-addr.arpa", "PTR", draw.choice(("other.example", helo))))
    if "topology:ipv6" not in draw.features and draw.has("dns:helo-moves"):
        records.append({**_record(helo, "A", "127.10.9.9"), **draw.period()})
    return [*records, *_blocklists(draw, helo, sources, fails=fails == "blocklist")]


def _blocklists(draw: Drawing, helo: str, sources: list[str], *, fails: bool) -> list[Table]:
    records: list[Table] = []
    if fails:
        records += _loop(f"*.{draw.choice(IP_ZONES)}")
    if draw.has("dns:blocklist"):
        listed = draw.some(sources, 2)
        records += [
            {**_record(blocklist_name(address, IP_ZONES[0]), "A", "127.0.0.4"), **draw.period()} for address in listed
        ]
    for feature, answer in (("dns:blocklist-errors", "127.255.255.254"), ("dns:blocklist-all", "127.0.0.2")):
        if draw.has(feature, 0.6):
            records.append({**_record(f"*.{draw.choice(IP_ZONES)}", "A", answer), **draw.period()})
    if draw.has("dns:domain-blocklist"):
        zone = draw.choice(DOMAIN_ZONES)
        name = draw.choice((RETURN_PATH, helo, SENDER))
        records.append({**_record(f"{name}.{zone}", "A", "127.0.1.2"), **draw.period()})
    if draw.has("dns:url-blocklist"):
        records.append({**_record(f"{draw.choice(LINKED)}.{URL_ZONES[0]}", "A", "127.0.0.2"), **draw.period()})
    return records


def _record(name: str, kind: str, value: str) -> Table:
    return {"name": name, "type": kind, "value": value}


def _text(name: str, text: str) -> Table:
    return _record(name, "TXT", f'"{text}"')


def _loop(name: str) -> list[Table]:
    """Return aliases that lead in a circle, for which a resolver answers SERVFAIL."""
    target = "circle.example" if name.startswith("*") else name
    found = [_record(name, "CNAME", "circle.example"), _record("circle.example", "CNAME", "loop.example")]
    return [*found, _record("loop.example", "CNAME", target)]
