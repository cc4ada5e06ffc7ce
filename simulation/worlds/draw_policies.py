"""Draws the policies of a gateway: which, with what settings, when they are asked and what happens instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fake_gateways.persona import Persona, names
from fake_gateways.policies import KINDS
from fake_gateways.policies.content import WHERE
from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from fake_gateways.truth import Cause
from simulation.worlds.drawing import Drawing, Table
from simulation.worlds.features import FAULTS, INSTEADS, POLICIES, STAGES
from simulation.worlds.names import DOMAIN_ZONES, HELO, IP_ZONES, RETURN_PATH, SENDER, URL_ZONES

MOST: Final = 8
"""Policies of one gateway, at most: more would hide each other."""


def draw_policies(
    draw: Drawing, persona: Persona, kinds: list[str], known: list[str], domains: list[str]
) -> list[Table]:
    """Return the policies of one gateway. ``known`` are addresses there that a log may name, ``domains`` its own."""
    found = [_policy(draw, persona, kind, known, is_crowded=len(kinds) > 3) for kind in kinds[:MOST]]
    if "velocity" in kinds[:MOST] and draw.has("policy:velocity-twice", 0.7):
        found.append(_policy(draw, persona, "velocity", known, is_crowded=False))
    for settings in found:
        _limit_to_tenant(draw, persona, settings, domains)
    return found


def kinds_for(draw: Drawing, gateways: int) -> list[list[str]]:
    """Share out the wanted policies: each goes to one gateway at least."""
    shared: list[list[str]] = [[] for _ in range(gateways)]
    wanted = [feature.partition(":")[2] for feature in draw.wanted_of(POLICIES)]
    draw.rng.shuffle(wanted)
    for kind in wanted:
        certain = draw.rng.randrange(gateways)
        for number, kinds in enumerate(shared):
            if number == certain or draw.rng.random() < 0.2:
                kinds.append(kind)
    return shared


def kinds_that_refuse_for(cause: Cause) -> list[str]:
    """Return the policies that can refuse for a cause, as far as a scenario needs no log for it."""
    return [kind for kind, settings in KINDS.items() if cause in settings.nature.causes and kind != "as-logged"]


def bounce_later(draw: Drawing, policies: list[Table]) -> None:
    """Make sure that a gateway has something to send a delivery report about."""
    if any(policy.get("instead") == "bounce" for policy in policies):
        return
    draw.note("policy:directory")
    draw.note("instead:bounce")
    for policy in policies:
        if policy["type"] == "directory":
            policy["instead"] = "bounce"
            return
    policies.append({"type": "directory", "instead": "bounce"})


def _policy(draw: Drawing, persona: Persona, kind: str, known: list[str], *, is_crowded: bool) -> Table:
    draw.note(f"policy:{kind}")
    settings = _SETTINGS.get(kind, _nothing)(draw, known)
    if kind == "content" and "junk_at" in persona.numbers.get(kind, {}) and "junk_at" not in settings:
        draw.note("content:junk")  # the persona's would be above our refuse_at
        settings["junk_at"] = 1.0
    _place(draw, persona, kind, settings)
    if (is_crowded or kind == "fault") and draw.rng.random() < 0.7:
        draw.note("asked:share")
        settings["share"] = draw.share(0.05, 0.6)
    elif draw.has("asked:share", 0.3):
        settings["share"] = draw.share(0.1, 1.0)
    if draw.has("asked:between", 0.3):
        settings["between"] = [f"{draw.rng.randrange(24):02}:{draw.rng.randrange(60):02}" for _ in range(2)]
    begins, ends = sorted(draw.rng.sample(range(60, 43_200), 2))
    if draw.has("asked:from", 0.3):
        settings["from"] = f"{begins}s"
    if draw.has("asked:until", 0.3):
        settings["until"] = f"{ends}s"
    if draw.rng.random() < 0.3:
        instead = draw.one_of(*INSTEADS)
        if instead:
            settings["instead"] = instead.partition(":")[2]
    return {"type": kind, **settings}


def _limit_to_tenant(draw: Drawing, persona: Persona, settings: Table, domains: list[str]) -> None:
    """Ask a policy about one domain of several only, if it acts where a recipient is known."""
    nature = KINDS[settings["type"]].nature
    at = settings.get("at", persona.at.get(settings["type"], nature.usual))
    if len(domains) > 1 and at not in BEFORE_RCPT and settings["type"] != "relay" and draw.has("asked:domains", 0.5):
        settings["domains"] = [draw.choice(domains)]


def _place(draw: Drawing, persona: Persona, kind: str, settings: Table) -> None:
    """Ask a policy at a wanted stage at which it can act, often another than its persona's."""
    nature = KINDS[kind].nature
    usual = persona.at.get(kind, nature.usual)
    if kind == "fault":
        stages = [stage for stage in STAGES if draw.wants(f"fault-at:{stage}")]
        at = draw.choice(stages) if stages else usual
        draw.note(f"fault-at:{at}")
        if at != usual:
            settings["at"] = str(at)
        return
    stages = [stage for stage in STAGES if stage in nature.stages and draw.wants(f"at:{stage}")]
    if Stage.CONNECT in stages and _needs_names(kind, settings):
        stages.remove(Stage.CONNECT)
    if stages and draw.rng.random() < 0.5:
        at = draw.choice(stages)
        draw.note(f"at:{at}")
        settings["at"] = str(at)


