"""What a test looks for in a gateway's books, and the text that says why it is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Generic, TypeVar

from fake_gateways.truth import Truth
from probe.testing.patterns import fits, holds
from probe.testing.recorded import Books, Message

T = TypeVar("T", Message, Truth)

LISTED: Final = 10
"""How much of the books a failure prints."""
_SHOWN: Final = 80
"""Characters of a text that are shown of it."""


@dataclass(frozen=True)
class Criterion(Generic[T]):
    """One thing wanted: what it is called, how it is written, and what stands in its place in something found."""

    name: str
    wanted: str
    got: Callable[[T], str]
    met_by: Callable[[T], bool]


def messages_with(
    recipient: str | None, sender: str | None, subject: str | None, content: tuple[str, Any] | None
) -> list[Criterion[Message]]:
    """Return what is wanted of a message; ``content`` is an expression as it was written, and compiled."""
    found: list[Criterion[Message]] = []
    if recipient is not None:
        found.append(
            Criterion(
                "recipient",
                recipient,
                lambda message: _cut(", ".join(message.recipients)),
                lambda message: any(fits(recipient, each) for each in message.recipients),
            )
        )
    if sender is not None:
        found.append(
            Criterion(
                "sender",
                _address(sender),
                lambda message: _address(message.sender),
                lambda message: fits(sender, message.sender),
            )
        )
    if subject is not None:
        found.append(
            Criterion(
                "subject",
                _quoted(subject),
                lambda message: _quoted(message.subject),
                lambda message: fits(subject, message.subject),
            )
        )
    if content is not None:
        pattern, expression = content
        found.append(
            Criterion(
                "content",
                _quoted(pattern),
                lambda message: _quoted(message.text),
                lambda message: holds(message.content, expression),
            )
        )
    return found


def refusals_with(**wanted: str | int | None) -> list[Criterion[Truth]]:
    """Return what is wanted of a decision, by the columns of the truth; those with ``@`` or ``*`` are patterns."""
    return [_column(column, value) for column, value in wanted.items() if value is not None]


def _column(column: str, value: str | int) -> Criterion[Truth]:
    def got(row: Truth) -> str:
        found = getattr(row, column)
        if column == "text":
            return _quoted(found)
        if column == "return_path" and found == "":
            return "<>"
        return _cut(str(found)) if found else "nobody yet" if column in _PEOPLE else "none"

    def met_by(row: Truth) -> bool:
        found = getattr(row, column)
        return found == value if isinstance(value, int) else found is not None and fits(value, found)

    wanted = _quoted(str(value)) if column == "text" else str(value) or "<>"
    return Criterion(_CALLED.get(column, column), wanted, got, met_by)


_CALLED: Final = {"return_path": "sender", "peer_address": "client"}
_PEOPLE: Final = {"recipient", "return_path"}


def matching(things: Sequence[T], criteria: Sequence[Criterion[T]]) -> list[T]:
    """Return what meets all criteria."""
    return [each for each in things if not _unmet(each, criteria)]


def _unmet(thing: T, criteria: Sequence[Criterion[T]]) -> list[Criterion[T]]:
    return [each for each in criteria if not each.met_by(thing)]


def no_message(books: Books, criteria: Sequence[Criterion[Message]], count: int | None) -> str:
    """Say that messages were not received as they were wanted, and what was."""
    found = len(matching(books.messages, criteria))
    return "\n".join(
        [
            _verdict("message", "received", found, criteria, count),
            *_closest(books.messages, criteria, _message, found, count),
            *_received(books),
            *_refused(books),
        ]
    )


def no_refusal(books: Books, criteria: Sequence[Criterion[Truth]], count: int | None) -> str:
    """Say that recipients were not refused as it was wanted, and who was."""
    found = len(matching(books.refused, criteria))
    return "\n".join(
        [
            _verdict("recipient", "refused", found, criteria, count),
            *_closest(books.refused, criteria, _refusal, found, count),
            *_refused(books),
            *_received(books),
        ]
    )


def not_nothing(books: Books) -> str:
    """Say that messages were received where none should have been."""
    return "\n".join(
        [f"{_were(len(books.messages), 'message')} received, and none should have been.", *_received(books)]
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
    """Yield what comes nearest of what does not do, where too little does, and in what it differs."""
    others = [(number, each) for number, each in enumerate(things, 1) if _unmet(each, criteria)]
    if not others or (count is not None and found >= count):
        return
    number, nearest = min(others, key=lambda other: _distance(other[1], criteria))
    yield f"The closest is {number}. {line(nearest)}"
    for each in _unmet(nearest, criteria):
        yield f"  {each.name}: got {each.got(nearest)}, wanted {each.wanted}"


def _distance(thing: T, criteria: Sequence[Criterion[T]]) -> tuple[int, list[bool], list[float]]:
    """Count the criteria that are not met. Where as many are not, the first weigh most, then those nearly met."""
    unmet = _unmet(thing, criteria)
    unlike = [-SequenceMatcher(None, each.got(thing), each.wanted).ratio() for each in unmet]
    return len(unmet), [each in unmet for each in criteria], unlike


def _received(books: Books) -> Iterator[str]:
    return _list("Received", books.messages, _message)


def _refused(books: Books) -> Iterator[str]:
    return _list("Refused", books.refused, _refusal)


def _list(title: str, things: Sequence[T], line: Callable[[T], str]) -> Iterator[str]:
    if not things:
        yield f"{title}: nothing."
        return
    yield f"{title}:"
    for number, each in enumerate(things[:LISTED], 1):
        yield f"  {number}. {line(each)}"
    if len(things) > LISTED:
        yield f"  and {len(things) - LISTED:,} more"


def _message(message: Message) -> str:
    return (
        f"from {_address(message.sender)} to {_cut(', '.join(message.recipients))}, subject {_quoted(message.subject)}"
    )


def _refusal(row: Truth) -> str:
    told = "" if row.honest else f", told as {row.claimed}"
    said = " ".join(filter(None, (str(row.code), row.enhanced, _quoted(row.text))))
    return f"{row.recipient or row.peer_address} at {row.stage} for {row.cause}{told}: {said}"


def _address(text: str) -> str:
    return _cut(text) or "<>"


def _quoted(text: str) -> str:
    """Return a text on one line, in quotes; whatever is not printable is escaped."""
    return repr(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
