"""The words of made-up vendors: two pools that have no brand, host, form or sentence in common."""

from __future__ import annotations

from typing import Final, NamedTuple

Coded = tuple[int, str | None]
"""A reply code, and an enhanced status if the vendor writes one."""


class Pool(NamedTuple):
    """What vendors may be called, how they name their exchangers, and how they word refusals.

    ``hosts`` and ``greetings`` have the placeholders of personas and {brand}. ``forms`` say where a sentence stands in
    a reply. ``sentences`` and ``codes`` are by cause.
    """

    brands: tuple[str, ...]
    hosts: tuple[str, ...]
    greetings: tuple[str, ...]
    forms: tuple[str, ...]
    sentences: dict[str, tuple[str, ...]]


CODES: Final[dict[str, tuple[Coded, ...]]] = {
    "user-unknown": (
        *((550, "5.1.1"),) * 6,
        *((550, None),) * 3,
        *((550, "5.1.10"), (550, "5.0.0"), (550, "5.4.1"), (550, "5.7.1"), (553, None), (554, "5.1.1"), (551, "5.1.6")),
    ),
    "mailbox-disabled": ((550, "5.2.1"), (550, None), (554, "5.2.1"), (550, "5.1.1")),
    "mailbox-full": ((552, "5.2.2"), (552, None), (452, "4.2.2"), (550, "5.2.2"), (554, "5.2.2")),
    "ip-reputation": ((554, "5.7.1"), (550, "5.7.1"), (550, None), (554, None), (421, "4.7.0")),
    "content": ((550, "5.7.1"), (554, "5.7.1"), (554, None), (550, "5.6.0")),
    "velocity": ((450, "4.7.1"), (421, "4.7.0"), (451, None), (550, "5.7.1"), (452, "4.3.1")),
    "directory-harvest": ((550, "5.7.1"), (554, None), (421, "4.7.0"), (550, None)),
    "policy": ((550, "5.7.1"), (554, "5.7.1"), (550, None), (550, "5.7.133")),
    "authentication": ((550, "5.7.26"), (550, "5.7.23"), (550, "5.7.1")),
    "system": ((451, "4.3.0"), (451, None), (550, None), (554, "5.4.7"), (554, "5.3.0")),
    "greylisted": ((451, "4.7.1"), (450, "4.2.0"), (451, None)),
}
"""Codes are facts of the protocol, so both pools have the same. What is listed more often is drawn more often."""

FITTED: Final = Pool(
    brands=("quellwall", "mailmoat", "sievepoint", "brackenmx", "inboxyard", "postgarner", "lodegate", "fernsift"),
    hosts=(
        "mail.{label}.example",
        "mx1.{label}.example",
        "{label}.in.{brand}.example",
        "mx-{label}.{brand}.example",
        "{label}.a.{brand}-filter.example",
    ),
    greetings=("{host} ESMTP", "{host} ESMTP {brand}", "{host} Service ready", "{host} ESMTP {brand} 4.2"),
    forms=(
        "{sentence}",
        "<{recipient}>: {sentence}",
        "{sentence} <{recipient}>",
        "{sentence} ({id})",
        "{recipient}... {sentence}",
        "Requested action not taken: {sentence}",
    ),
    sentences={
        "user-unknown": (
            "No such user here",
            "User unknown",
            "Recipient address rejected: user unknown",
            "Mailbox does not exist",
            "mailbox unavailable",
            "Invalid recipient",
            "Unknown local part {local_part}",
            "The email account that you tried to reach does not exist",
            "no mailbox here by that name",
            "Recipient not found in directory",
            "Account not available",
            "Access denied",
        ),
        "mailbox-disabled": ("Mailbox disabled", "Account is suspended", "This account has been deactivated"),
        "mailbox-full": ("Mailbox full", "Quota exceeded", "mailbox size limit exceeded", "User is over quota"),
        "ip-reputation": (
            "Client host [{ip}] blocked using a blocklist",
            "Your IP address {ip} has a poor reputation",
            "Connection refused, {ip} is listed",
            "Mail from {ip} is not accepted",
        ),
        "content": ("Message rejected as spam", "Content not accepted", "Blocked by content filter", "Message refused"),
        "velocity": (
            "Too many messages from {ip}, slow down",
            "Rate limit exceeded",
            "Sending too fast, try again later",
            "Hourly limit reached for {sender_domain}",
        ),
        "directory-harvest": ("Too many invalid recipients", "Too many errors", "Suspected directory harvest attack"),
        "policy": ("Rejected by policy", "Not authorized to send to this recipient", "Delivery restricted"),
        "authentication": ("SPF check failed for {sender_domain}", "Sender is not authenticated"),
        "system": ("Temporary server error", "Local error in processing", "Message expired in queue"),
        "greylisted": ("Greylisted, please try again later", "Try again in five minutes"),
    },
)
"""For scenarios of the fit."""

RESERVED: Final = Pool(
    brands=("ostlerpost", "thistlegate", "harrowmail", "culvermx", "wyndhold", "sablepostal", "gantrymx", "elmward"),
    hosts=(
        "smtp-in.{label}.example",
        "{label}-inbound.example",
        "c7.{label}.{brand}.example",
        "{label}.{brand}-edge.example",
        "in1-{label}.mail.{brand}.example",
    ),
    greetings=("{host} ready", "{brand} at {host}", "{host} ESMTP ready to receive", "{host} {brand} mail gateway"),
    forms=(
        "sorry, {sentence}",
        "[{id}] {sentence}",
        "{sentence}: {recipient}",
        "{sentence} - see https://www.example.com/codes",
        "Error: {sentence} for {recipient}",
        "{host}: {sentence}.",
    ),
    sentences={
        "user-unknown": (
            "Unrouteable address",
            "unknown or illegal alias: {local_part}",
            "there is nobody here by this name",
            "addressee unknown",
            "this user doesn't have an account here",
            "not a valid mailbox",
            "we do not relay to {recipient}",
            "{local_part} is not among our customers",
            "Empfaenger unbekannt",
            "destinataire inconnu",
            "delivery not authorized, message refused",
            "RESOLVER.ADR.RecipientNotFound; not found by SMTP address lookup",
        ),
        "mailbox-disabled": ("mailbox is inactive", "address no longer in use", "compte desactive"),
        "mailbox-full": ("overquota", "recipient storage is exhausted", "no space left for {local_part}"),
        "ip-reputation": (
            "you ({ip}) are not welcome",
            "bad sender score of {ip}",
            "refused by our access list",
            "your server is on a list of spam sources",
        ),
        "content": ("this looks like bulk mail", "high probability of junk", "denied by message policy 17"),
        "velocity": (
            "slow down, {ip}",
            "quota of {sender_domain} used up",
            "excessive message rate",
            "come back later",
        ),
        "directory-harvest": ("dictionary attack suspected", "too many bad addresses from {ip}"),
        "policy": ("internal address only", "senders outside the organisation may not write here", "closed group"),
        "authentication": ("{sender_domain} does not allow {ip} to send", "alignment failed"),
        "system": ("delivery time expired", "QUEUE.Expired", "server out of service", "retry timeout exceeded"),
        "greylisted": ("deferred for inspection", "please retry"),
    },
)
"""For figures alone: nothing may be fitted or tuned on these words."""
