"""Apply the DMARC policy of the From domain to messages that fail DMARC (RFC 7489)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from email.utils import getaddresses
from functools import cache
from importlib import resources
from typing import Any, ClassVar, Final, Literal, NamedTuple

from fake_gateways.policies import dkim, spf
from fake_gateways.policies.dns_replay import Lookup, replay_with_dns, text_of
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage, domain_of
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Divert, Question, Refuse

_POLICIES: Final = frozenset({"none", "quarantine", "reject"})
_LONGEST_FROM: Final = 10_000
"""Octets of a From field; to read it takes longer than its length."""
_PERCENT: Final = re.compile(r"0*(?:[0-9]{1,2}|100)", re.ASCII)


class DmarcSettings(Settings):
    """No settings of its own: the owner of the domain publishes the policy."""

    nature: ClassVar = Nature(
        causes=(Cause.AUTHENTICATION,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA
    )

    type: Literal["dmarc"]

    def begin(self) -> Dmarc:
        """Return the policy."""
        return Dmarc()


class Published(NamedTuple):
    """The DMARC record of a From domain: the policy, the alignment modes, and the percentage it applies to."""

    policy: str
    is_spf_strict: bool
    is_dkim_strict: bool
    percent: int


class Dmarc:
    """Evaluates SPF and DKIM itself, so the gateway needs no policies for them."""

    def judge(self, view: SessionView) -> Refuse | Divert | Question | None:
        """Refuse the message, or divert it into junk, as the record says (RFC 7489 section 6.3)."""
        domain = from_domain(view.content)
        if not domain:
            return None
        published = replay_with_dns(view, lambda lookup: discover(domain, lookup))
        if published is None or isinstance(published, Question):
            return published
        aligned = self._is_aligned(view, domain, published)
        if isinstance(aligned, Question):
            return aligned
        if aligned or published.policy == "none":
            return None
        # Messages outside the percentage get the next milder policy (RFC 7489 section 6.6.4).
        draw = zlib.crc32(f"{view.envelope.return_path} {view.at}".encode()) % 100
        policy = published.policy
        if draw >= published.percent:
            policy = {"reject": "quarantine"}.get(policy, "none")
        match policy:
            case "reject":
                return Refuse(Cause.AUTHENTICATION)
            case "quarantine":
                return Divert(Fate.JUNK, Cause.AUTHENTICATION)
        return None

    def _is_aligned(self, view: SessionView, domain: str, published: Published) -> bool | Question:
        by_spf = spf.evaluate(view)
        if isinstance(by_spf, Question):
            return by_spf
        sender = view.sender_domain or view.helo
        if by_spf == "pass" and is_aligned(domain, sender, is_strict=published.is_spf_strict):
            return True
        by_dkim = dkim.evaluate(view)
        if isinstance(by_dkim, Question):
            return by_dkim
        return any(is_aligned(domain, signer, is_strict=published.is_dkim_strict) for signer in by_dkim.domains)


def from_domain(content: bytes) -> str:
    """Return the domain of the From field; "" if it does not name exactly one (RFC 7489 section 6.6.1)."""
    header = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    lines = [line[5:] for line in header.split(b"\r\n") if line[:5].lower() == b"from:"]
    if sum(map(len, lines)) > _LONGEST_FROM:
        return ""
    try:
        addresses = getaddresses([line.decode("utf-8", "replace") for line in lines])
    except RecursionError:  # groups or comments within each other, hundreds of them
        return ""
    domains = {domain_of(address) for _, address in addresses if address}
    return next(iter(domains)) if len(domains) == 1 else ""


def discover(domain: str, lookup: Lookup) -> Published | None:
    """Find the record of a From domain, or of its organizational domain (RFC 7489 section 6.6.3)."""
    organization = organizational_domain(domain)
    for place in dict.fromkeys((domain, organization)):
        answer = lookup(f"_dmarc.{place}", "TXT")
        records = [tags for tags in map(_tags, map(text_of, answer.records)) if tags]
        if records:
            return _read(records[0], is_below=place != domain) if len(records) == 1 else None
    return None


def _tags(record: str) -> dict[str, str]:
    """Return a record's tags in lower case, the first of each; none if the record does not begin with ``v=DMARC1``.

    Names and values other than the version's are read in any case, with white space around them (section 6.4).
    """
    pairs = [[part.strip() for part in each.split("=", 1)] for each in record.split(";")]
    if len(pairs[0]) < 2 or (pairs[0][0].lower(), pairs[0][1]) != ("v", "DMARC1"):
        return {}
    return {name.lower(): value.lower() for name, *values in reversed(pairs) for value in values}


def _read(tags: Mapping[str, str], *, is_below: bool) -> Published | None:
    """Read the tags of a record. Without a readable policy it asks for nothing.

    Any other tag that cannot be read counts as if it were missing (section 6.3).
    """
    if tags.get("p") not in _POLICIES:
        return None
    policy = tags["sp"] if is_below and tags.get("sp") in _POLICIES else tags["p"]
    percent = int(tags["pct"]) if _PERCENT.fullmatch(tags.get("pct", "")) else 100
    return Published(policy, tags.get("aspf") == "s", tags.get("adkim") == "s", percent)


def is_aligned(domain: str, authenticated: str, *, is_strict: bool) -> bool:
    """Whether an authenticated domain is aligned with the From domain (RFC 7489 section 3.1)."""
    if is_strict:
        return domain == authenticated.lower()
    return organizational_domain(domain) == organizational_domain(authenticated.lower())


def organizational_domain(domain: str) -> str:
    """Return the organizational domain (RFC 7489 section 3.2)."""
    suffix: str = _public_suffixes().get_tld(domain) or ""
    labels = domain.split(".")
    return ".".join(labels[-(suffix.count(".") + 2) :])


@cache
def _public_suffixes() -> Any:
    from publicsuffix2 import PublicSuffixList  # type: ignore[import-untyped]

    # authheaders ships a newer list than publicsuffix2. We read it once; authheaders would read it for each message.
    with (resources.files("authheaders") / "public_suffix_list.txt").open(encoding="utf-8") as lines:
        return PublicSuffixList(lines)
