"""The conditions of a gateway's assertions, and the text of an assertion that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Generic, TypeVar

from fake_gateways.truth import Truth
from probe.harmless import SHOWN
from probe.testing.patterns import contains, matches, matches_any
from probe.testing.recorded import GatewayRecord, ReceivedMessage
from probe.testing.rules import GatewayRule

T = TypeVar("T", ReceivedMessage, Truth)
S = TypeVar("S")
Patterns = tuple[str, ...]
"""Patterns for addresses, see ``read_addresses``."""

LISTED: Final = 10
"""The most messages, and the most refusals, that a failure lists."""


@dataclass(frozen=True)
class Criterion(Generic[T]):
    """One condition: its name, the wanted value as shown, the actual value as shown, and the test itself."""

    name: str
    wanted: str
    got: Callable[[T], str]
    met_by: Callable[[T], bool]


def message_criteria(
    recipient: Patterns | None, sender: Patterns | None, subject: str | None, content: tuple[str, Any] | None
) -> list[Criterion[ReceivedMessage]]:
    """Return the conditions for a message; ``content`` is an expression as written, and compiled."""
    found: list[Criterion[ReceivedMessage]] = []
    if recipient is not None:
        found.append(
            Criterion(
                "recipient",
                _cut(", ".join(recipient)),
                lambda message: _cut(", ".join(message.recipients)),
                lambda message: any(matches_any(recipient, each) for each in message.recipients),
            )
        )
    if sender is not None:
        found.append(
            Criterion(
                "sender",
                _address(", ".join(sender)),
                lambda message: _address(message.sender),
                lambda message: matches_any(sender, message.sender),
            )
        )
    if subject is not None:
        found.append(
            Criterion(
                "subject",
                _quoted(subject),
                lambda message: _quoted(message.subject),
                lambda message: matches(subject, message.subject),
            )
        )
    if content is not None:
        pattern, expression = content
        found.append(
            Criterion(
                "content",
                _quoted(pattern),
                lambda message: _quoted(message.text),
                lambda message: contains(message.content, expression),
            )
        )
    return found


def refusal_criteria(**wanted: str | int | Patterns | None) -> list[Criterion[Truth]]:
    """Return the conditions for a refusal, given by columns of ``Truth``; texts are patterns (``*``)."""
    return [_column(column, value) for column, value in wanted.items() if value is not None]


def _column(column: str, value: str | int | Patterns) -> Criterion[Truth]:
    def got(row: Truth) -> str:
        found = getattr(row, column)
        if column == "text":
            return _quoted(found)
        if column == "return_path" and found == "":
            return "<>"
        return _cut(str(found)) if found else "not known yet" if column in _ADDRESSES else "none"

    def met_by(row: Truth) -> bool:
        found = getattr(row, column)
        if isinstance(value, int):
            return bool(found == value)
        if isinstance(value, tuple):
            return found is not None and matches_any(value, found)
        return found is not None and matches(value, found)

    shown = _cut(", ".join(value)) if isinstance(value, tuple) else str(value)
    wanted = _quoted(shown) if column == "text" else shown or "<>"
    return Criterion(_ARGUMENT_NAMES.get(column, column), wanted, got, met_by)


_ARGUMENT_NAMES: Final = {"return_path": "sender", "peer_address": "client"}
_ADDRESSES: Final = {"recipient", "return_path"}


def matching(things: Sequence[T], criteria: Sequence[Criterion[T]]) -> list[T]:
    """Return the things that meet all criteria."""
    return [each for each in things if not _unmet(each, criteria)]


def _unmet(thing: T, criteria: Sequence[Criterion[T]]) -> list[Criterion[T]]:
    return [each for each in criteria if not each.met_by(thing)]


def missing_message(record: GatewayRecord, criteria: Sequence[Criterion[ReceivedMessage]], count: int | None) -> str:
    """Return the text of a failed ``assert_received``."""
    found = len(matching(record.messages, criteria))
    return "\n".join(
        [
            _verdict("message", "received", found, criteria, count),
            *_closest(record.messages, criteria, _message, found, count),
            *_received(record),
            *_refused(record),
        ]
    )


def missing_refusal(
    record: GatewayRecord, criteria: Sequence[Criterion[Truth]], count: int | None, missed: Sequence[GatewayRule] = ()
) -> str:
    """Return the text of a failed ``assert_refused``; ``missed`` are the rules that never applied."""
    found = len(matching(record.refused, criteria))
    return "\n".join(
        [
            _verdict("recipient", "refused", found, criteria, count),
            *_closest(record.refused, criteria, _refusal, found, count),
            *(f"{_cut(rule.told)} never applied." for rule in missed),
            *_refused(record),
            *_received(record),
        ]
    )


def unexpected_messages(record: GatewayRecord) -> str:
    """Return the text of a failed ``assert_nothing_received``."""
    return "\n".join([f"{_were(len(record.messages), 'message')} received, but none was expected.", *_received(record)])


def missed_rules(record: GatewayRecord, rules: Sequence[GatewayRule]) -> str:
    """Return the text of a test that ends although some of its rules never applied."""
    heard = list(dict.fromkeys(row.recipient for row in record.truth if row.recipient))
    return "\n".join(
        [
            *(f"{_cut(rule.told)} never applied." for rule in rules),
            "Correct it, or give it optional=True if nobody may meet it.",
            *_list("Recipients that the gateway heard of", heard, _cut),
        ]
    )


def _verdict(noun: str, participle: str, found: int, criteria: Sequence[Criterion[T]], count: int | None) -> str:
    *others, last = [f"{each.name} {each.wanted}" for each in criteria] or [""]
    wanted = f" with {', '.join(others)}{' and ' if others else ''}{last}" if last else ""
    if count is None:
        return f"No {noun} was {participle}{wanted}."
    return f"{_were(found, noun)} {participle}{wanted}, not {count}."


def _were(count: int, noun: str) -> str:
    return f"{count} {noun} was" if count == 1 else f"{count} {noun}s were"


def _closest(
    things: Sequence[T], criteria: Sequence[Criterion[T]], line: Callable[[T], str], found: int, count: int | None
) -> Iterator[str]:
    """Yield the closest thing that does not match, and its differences; nothing if enough things match."""
    others = [(number, each) for number, each in enumerate(things, 1) if _unmet(each, criteria)]
    if not others or (count is not None and found >= count):
        return
    number, nearest = min(others, key=lambda other: _distance(other[1], criteria))
    yield f"The closest is {number}. {line(nearest)}"
    for each in _unmet(nearest, criteria):
        yield f"  {each.name}: got {each.got(nearest)}, wanted {each.wanted}"


def _distance(thing: T, criteria: Sequence[Criterion[T]]) -> tuple[int, list[bool], list[float]]:
    """Order by the number of unmet criteria, then by which (the first weighs most), then by likeness of the text."""
    unmet = _unmet(thing, criteria)
    unlike = [-SequenceMatcher(None, each.got(thing), each.wanted).ratio() for each in unmet]
    return len(unmet), [each in unmet for each in criteria], unlike


def _received(record: GatewayRecord) -> Iterator[str]:
    return _list("Received", record.messages, _message)


def _refused(record: GatewayRecord) -> Iterator[str]:
    return _list("Refused", record.refused, _refusal)


def _list(title: str, things: Sequence[S], line: Callable[[S], str]) -> Iterator[str]:
    if not things:
        yield f"{title}: nothing."
        return
    yield f"{title}:"
    for number, each in enumerate(things[:LISTED], 1):
        yield f"  {number}. {line(each)}"
    if len(things) > LISTED:
        yield f"  and {len(things) - LISTED:,} more"


def _message(message: ReceivedMessage) -> str:
    return (
        f"from {_address(message.sender)} to {_cut(', '.join(message.recipients))}, subject {_quoted(message.subject)}"
    )


def _refusal(row: Truth) -> str:
    claimed = "" if row.honest else f", claimed as {row.claimed}"
    said = " ".join(filter(None, (str(row.code), row.enhanced, _quoted(row.text))))
    return f"{row.recipient or row.peer_address} at {row.stage} for {row.cause}{claimed}: {said}"


def _address(text: str) -> str:
    return _cut(text) or "<>"


def _quoted(text: str) -> str:
    """Return a text in quotes on one line, with characters that are not printable escaped."""
    return repr(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
