"""Gateways whose reason to refuse is known: one for each cause, persona and seed, honest or lying."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from fake_gateways import persona
from fake_gateways.policies.virus import EICAR
from fake_gateways.truth import Cause, Fault
from probe.studies.diagnose.messages import Message, add_file, add_link, draw_message

USUAL: Final = "127.10.0.1"
NEIGHBOUR: Final = "127.10.0.2"
ELSEWHERE: Final = "127.11.0.1"
NAMED: Final = "127.10.0.9"
DOMAIN: Final = "acme.example"
_ZONE: Final = "bl.reputation.example"
_LINKS_ZONE: Final = "uri.reputation.example"
_RETURN_DOMAIN: Final = "bounce.sender.example"
_FROM_DOMAIN: Final = "sender.example"
OTHER_DOMAIN: Final = "other-sender.example"
OTHER_NAME: Final = "mail.other-sender.example"
MESSAGE: Final = "message.eml"
"""The file of a case's message."""
_BESIDE: Final[tuple[Mapping[str, Any], ...]] = (
    {"type": "directory-harvest", "limit": "4/1h", "block_for": "1h"},
    {"type": "directory-harvest", "limit": "8/1h", "block_for": "1h", "per": "/24"},
    {"type": "velocity", "limit": "8/5m", "count": "recipients", "block_for": "30m"},
    {"type": "messages-per-connection", "most": 5},
    {"type": "tarpit"},
    {"type": "fault", "how": "421", "share": 0.03},
)
"""Policies beside the one that refuses. They refuse whoever is fast, or asks for unknown recipients: also a probe."""


class Draft(NamedTuple):
    """A case while it is drawn. ``gateway`` and ``sender`` are tables of the scenario, ``dns`` its records."""

    gateway: dict[str, Any]
    sender: dict[str, Any]
    dns: list[dict[str, Any]]
    message: Message

    def policy(self, **policy: Any) -> None:
        """Add a policy."""
        self.gateway["policy"].append(policy)

    def record(self, name: str, kind: str, value: str) -> None:
        """Add a DNS record."""
        self.dns.append({"name": name, "type": kind, "value": value})


def _mailboxes(key: str) -> Callable[[Draft, random.Random], None]:
    def draw(draft: Draft, rng: random.Random) -> None:
        draft.gateway["mailboxes"][key] = round(rng.uniform(0.1, 0.3), 3)

    return draw


def _ip_reputation(draft: Draft, rng: random.Random) -> None:
    stage = rng.choice(["connect", "mail", "rcpt"])
    kind = rng.randrange(3)
    if kind == 0:
        draft.sender["ips"][0]["listed"] = [{"zone": _ZONE}]
        draft.policy(type="ip-reputation", zones=[_ZONE], at=stage)
    else:
        network = "127.10.0.0/24" if kind == 1 else USUAL + "/32"
        draft.policy(type="ip-reputation", deny=[network], at=stage)


def _sender_rejected(draft: Draft, rng: random.Random) -> None:
    stage = rng.choice(["mail", "rcpt"])
    if rng.random() < 0.5:
        draft.policy(type="sender-domain", deny=[_RETURN_DOMAIN], at=stage)
    else:
        draft.policy(type="sender-reputation", deny=[_FROM_DOMAIN], at=stage)


def _content(draft: Draft, rng: random.Random) -> None:
    message = draft.message
    kind = rng.choice(["zone", "score", "subject", "words", "links", "attachments", "markup"])
    if kind == "zone":
        draft.record(f"{add_link(message, rng)}.{_LINKS_ZONE}", "A", "127.0.0.2")
        draft.policy(type="url-blocklist", zones=[_LINKS_ZONE])
        return
    if kind == "score":
        message.subject = "Last chance: FREE offer, act now"
        draft.policy(type="content", refuse_at=rng.choice([2.0, 3.0]), junk_at=1.5)
        return
    message.markup = message.pixel = message.pixel or kind == "markup"
    pattern = "".join(each if each.isalnum() or each in " <" else "." for each in _disliked(kind, message, rng))
    draft.policy(type="content", refuse_at=7.0, rules=[{"where": kind, "pattern": pattern, "points": 9.0}])


def _disliked(kind: str, message: Message, rng: random.Random) -> str:
    """Return a text of a kind of part that the message has, or gets."""
    if kind == "subject":
        return message.subject
    if kind == "words":
        return rng.choice(message.paragraphs)
    if kind == "links":
        return add_link(message, rng)
    return "<img" if kind == "markup" else _suffix(add_file(message, rng))