def _needs_names(kind: str, settings: Table) -> bool:
    """Whether a policy looks at what is not known at connect: the HELO name, the return-path."""
    return (kind == "velocity" and "sender-domain" in settings["per"]) or (
        kind == "client-name" and any(test.startswith("helo") for test in settings["require"])
    )


def _nothing(_draw: Drawing, _known: list[str]) -> Table:
    return {}


def _fault(draw: Drawing, _: list[str]) -> Table:
    how = draw.one_of(*FAULTS)
    if how is None:
        draw.note("fault:421")
        return {}
    return {"how": how.partition(":")[2]}


def _connections(draw: Drawing, _: list[str]) -> Table:
    return {"most": draw.choice((1, 1, 1, 2, 3)), "per": draw.choice(("ip", "/24", "all"))}


def _tarpit(draw: Drawing, _: list[str]) -> Table:
    return {
        "delay": draw.duration(0.5, 400),
        "after_refusals": draw.choice((0, 0, 1, 3)),
        "slows": draw.choice(("refusals", "everything")),
    }


def _geography(draw: Drawing, _: list[str]) -> Table:
    return {
        "regions": {"Near": ["127.10.0.0/24", "::/64"], "far": ["127.11.0.0/16"], "elsewhere": ["10.0.0.0/8"]},
        "refuse": draw.choice((["far"], ["far", "elsewhere"], ["Near"])),
    }


def _ip_reputation(draw: Drawing, _: list[str]) -> Table:
    found: Table = {"zones": draw.some(IP_ZONES, 2)}
    if draw.rng.random() < 0.3:
        found["deny"] = draw.some(("127.10.0.1", "127.10.0.0/24", "::1", "127.0.0.0/8"), 2)
    if draw.rng.random() < 0.2:
        found["allow"] = draw.some(("127.10.0.2", "127.11.0.0/16", "::1"), 2)
    if draw.has("blocklist:errors-are-listings", 0.7):
        found["errors_are_listings"] = True
    return found


def _earned_reputation(draw: Drawing, _: list[str]) -> Table:
    return {
        "accepted": draw.share(0, 2),
        "unknown": -draw.share(0, 5),
        "spam": -draw.share(0, 5),
        "complaint": -draw.share(0, 9),
        "complaints": draw.share(0, 0.5),
        "refuse_below": draw.choice((-10.0, -3.0, -0.5, 0.5)),
        "per": draw.choice(("ip", "/24", "sender-domain")),
        "half_life": draw.duration(60, 864_000),
    }


def _client_name(draw: Drawing, _: list[str]) -> Table:
    return {"require": draw.some(("ptr", "forward-confirmed", "helo-fqdn", "helo-resolves", "helo-not-ours"), 4)}


def _most(draw: Drawing, _: list[str]) -> Table:
    return {"most": draw.choice((1, 2, 3, 5, 20))}


def _sender_domain(draw: Drawing, _: list[str]) -> Table:
    denied = draw.some((RETURN_PATH, SENDER, "other.example"), 2)
    return {"deny": denied} if draw.rng.random() < 0.3 else {}


def _sender_reputation(draw: Drawing, _: list[str]) -> Table:
    return {
        "zones": draw.some(DOMAIN_ZONES, 2),
        **({"deny": draw.some((RETURN_PATH, HELO, "other.example"), 2)} if draw.rng.random() < 0.3 else {}),
    }


def _spf(draw: Drawing, _: list[str]) -> Table:
    return {"refuse": draw.some(("fail", "softfail", "neutral", "none", "temperror", "permerror", "pass"), 4)}


def _velocity(draw: Drawing, _: list[str]) -> Table:
    return {
        "limit": draw.rate(6, ("10s", "1m", "10m", "1h", "1d")),
        "count": draw.choice(("messages", "recipients", "connections")),
        "per": draw.some(("ip", "/24", "sender-domain"), 3),
        **({"block_for": draw.duration(30, 7200)} if draw.rng.random() < 0.5 else {}),
    }


def _directory_harvest(draw: Drawing, _: list[str]) -> Table:
    found: Table = {
        "limit": draw.rate(2, ("10m", "1h", "1d")),
        "per": draw.choice(("ip", "/24")),
        "block_for": draw.duration(30, 86_400),
    }
    if draw.has("harvest:least-share", 0.7):
        found["least_share"] = draw.share()
    if draw.has("harvest:hangs-up", 0.7):
        found["hangs_up"] = True
    return found


