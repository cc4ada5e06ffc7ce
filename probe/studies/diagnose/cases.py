"""Gateways whose reason to refuse is known: one for each cause, persona and seed, honest or lying."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from fake_gateways.policies.virus import EICAR
from fake_gateways.truth import Cause, Fault

USUAL: Final = "127.10.0.1"
NEIGHBOUR: Final = "127.10.0.2"
ELSEWHERE: Final = "127.11.0.1"
NAMED: Final = "127.10.0.9"
DOMAIN: Final = "acme.example"
_ZONE: Final = "bl.reputation.example"
_RETURN_DOMAIN: Final = "bounce.sender.example"
OTHER_DOMAIN: Final = "other-sender.example"
OTHER_NAME: Final = "mail.other-sender.example"

Draft = dict[str, Any]
"""A scenario's document while it is drawn. ``gateway`` is a single table."""


def _mailboxes(key: str) -> Callable[[Draft, random.Random], None]:
    def draw(draft: Draft, rng: random.Random) -> None:
        draft["gateway"]["mailboxes"][key] = round(rng.uniform(0.1, 0.3), 3)

    return draw


def _policy(draft: Draft, **policy: Any) -> None:
    draft["gateway"]["policy"].append(policy)


def _ip_reputation(draft: Draft, rng: random.Random) -> None:
    stage = rng.choice(["connect", "mail", "rcpt"])
    kind = rng.randrange(3)
    if kind == 0:
        draft["sender"]["ips"][0]["listed"] = [{"zone": _ZONE}]
        _policy(draft, type="ip-reputation", zones=[_ZONE], at=stage)
    else:
        network = "127.10.0.0/24" if kind == 1 else USUAL + "/32"
        _policy(draft, type="ip-reputation", deny=[network], at=stage)


def _sender_rejected(draft: Draft, rng: random.Random) -> None:
    stage = rng.choice(["mail", "rcpt"])
    if rng.random() < 0.5:
        _policy(draft, type="sender-domain", deny=[_RETURN_DOMAIN], at=stage)
    else:
        _policy(draft, type="sender-reputation", deny=["sender.example"], at=stage)


def _content(draft: Draft, rng: random.Random) -> None:
    draft["message"] = "tracked.eml"
    if rng.random() < 0.3:
        _policy(draft, type="url-blocklist", zones=["uri.example"])
        draft["dns"].append({"name": "news.sender.example.uri.example", "type": "A", "value": "127.0.0.2"})
        return
    refuse_at = rng.choice([2.0, 3.0, 5.0])
    _policy(draft, type="content", refuse_at=refuse_at, junk_at=refuse_at - 0.5)


def _virus(draft: Draft, rng: random.Random) -> None:
    del rng
    draft["message"] = "infected.eml"
    _policy(draft, type="virus")


def _other_policy(draft: Draft, rng: random.Random) -> None:
    kind = rng.choice(["attachments", "client-name", "geography"])
    if kind == "attachments":
        draft["message"] = "attached.eml"
        _policy(draft, type=kind)
    elif kind == "client-name":
        draft["sender"]["helo"] = "mta1.unknown-name.example"
        draft["unresolved"] = True
        _policy(draft, type=kind, require=["helo-resolves"])
    else:
        country = {"XX": ["127.10.0.0/16"], "YY": ["127.11.0.0/16"]}
        _policy(draft, type=kind, regions=country, refuse=["XX"], at=rng.choice(["connect", "mail", "rcpt"]))


def _authentication(draft: Draft, rng: random.Random) -> None:
    if rng.random() < 0.5:
        draft["dns"].append({"name": _RETURN_DOMAIN, "type": "TXT", "value": f'"v=spf1 ip4:{ELSEWHERE} -all"'})
        _policy(draft, type="spf", at=rng.choice(["mail", "rcpt"]))
    else:
        _policy(draft, type="dkim", refuse=["none"])


def _velocity(draft: Draft, rng: random.Random) -> None:
    minutes = rng.choice([10, 30, 60])
    sent = int(draft["sender"]["rate"].partition("/")[0]) * minutes / 60
    limit = f"{max(2, round(sent * rng.uniform(0.2, 0.6)))}/{minutes}m"
    _policy(draft, type="velocity", limit=limit, per=[rng.choice(["ip", "/24"])],
            count=rng.choice(["messages", "recipients"]), block_for=rng.choice(["10m", "1h"]))  # fmt: skip