def _suffix(file: str) -> str:
    return "." + file.rpartition(".")[2]


def _virus(draft: Draft, rng: random.Random) -> None:
    if rng.random() < 0.1:
        draft.message.paragraphs.append(EICAR.decode())
        draft.message.markup = draft.message.pixel = False
    else:
        add_file(draft.message, rng)
        draft.message.infected = True
    draft.policy(type="virus")


def _other_policy(draft: Draft, rng: random.Random) -> None:
    kind = rng.choice(["attachments", "attachments", "client-name", "geography"])
    if kind == "attachments":
        draft.policy(type=kind, types=[_suffix(add_file(draft.message, rng))])
    elif kind == "client-name":
        draft.sender["helo"] = "mta1.unknown-name.example"
        draft.policy(type=kind, require=["helo-resolves"])
    else:
        country = {"XX": ["127.10.0.0/16"], "YY": ["127.11.0.0/16"]}
        draft.policy(type=kind, regions=country, refuse=["XX"], at=rng.choice(["connect", "mail", "rcpt"]))


def _authentication(draft: Draft, rng: random.Random) -> None:
    kind = rng.choice(["spf", "dkim", "dmarc"])
    if kind == "spf":
        draft.record(_RETURN_DOMAIN, "TXT", f'"v=spf1 ip4:{ELSEWHERE} -all"')
        draft.policy(type=kind, at=rng.choice(["mail", "rcpt", "end-of-data"]))
        return
    draft.message.signed = False
    if kind == "dkim":
        draft.policy(type=kind, refuse=["none"])
    else:
        draft.record(f"_dmarc.{_FROM_DOMAIN}", "TXT", '"v=DMARC1; p=reject"')
        draft.policy(type=kind)


def _velocity(draft: Draft, rng: random.Random) -> None:
    minutes = rng.choice([10, 30, 60])
    sent = int(draft.sender["rate"].partition("/")[0]) * minutes / 60
    draft.policy(
        type="velocity",
        limit=f"{max(2, round(sent * rng.uniform(0.2, 0.6)))}/{minutes}m",
        per=[rng.choice(["ip", "/24", "sender-domain"])],
        count=rng.choice(["messages", "recipients"]),
        block_for=rng.choice(["0s", "10m", "1h"]),
        at=rng.choice(["mail", "rcpt", "rcpt"]),
    )


def _too_large(draft: Draft, rng: random.Random) -> None:
    draft.message.filled_with = draft.message.filled_with or 10
    size = len(draft.message.render())
    limit = f"{size * rng.uniform(0.3, 0.9) / 1000:.2f} kB"
    if rng.random() < 0.3:
        draft.gateway["size_limit"] = limit
    else:
        draft.policy(type="message-size", limit=limit)


def _tls(draft: Draft, rng: random.Random) -> None:
    draft.policy(type="tls-required", at=rng.choice(["mail", "rcpt"]))


def _harvest(draft: Draft, rng: random.Random) -> None:
    draft.gateway["mailboxes"]["departed"] = 0.4
    draft.policy(
        type="directory-harvest",
        limit=f"{rng.randint(2, 6)}/1h",
        block_for=rng.choice(["30m", "2h"]),
        per=rng.choice(["ip", "/24"]),
    )


def _greylisted(draft: Draft, rng: random.Random) -> None:
    draft.policy(type="greylisting", wait=rng.choice(["5m", "10m", "15m"]), mask=rng.choice([32, 24]))


def _system(draft: Draft, rng: random.Random) -> None:
    kind = rng.choice(["421", "421", "hang", "cut", "directory"])
    passes = {"until": "3h"} if rng.random() < 0.5 else {}
    if kind == "directory":
        draft.policy(type="recipient-verification", failing="defers", **passes)
    else:
        draft.policy(type="fault", how=kind, at=rng.choice(["connect", "mail", "rcpt"]), **passes)


