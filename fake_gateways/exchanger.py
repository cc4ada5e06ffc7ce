"""Where mail for a domain goes: its mail exchangers in order (RFC 5321 5.1, RFC 7505)."""

from __future__ import annotations

from typing import NamedTuple

from fake_gateways.supply import Ask
from fake_gateways.verdict import Answer, Question


class Exchanger(NamedTuple):
    """A mail exchanger and the address it answers at."""

    host: str
    address: str


async def exchanger_of(domain: str, ask: Ask) -> Exchanger | None:
    """Return the preferred exchanger of a domain that has an address, None where mail cannot go.

    A null MX says that the domain takes no mail (RFC 7505 section 3); a domain without MX is its own exchanger
    if it has an address (RFC 5321 section 5.1). Raises OSError when the nameserver does not answer.
    """
    answer = await _ask(Question(domain, "MX"), ask)
    preferences = sorted(
        (int(preference), host.rstrip(".").lower())
        for preference, host in (record.split(maxsplit=1) for record in answer.records)
    )
    hosts = [host for _, host in preferences] if preferences else [domain]
    for host in filter(None, hosts):
        for kind in ("A", "AAAA"):
            for record in (await _ask(Question(host, kind), ask)).records:
                return Exchanger(host, record)
    return None


async def _ask(question: Question, ask: Ask) -> Answer:
    answer = await ask(question)
    if answer.failed:
        msg = f"the nameserver does not answer for {question.name}"
        raise OSError(msg)
    return answer