def _recipient_verification(draw: Drawing, _: list[str]) -> Table:
    found: Table = {}
    if draw.has("verification:lag", 0.7):
        found["lag"] = draw.duration(60, 172_800)
    if draw.has("verification:cached", 0.7):
        found |= {"keep_absent": draw.duration(60, 86_400), "keep_present": draw.duration(60, 86_400)}
    if draw.has("verification:failing", 0.5):
        found["failing"] = draw.choice(("defers", "unknown"))
    if draw.has("verification:backend", 0.7):
        found["backend"] = draw.choice(names())
    return found


def _restricted(draw: Drawing, _: list[str]) -> Table:
    return {"part": draw.share(0.1, 0.9)}


_LOGGED: Final[dict[str, Table]] = {
    "refused": {"stage": "rcpt", "code": 550, "enhanced": "5.1.1", "text": "no such user: {recipient}"},
    "later-stage": {"stage": "end-of-data", "code": 554, "text": "Message refused\nas {local_part} wished"},
    "reported": {"stage": "report", "code": 550, "text": "host said: 5.2.1 mailbox disabled", "status": "5.2.1"},
}


def _as_logged(draw: Drawing, known: list[str]) -> Table:
    """Draw a log of some recipients' replies. Those that are on no list get no mail, as in real logs."""
    kinds = [kind for kind in _LOGGED if draw.has(f"logged:{kind}")] or ["refused"]
    replies = []
    for kind in kinds:
        replies.append({"id": kind, "cause": str(draw.choice(list(Cause))), **_LOGGED[kind]})
        draw.note(f"logged:{kind}")
    replies.append({"id": "wait", "cause": "greylisted", "code": 451, "text": "try later", "seen": 3})
    ids = [*(reply["id"] for reply in replies), "-"]
    if draw.has("logged:cut"):
        ids.append("!")
    rows = [
        f"{address},{' '.join(draw.choice(ids) for _ in range(draw.rng.randint(1, 4)))}"
        for address in (draw.some(known, len(known)) if known else ())
    ]
    name = f"log{len(draw.files)}.csv"
    draw.files[name] = "\n".join(("recipient,replies", *rows, ""))
    return {"log": name, "reply": replies}


def _greylisting(draw: Drawing, _: list[str]) -> Table:
    found: Table = {"wait": draw.duration(10, 7200), "window": draw.duration(7300, 172_800)}
    if draw.rng.random() < 0.3:
        found["keep"] = draw.duration(600, 86_400)
    if draw.rng.random() < 0.3:
        found["trust_after"] = draw.choice((1, 2, 5))
    return {**found, "mask": draw.choice((32, 24, 19))}


def _dkim(draw: Drawing, _: list[str]) -> Table:
    return {"refuse": draw.some(("none", "fail", "temperror", "pass"), 3)}


def _message_size(draw: Drawing, _: list[str]) -> Table:
    return {"limit": draw.choice(("500 B", "1 kB", "2 KiB", "20 kB"))}


def _attachments(draw: Drawing, _: list[str]) -> Table:
    return {"types": draw.some((".exe", ".pdf", ".js", ".txt"), 3)} if draw.rng.random() < 0.5 else {}


def _url_blocklist(_draw: Drawing, _: list[str]) -> Table:
    return {"zones": list(URL_ZONES)}


_PATTERNS: Final = {
    "subject": "offer|caf.",
    "words": r"\bfree\b|guarantee",
    "links": "offers",
    "attachments": "exe|pdf|txt$",
    "markup": "<img|<b>",
}


def _content(draw: Drawing, _: list[str]) -> Table:
    rules = [
        {"where": where, "pattern": _PATTERNS[where], "points": draw.choice((-1.0, 0.5, 2.0, 5.0))}
        for where in WHERE
        if draw.has(f"content:own-rules-{where}", 0.7)
    ]
    found: Table = {"refuse_at": draw.choice((1.0, 3.0, 7.0)), **({"rules": rules} if rules else {})}
    if draw.has("content:junk", 0.7):
        found["junk_at"] = draw.choice((0.5, 1.0))
    return found


_SETTINGS: Final[dict[str, Callable[[Drawing, list[str]], Table]]] = {
    "fault": _fault,
    "connections": _connections,
    "greet-pause": lambda draw, _: {"pause": draw.duration(0.5, 400)},
    "tarpit": _tarpit,
    "geography": _geography,
    "ip-reputation": _ip_reputation,
    "earned-reputation": _earned_reputation,
    "client-name": _client_name,
    "messages-per-connection": _most,
    "sender-domain": _sender_domain,
    "sender-reputation": _sender_reputation,
    "spf": _spf,
    "velocity": _velocity,
    "directory-harvest": _directory_harvest,
    "recipients-per-message": _most,
    "recipient-verification": _recipient_verification,
    "restricted-recipients": _restricted,
    "as-logged": _as_logged,
    "greylisting": _greylisting,
    "dkim": _dkim,
    "message-size": _message_size,
    "attachments": _attachments,
    "url-blocklist": _url_blocklist,
    "content": _content,
}
"""How the settings of each policy are drawn. The others have none of their own."""
