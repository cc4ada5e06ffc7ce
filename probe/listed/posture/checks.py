"""All checks of a sender's addresses and domains."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final

from fake_gateways.verdict import Question
from probe.listed.answer import Came, Reply
from probe.listed.posture.addresses import helo_name, reverse_name
from probe.listed.posture.domains import (
    dmarc_policy,
    sender_policy,
    signing_key,
    transport_policy,
    transport_reports,
)
from probe.listed.posture.finding import Finding, Grade, Identity
from probe.listed.posture.with_answers import Check, with_answers
from probe.listed.subject import Subject

_MOST_EXCHANGERS: Final = 10
_UNTRUE: Final = "names that do not exist have an address here, so no record can be believed"
_SILENT: Final = "it does not answer"
Ask = Callable[[Question], Awaitable[Reply]]


async def checked_posture(
    addresses: Sequence[Subject], domains: Sequence[Subject], identity: Identity, nonexistent: Reply, ask: Ask
) -> tuple[Finding, ...]:
    """Check addresses and domains.

    Nothing is known if the resolver does not answer, or gives an address to what cannot exist.
    """
    why = {Came.RECORDS: _UNTRUE, Came.NOTHING: _SILENT}.get(nonexistent.came)
    if why is not None:
        return tuple(Finding(each.name, "resolver", Grade.UNKNOWN, why) for each in (*addresses, *domains))
    found = [
        await with_answers(check, subject, name, ask) for subject, name, check in _checks(addresses, domains, identity)
    ]
    found += [await dane(domain.name, ask) for domain in domains]
    return tuple(found)


def _checks(
    addresses: Sequence[Subject], domains: Sequence[Subject], identity: Identity
) -> Iterator[tuple[str, str, Check]]:
    for address, _ in addresses:
        yield address, "ptr", partial(reverse_name, address)
        if identity.helo:
            yield address, "helo", partial(helo_name, address, identity.helo)
    senders = [identity.return_path] if identity.return_path else [domain for domain, _ in domains]
    for sender in senders:
        for address, _ in addresses:
            yield sender, "spf", partial(sender_policy, sender, address, identity.helo)
    for domain, _ in domains:
        for signer, selector in identity.keys_of(domain):
            yield signer, f"dkim {selector}", partial(signing_key, signer, selector)
        yield domain, "dmarc", partial(dmarc_policy, domain, identity)
        yield domain, "mta-sts", partial(transport_policy, domain)
        yield domain, "tls-rpt", partial(transport_reports, domain)


async def dane(domain: str, ask: Ask) -> Finding:
    """Check the TLSA records of the domain's exchangers (RFC 7672). They count only where the zone is signed.

    Whether it is, the resolver says by the AD flag (RFC 4035 section 3.2.3): it must be one that validates.
    """
    exchangers = await ask(Question(domain, "MX"))
    if exchangers.came in {Came.FAILURE, Came.NOTHING, Came.CUT}:
        return Finding(domain, "dane", Grade.UNKNOWN, f"no answer about MX of {domain}")
    hosts = [each.split()[-1].rstrip(".") for each in exchangers.records[:_MOST_EXCHANGERS]]
    hosts = [each for each in hosts if each]
    if not hosts:
        return Finding(domain, "dane", Grade.ABSENT, "the domain has no exchangers")
    if not exchangers.is_authentic:
        return Finding(domain, "dane", Grade.ABSENT, "the domain is not signed, or the resolver does not validate")
    missing = []
    for host in hosts:
        found = await ask(Question(f"_25._tcp.{host}", "TLSA"))
        if found.came in {Came.FAILURE, Came.NOTHING, Came.CUT}:
            return Finding(domain, "dane", Grade.UNKNOWN, f"no answer about TLSA of {host}")
        if not (found.came is Came.RECORDS and found.is_authentic):
            missing.append(host)
    if len(missing) == len(hosts):
        return Finding(domain, "dane", Grade.ABSENT, "no exchanger has a TLSA record")
    if missing:
        return Finding(domain, "dane", Grade.WEAK, f"{missing[0]} has no TLSA record")
    return Finding(domain, "dane", Grade.GOOD, "every exchanger has TLSA records")
