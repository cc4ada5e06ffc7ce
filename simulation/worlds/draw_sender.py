"""Draws the sender: its addresses, limits, pauses, retries and what it does on the wire."""

from __future__ import annotations

from simulation.worlds.draw_gateways import Site
from simulation.worlds.drawing import Drawing, Table, duration
from simulation.worlds.names import HELO, IP_ZONES, RETURN_PATH, SENDER, SOURCE_V6, SOURCES

POOLS = ("bulk", "other")


def draw_sender(draw: Drawing, sites: list[Site]) -> Table:
    """Return the table ``sender``."""
    named = [site.domains[0] for site in sites if site.domains]
    helo = f"mta.{draw.choice(named)}" if named and draw.has("sender:borrowed-name") else HELO
    sender: Table = {"helo": helo, "return_path": RETURN_PATH, "ips": _addresses(draw), "rate": _rate(draw)}
    if draw.has("sender:one-connection"):
        sender["connections_per_gateway"] = 1
    limits = _limits(draw, sites)
    if limits:
        sender["limit"] = limits
    pause = _pause(draw)
    if pause:
        sender["pause"] = pause
    retest = _retest(draw)
    if retest:
        sender["retest"] = retest
    if draw.has("sender:diagnose"):
        sender["diagnose"] = _diagnose(draw)
    retry = _waits(draw) if draw.has("sender:retry") else {}
    for kind in ("connection", "rate"):
        if draw.has(f"sender:retry-{kind}"):
            retry[kind] = _waits(draw)
    if retry:
        sender["retry"] = retry
    sender |= _on_the_wire(draw)
    return sender


def _rate(draw: Drawing) -> str:
    speed = draw.one_of("sender:slow", "sender:fast")
    if speed == "sender:slow":
        return f"{draw.rng.randint(1, 4)}/1h"
    return f"{draw.rng.randint(20, 400)}/1s" if speed else f"{draw.rng.randint(2, 60)}/1m"


def _addresses(draw: Drawing) -> list[Table]:
    if "topology:ipv6" in draw.features:
        addresses: tuple[str, ...] = (SOURCE_V6,)
    else:
        addresses = SOURCES[: draw.rng.randint(2, 4) if draw.has("sender:several-ips") else 1]
    has_pools = draw.has("sender:pools")
    has_shares = len(addresses) > 1 and draw.has("sender:shares")
    found = []
    for number, address in enumerate(addresses):
        ip: Table = {"address": address}
        if has_pools:
            ip["pool"] = POOLS[number % 2]
        if has_shares:
            ip["share"] = draw.choice((0.1, 1.0, 3))
        zones = draw.some(IP_ZONES, 2)
        if draw.has("sender:listed-for-a-time", 0.6):
            ip["listed"] = [{"zone": zone, **draw.period()} for zone in zones]
        elif draw.has("sender:listed", 0.4):
            ip["listed"] = [{"zone": zone} for zone in zones]
        if draw.has("sender:warm-up", 0.7):
            ip["warm_up"] = [draw.rng.randint(1, 9) for _ in range(draw.rng.randint(1, 4))]
        found.append(ip)
    return found


def _limits(draw: Drawing, sites: list[Site]) -> list[Table]:
    named = [site for site in sites if site.domains]
    targets = ["*"]
    if named and draw.has("sender:limit-domain"):
        targets.append(draw.choice(draw.choice(named).domains))
    if named and draw.has("sender:limit-host"):
        targets.append(draw.choice(named).host)
    found = []
    for target in dict.fromkeys(targets):
        limit: Table = {"to": target}
        if draw.has("sender:limit-rate", 0.7):
            limit["rate"] = draw.rate(20, ("1s", "1m", "10m", "1h"))
        if draw.has("sender:limit-connections", 0.7):
            limit["connections"] = draw.rng.randint(1, 3)
        if len(limit) == 1 and target != "*":
            draw.note("sender:limit-rate")
            limit["rate"] = draw.rate(20, ("1m", "10m"))
        if len(limit) > 1:
            found.append(limit)
    return found


def _pause(draw: Drawing) -> Table:
    kind = draw.one_of("sender:pause-after", "sender:pause-context")
    if kind is None:
        return {}
    lasts = draw.duration(10, 14_400)
    if kind == "sender:pause-after":
        return {"after": draw.rng.randint(1, 6), "for": lasts}
    return {"when": "context", "for": lasts, **({"switch": True} if draw.has("sender:pause-switch") else {})}


def _retest(draw: Drawing) -> Table:
    kind = draw.one_of("sender:retest-unsure", "sender:retest-refused")
    if kind is None:
        return {}
    return {"who": kind.rpartition("-")[2], "after": draw.duration(60, 604_800), "rate": draw.rate(10, ("1m", "1h"))}


def _diagnose(draw: Drawing) -> Table:
    """Draw how experiments are made: few of them, because each takes much longer than a delivery."""
    return {
        "after": draw.duration(60, 86_400),
        "rate": draw.rate(20, ("10m", "1h")),
        "experiments": draw.rng.randint(1, 12),
    }


def _waits(draw: Drawing) -> Table:
    """Draw waits that end after some twelve attempts at most."""
    first = draw.rng.randint(5, 900)
    factor = draw.choice((1, 1.5, 2, 3.5))
    longest = first * (1 if factor == 1 else draw.choice((1, 2, 8, 16)))
    return {
        "first": duration(first),
        "factor": factor,
        "longest": duration(longest),
        "give_up_after": duration(longest * draw.rng.randint(1, 6)),
    }


def _on_the_wire(draw: Drawing) -> Table:
    found: Table = {}
    tls = draw.one_of("sender:tls-may", "sender:tls-must")
    if tls:
        found["tls"] = tls.rpartition("-")[2]
    if draw.has("sender:no-pipelining"):
        found["pipelining"] = False
    if draw.has("sender:shared-transactions", 0.6):
        found["recipients_per_transaction"] = draw.choice((2, 3, 10, 100))
    signing = draw.one_of("sender:dkim", "sender:dkim-rsa")
    if signing:
        found["dkim"] = {"domain": draw.choice((SENDER, SENDER, "other.example")), "selector": "s1"}
    if signing == "sender:dkim-rsa":
        found["dkim"]["key"] = "dkim.pem"
    if draw.has("sender:long-way"):
        found["round_trip"] = draw.duration(0.1, 3)
    if draw.has("sender:keep-open"):
        found["keep_open"] = draw.choice(("0s", "1s", "90s", "1h"))
    if draw.has("sender:impatient"):
        found["patience"] = draw.duration(1, 60)
    return found