def _too_large(draft: Draft, rng: random.Random) -> None:
    draft["message"] = "tracked.eml"
    _policy(draft, type="message-size", limit=rng.choice(["0.5 kB", "0.7 kB"]))


def _tls(draft: Draft, rng: random.Random) -> None:
    _policy(draft, type="tls-required", at=rng.choice(["mail", "rcpt"]))


def _harvest(draft: Draft, rng: random.Random) -> None:
    draft["gateway"]["mailboxes"]["departed"] = 0.4
    _policy(draft, type="directory-harvest", limit=f"{rng.randint(2, 6)}/1h", block_for=rng.choice(["30m", "2h"]))


def _greylisted(draft: Draft, rng: random.Random) -> None:
    _policy(draft, type="greylisting", wait=rng.choice(["5m", "10m", "15m"]))


def _system(draft: Draft, rng: random.Random) -> None:
    _policy(draft, type="fault", how="421", at=rng.choice(["connect", "mail", "rcpt"]))


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

    def document(self) -> dict[str, Any]:
        """Return the scenario, as its file would hold it. Its files are in ``messages``."""
        rng = random.Random(self.name)  # noqa: S311 - must be repeatable
        draft: Draft = {
            "message": "plain.eml",
            "dns": [],
            "sender": {
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
            "gateway": {
                "name": "acme",
                "persona": self.persona,
                "domains": [DOMAIN],
                "mailboxes": {"count": rng.randint(25, 60), "departed": round(rng.uniform(0.02, 0.15), 3)},
                "policy": [],
            },
        }
        _DRAW[self.cause](draft, rng)
        gateway = draft["gateway"]
        if self.lies:
            gateway["claims"] = {
                self.cause.value: "mailbox-disabled" if self.cause is Cause.USER_UNKNOWN else "user-unknown"
            }
        return {
            "schema": 1,
            "name": f"case-{self.seed}",
            "title": self.name,
            "seed": self.seed,
            "starts": datetime(2026, 3, 2, 8, tzinfo=UTC),
            "sender": draft["sender"],
            "campaign": [{"name": "news", "message": draft["message"]}],
            "gateway": [gateway],
            "dns": [
                *draft["dns"],
                {"name": OTHER_DOMAIN, "type": "TXT", "value": '"v=spf1 +all"'},
                {"name": OTHER_DOMAIN, "type": "A", "value": NAMED},
                {"name": OTHER_NAME, "type": "A", "value": NAMED},
            ],
        }


def cases(personas: list[str], seeds: range) -> Iterator[Case]:
    """Yield every cause at every persona, honest and lying, for every seed."""
    for seed in seeds:
        for persona in personas:
            for cause in CAUSES:
                yield from (Case(cause, persona, lies, seed) for lies in (False, True))


MESSAGES: Final[Mapping[str, str]] = {
    "plain.eml": (
        "From: News <news@sender.example>\nSubject: Minutes of Thursday\n\nHello {{given_name}},\n\nhere they are.\n"
    ),
    "tracked.eml": (
        "From: News <news@sender.example>\nSubject: Last chance: FREE offer, act now\n"
        "List-Unsubscribe: <https://news.sender.example/u>\nMIME-Version: 1.0\n"
        "Content-Type: text/html; charset=utf-8\n\n<p>Dear {{given_name}}, click here: "
        '<a href="https://news.sender.example/offer?utm_source=news&utm_campaign=x">limited offer, 100 % free</a>'
        '<img src="https://news.sender.example/open.gif" width=1 height=1></p>\n' + "<p>" + "An offer. " * 60 + "</p>\n"
    ),
    "infected.eml": f"From: News <news@sender.example>\nSubject: Invoice\n\n{EICAR.decode()}\n",
    "attached.eml": (
        "From: News <news@sender.example>\nSubject: Form\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSee the form.\n'
        '--b\nContent-Type: application/octet-stream; name="form.exe"\n'
        'Content-Disposition: attachment; filename="form.exe"\nContent-Transfer-Encoding: base64\n\nTVqQ\n--b--\n'
    ),
}
"""The message files of the cases."""
