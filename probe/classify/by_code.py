"""Believes the enhanced status, then the code, like most mail providers."""

from __future__ import annotations

from typing import Final

from fake_gateways.truth import Cause
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading, without_refusal

BY_STATUS: Final = {
    "1.0": Cause.USER_UNKNOWN,
    "1.1": Cause.USER_UNKNOWN,
    "1.2": Cause.BAD_DOMAIN,
    "1.3": Cause.USER_UNKNOWN,
    "1.6": Cause.ADDRESS_MOVED,
    "1.7": Cause.SENDER_REJECTED,
    "1.8": Cause.SENDER_REJECTED,
    "1.10": Cause.BAD_DOMAIN,
    "2.1": Cause.MAILBOX_DISABLED,
    "2.2": Cause.MAILBOX_FULL,
    "2.3": Cause.TOO_LARGE,
    "3.4": Cause.TOO_LARGE,
    "7.10": Cause.TLS_REQUIRED,
    "7.26": Cause.AUTHENTICATION,
}
"""The meaning of an enhanced status, by subject and detail (RFC 3463 sections 3.2 to 3.8, and the IANA registry)."""
_BY_SUBJECT: Final = {
    "3": Cause.SYSTEM,
    "4": Cause.NETWORK,
    "5": Cause.SYSTEM,
    "6": Cause.CONTENT,
    "7": Cause.POLICY,
}
# RFC 5321 section 4.2.3: the meaning of each code without an enhanced status.
_BY_CODE: Final = {
    550: Cause.USER_UNKNOWN,
    551: Cause.ADDRESS_MOVED,
    552: Cause.MAILBOX_FULL,
    553: Cause.USER_UNKNOWN,
    554: Cause.POLICY,
}


class ByCode:
    """Reads only the reply code and the enhanced status, and only those of permanent refusals."""

    def classify(self, evidence: Evidence) -> Reading:
        """Look up the code and status that decide."""
        settled = without_refusal(evidence)
        if settled is not None:
            return settled
        code, enhanced, _ = evidence.heard
        return Reading(*cause_of_numbers(code, enhanced))


def cause_of_numbers(code: int | None, enhanced: str | None) -> tuple[Cause, str]:
    """Return the cause that the code and status of a permanent refusal stand for, and which of them decided."""
    _, _, rest = (enhanced or "").partition(".")
    by_status = BY_STATUS.get(rest) or _BY_SUBJECT.get(rest.partition(".")[0])
    if by_status is not None:
        return by_status, f"enhanced status {enhanced}"
    return _BY_CODE.get(code or 0, Cause.SYSTEM), f"code {code}"
