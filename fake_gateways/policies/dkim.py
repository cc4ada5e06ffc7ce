"""Refuse messages whose DKIM signature is not valid (RFC 6376, RFC 8463). dkimpy verifies the signatures."""

from __future__ import annotations

import binascii
import re
from typing import ClassVar, Final, Literal, NamedTuple

from pydantic import Field

from fake_gateways.policies.dns_replay import Lookup, replay_with_dns, text_of
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse

DkimResult = Literal["none", "pass", "fail", "temperror"]

MAX_SIGNATURES: Final = 10
"""How many signatures of a message are verified; a message can carry any number (RFC 6376 section 8.4)."""


MAX_HEADER_OCTETS: Final = 256 * 1024
"""A message with a longer header counts as not signed, because dkimpy copies a field for each line that is folded."""
_END_OF_HEADER: Final = re.compile(rb"\r?\n\r?\n")
_BLANKS: Final = re.compile(rb"[ \t]{2,}")
_STEPS: Final = 1_000_000
_STEPS_AN_OCTET: Final = 100
"""dkimpy looks for the end of blanks from each of them. A signature over so many blanks in a row does not hold."""


class DkimSettings(Settings):
    """The results for which a message is refused.

    RFC 6376 section 6.3 says that a verifier should not refuse a message only because of a bad signature.
    """

    nature: ClassVar = Nature(
        causes=(Cause.AUTHENTICATION,), stages=frozenset({Stage.END_OF_DATA}), usual=Stage.END_OF_DATA
    )

    type: Literal["dkim"]
    refuse: tuple[DkimResult, ...] = Field(default=("fail",), min_length=1)

    def begin(self) -> Dkim:
        """Return the policy."""
        return Dkim(self)


class Signed(NamedTuple):
    """The best result of a message's signatures, and the domains of the valid ones."""

    result: DkimResult
    domains: tuple[str, ...] = ()


class Dkim:
    """Judges a message by the best result of its signatures."""

    def __init__(self, settings: DkimSettings) -> None:
        self._refuse = settings.refuse

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a message whose result is among the refused ones."""
        signed = evaluate(view)
        if isinstance(signed, Question):
            return signed
        return Refuse(Cause.AUTHENTICATION) if signed.result in self._refuse else None


def evaluate(view: SessionView) -> Signed | Question:
    """Return the result for the current message, or the question that must be answered first."""
    return replay_with_dns(view, lambda lookup: verify(view.content, lookup))


def verify(content: bytes, lookup: Lookup) -> Signed:
    """Verify a message's signatures.

    dkimpy compares their times (t=, x=) with the real clock, not with the clock of the scenario.
    """
    import dkim

    # Messages are untrusted input, and dkimpy raises many kinds of exceptions for malformed ones.
    malformed = (dkim.DKIMException, binascii.Error, ValueError, KeyError, IndexError, TypeError, AttributeError)
    failed_lookup = False

    def key(name: bytes, timeout: float = 0) -> bytes | None:
        nonlocal failed_lookup
        del timeout
        answer = lookup(name.decode("ascii", "replace"), "TXT")
        failed_lookup = failed_lookup or answer.failed
        return text_of(answer.records[0]).encode("ascii", "replace") if answer.records else None

    if len(content) > MAX_HEADER_OCTETS and _END_OF_HEADER.search(content, 0, MAX_HEADER_OCTETS) is None:
        return Signed("none")
    try:
        message = dkim.DKIM(content)
        headers = [name.lower() for name, _ in message.headers]
    except malformed:
        return Signed("none")
    domains = []
    count = min(headers.count(b"dkim-signature"), MAX_SIGNATURES)
    if count and sum(len(blanks) ** 2 for blanks in _BLANKS.findall(content)) > max(
        _STEPS, _STEPS_AN_OCTET * len(content)
    ):
        return Signed("fail")
    for number in range(count):
        try:
            holds = message.verify(number, dnsfunc=key)
        except malformed:
            continue
        if holds:
            domains.append(bytes(message.domain).decode("ascii", "replace").lower())
    if domains:
        return Signed("pass", tuple(domains))
    return Signed(("temperror" if failed_lookup else "fail") if count else "none")