_DRAW: Final[Mapping[Cause, Callable[[Draft, random.Random], None]]] = {
    Cause.USER_UNKNOWN: _mailboxes("departed"),
    Cause.MAILBOX_DISABLED: _mailboxes("disabled"),
    Cause.MAILBOX_FULL: _mailboxes("full"),
    Cause.IP_REPUTATION: _ip_reputation,
    Cause.SENDER_REJECTED: _sender_rejected,
    Cause.CONTENT: _content,
    Cause.VIRUS: _virus,
    Cause.POLICY: _other_policy,
    Cause.AUTHENTICATION: _authentication,
    Cause.VELOCITY: _velocity,
    Cause.TOO_LARGE: _too_large,
    Cause.TLS_REQUIRED: _tls,
    Cause.DIRECTORY_HARVEST: _harvest,
    Cause.GREYLISTED: _greylisted,
    Cause.SYSTEM: _system,
}
CAUSES: Final = tuple(_DRAW)
"""The causes that a simulated gateway can have."""


@dataclass(frozen=True)
class Case:
    """A gateway that refuses for a known cause."""

    cause: Cause
    persona: str
    lies: bool
    seed: int

    @property
    def weight(self) -> int:
        """How often such a gateway is met, compared with others of its cause.

        Few disguise that a mailbox is full or gone, because there is nothing to hide. One in a hundred is our choice.
        """
        return 1 if self.lies and self.cause.fault in {Fault.RECIPIENT, Fault.MAILBOX} else 100

    @property
    def name(self) -> str:
        """A name without spaces."""
        return f"{self.cause}-{self.persona}-{'lying' if self.lies else 'honest'}-{self.seed}"

    def message(self) -> bytes:
        """Return the file of the message."""
        return self._drawn().message.render()

    def document(self) -> dict[str, Any]:
        """Return the scenario, as its file would hold it. Its message is in ``MESSAGE``."""
        draft = self._drawn()
        if self.lies:
            draft.gateway["claims"] = {
                self.cause.value: "mailbox-disabled" if self.cause is Cause.USER_UNKNOWN else "user-unknown"
            }
        if draft.message.signed:
            draft.sender["dkim"] = {"domain": _FROM_DOMAIN}
        return {
            "schema": 1,
            "name": f"case-{self.seed}",
            "title": self.name,
            "seed": self.seed,
            "starts": datetime(2026, 3, 2, 8, tzinfo=UTC),
            "sender": draft.sender,
            "campaign": [{"name": "news", "message": MESSAGE}],
            "gateway": [draft.gateway],
            "dns": draft.dns,
        }

    def _drawn(self) -> Draft:
        rng = random.Random(self.name)  # noqa: S311 - must be repeatable
        draft = Draft(
            gateway={
                "name": "acme",
                "persona": self.persona,
                "domains": [DOMAIN],
                "mailboxes": {"count": rng.randint(12, 60), "departed": round(rng.uniform(0.05, 0.2), 3)},
                "policy": [],
            },
            sender={
                "helo": "mta1.sender.example",
                "return_path": _RETURN_DOMAIN,
                "ips": [
                    {"address": USUAL, "share": 1.0},
                    {"address": NEIGHBOUR, "share": 1e-9},
                    {"address": ELSEWHERE, "share": 1e-9},
                ],
                "retry": {"first": "1m", "give_up_after": "1s"},
                "rate": f"{rng.choice([30, 60, 120])}/1h",
            },
            dns=[],
            message=draw_message(rng),
        )
        draft.record(OTHER_DOMAIN, "TXT", '"v=spf1 +all"')
        draft.record(OTHER_DOMAIN, "A", NAMED)
        draft.record(OTHER_NAME, "A", NAMED)
        if self.cause.fault not in {Fault.RECIPIENT, Fault.MAILBOX} and rng.random() < 0.15:
            draft.gateway["mailboxes"]["catch_all"] = True
        _DRAW[self.cause](draft, rng)
        if rng.random() < 0.4:
            beside = rng.choice(_BESIDE)
            if all(each["type"] != beside["type"] for each in draft.gateway["policy"]):
                draft.policy(**beside)
        return draft


def cases(personas: list[str], seeds: range) -> Iterator[Case]:
    """Yield every cause that a persona can have, honest and lying, for every seed."""
    for seed in seeds:
        for name in personas:
            offers_tls = "STARTTLS" in persona.load(name).keywords
            for cause in CAUSES:
                if offers_tls or cause is not Cause.TLS_REQUIRED:
                    yield from (Case(cause, name, lies, seed) for lies in (False, True))


def as_met(drawn: Iterable[Case]) -> Iterator[Case]:
    """Yield cases as often as they are met: all of the common ones, and a random part of the rare ones."""
    for case in drawn:
        if random.Random(f"{case.name}-met").random() * 100 < case.weight:  # noqa: S311 - must be repeatable
            yield case
