"""Refuse clients that may not send for the domain of the return-path (SPF, RFC 7208). pyspf evaluates the records."""

from __future__ import annotations

import ipaddress
from functools import cache
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from fake_gateways.policies.dns_replay import Lookup, replay_with_dns, text_of
from fake_gateways.policies.policy import Nature, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause
from fake_gateways.verdict import Question, Refuse

SpfResult = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]


class SpfSettings(Settings):
    """The results for which a message is refused (RFC 7208 section 2.6)."""

    nature: ClassVar = Nature(
        causes=(Cause.AUTHENTICATION,),
        stages=frozenset({Stage.MAIL, Stage.RCPT, Stage.END_OF_DATA}),
        usual=Stage.MAIL,
    )

    type: Literal["spf"]
    refuse: tuple[SpfResult, ...] = Field(default=("fail",), min_length=1)

    def begin(self) -> Spf:
        """Return the policy."""
        return Spf(self)


class Spf:
    """Checks the domain of the return-path, or the HELO name with the null return-path (RFC 7208 section 2.4)."""

    def __init__(self, settings: SpfSettings) -> None:
        self._refuse = settings.refuse

    def judge(self, view: SessionView) -> Refuse | Question | None:
        """Refuse a client that the domain does not permit."""
        result = evaluate(view)
        if isinstance(result, Question):
            return result
        return Refuse(Cause.AUTHENTICATION) if result in self._refuse else None


def evaluate(view: SessionView) -> SpfResult | Question:
    """Return the result for the current message, or the question that must be answered first."""
    return replay_with_dns(view, lambda lookup: check(view.peer_address, view.envelope.return_path, view.helo, lookup))


_MALFORMED: Final = (ValueError, IndexError, KeyError, TypeError, AttributeError, UnicodeError)
"""What pyspf raises for records that are no SPF."""


def check(address: str, return_path: str, helo: str, lookup: Lookup) -> SpfResult:
    """Return the SPF result for a client; ``lookup`` answers DNS queries. If pyspf fails, it is a permerror."""
    try:
        result: SpfResult = _query_class()(address, return_path, helo, lookup).check()[0]
    except _MALFORMED:
        return "permerror"
    return result


def counted(address: str, return_path: str, helo: str, lookup: Lookup) -> tuple[SpfResult, int]:
    """Return the SPF result for a client, and how many lookups count against the limit (RFC 7208 section 4.6.4)."""
    query = _query_class()(address, return_path, helo, lookup)
    try:
        result: SpfResult = query.check()[0]
    except _MALFORMED:
        result = "permerror"
    return result, int(query.lookups)


@cache
def _query_class() -> Any:
    """Return pyspf's query with our lookup. pyspf loads dnspython, so it is imported when a sender is first checked."""
    import spf  # type: ignore[import-untyped]

    class Query(spf.query):  # type: ignore[misc]
        """A query of pyspf that calls ``lookup`` instead of the network."""

        def __init__(self, address: str, return_path: str, helo: str, lookup: Lookup) -> None:
            super().__init__(i=address, s=return_path, h=helo, querytime=0)
            self._lookup = lookup

        def dns(self, name: str, qtype: str, cnames: Any = None, ignore_void: Any = False) -> list[Any]:  # noqa: FBT002, ARG002
            """Return records in pyspf's format, and count void lookups (RFC 7208 section 4.6.4)."""
            labels = str(name).rstrip(".").split(".")
            if not all(0 < len(label) < 64 for label in labels) or not str(name).isascii():
                return []
            answer = self._lookup(str(name), qtype)
            if answer.failed:
                raise spf.TempError("DNS " + qtype)
            found = [_value(record, qtype) for record in answer.records]
            if not found and not ignore_void:
                self.void_lookups += 1
                if self.void_lookups > spf.MAX_VOID_LOOKUPS:
                    raise spf.PermError(f"Void lookup limit of {spf.MAX_VOID_LOOKUPS} exceeded")
            return found

    return Query


def _value(record: str, kind: str) -> Any:
    match kind:
        case "TXT" | "SPF":
            return (text_of(record).encode("latin-1", "replace"),)
        case "MX":
            preference, _, host = record.partition(" ")
            return int(preference), host.rstrip(".")
        case "AAAA":
            return str(ipaddress.ip_address(record))
    return record.rstrip(".")
