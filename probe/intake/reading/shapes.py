"""The shapes of what mail providers send and export: how an object is known, and where the fields of an event are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Final

from probe.intake.event import Event, EventKind
from probe.intake.reading.json_fields import Json, at_path, in_brackets, joined, text, word, words
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes

Refine = Callable[[Json, Event], Iterable[Event]]


@dataclass(frozen=True)
class Shape:
    """A shape of objects. Each field of an event is at a path, or at the first of several that holds something.

    Paths are separated by spaces, the keys of a path by dots; of ``label`` all paths count. A shape of events is known
    by the event's name, ``kinds`` says which kind each name is, None for those that are no events. A shape of a list's
    rows is known by the keys that it ``has``, in whatever case and punctuation; names that are not in ``kinds`` are of
    ``kind``, if there is one.
    """

    name: str = ""
    kinds: Mapping[str, EventKind | None] = field(default_factory=dict)
    has: str = ""
    kind: EventKind | None = None
    dates: str | None = None
    """The order of day, month and year, if the provider has one of its own."""
    each: str = ""
    """The path of a list whose elements are events of their own; they are at ``each`` in other paths."""
    recipient: str = ""
    at: str = ""
    message_id: str = ""
    return_path: str = ""
    campaign: str = ""
    local_address: str = ""
    mx: str = ""
    code: str = ""
    enhanced: str = ""
    text: str = ""
    label: str = ""
    refine: Refine | None = None
    """Completes an event by what paths cannot say; may return none or several."""

    def name_in(self, document: Json) -> str:
        """Return the name of the event that an object is, "" if it has none."""
        return next(filter(None, (word(at_path(document, path)) for path in self.name.split())), "")

    def takes(self, document: Json) -> bool:
        """Whether an object is of the shape; a row has its keys in the shape's spelling."""
        if self.has:
            return all(key in document for key in self.has.split())
        return self.name_in(document).lower() in self._kinds

    def knows(self, document: Json) -> bool:
        """Whether the name of an object that is of the shape has a kind, or says that it is no event."""
        return self.kind is not None or self.name_in(document).lower() in self._kinds

    def spelt(self, row: Json) -> Json:
        """Return a row with the keys in the shape's spelling."""
        return {self._spellings.get(_bare(key), key): value for key, value in row.items()}

    def events(self, document: Json, dates: str | None = None) -> Iterator[Event]:
        """Yield the events of an object that is of the shape, with an empty recipient if it has none."""
        kind = self._kinds.get(self.name_in(document).lower(), self.kind)
        if kind is None:
            return
        several = at_path(document, self.each) if self.each else None
        for element in several if isinstance(several, list) and several else [{}]:
            yield from self._events(kind, {**document, "each": element} if self.each else document, dates)

    def _events(self, kind: EventKind, document: Json, dates: str | None) -> Iterator[Event]:
        reply = next(filter(None, (text(at_path(document, path)) for path in self.text.split())), "")
        code, enhanced, is_own = reply_codes(reply, _first(document, self.code), _first_word(document, self.enhanced))
        event = Event(
            kind,
            recipient="",
            at=moment(_first(document, self.at), dates or self.dates),
            message_id=in_brackets(_first_word(document, self.message_id)),
            return_path=_first_word(document, self.return_path),
            campaign=_first_word(document, self.campaign),
            local_address=_first_word(document, self.local_address),
            mx=_first_word(document, self.mx),
            code=code,
            enhanced=enhanced,
            text=reply,
            label=joined(*(_first_word(document, path) for path in self.label.split())),
            is_own_status=is_own,
        )
        for recipient in _first_words(document, self.recipient) or [""]:
            about = event._replace(recipient=recipient)
            yield from (about,) if self.refine is None else self.refine(document, about)

    @cached_property
    def _kinds(self) -> Mapping[str, EventKind | None]:
        return {name.lower(): kind for name, kind in self.kinds.items()}

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        paths = " ".join(str(getattr(self, path)) for path in _PATHS)
        return {_bare(path): path for path in paths.split()}


_PATHS: Final = {"name", "has", *Event._fields} & {each.name for each in fields(Shape)} - {"kind"}


@lru_cache(maxsize=1024)
def _bare(key: str) -> str:
    return re.sub(r"[\W_]+", "", key[:200]).lower()


def _first(document: Json, paths: str) -> object:
    """Return the first value that is not empty."""
    if not paths:
        return None
    found = (at_path(document, path) for path in paths.split())
    return next((value for value in found if value not in (None, "", [], {})), None)


def _first_words(document: Json, paths: str) -> list[str]:
    if not paths:
        return []
    return next(filter(None, (words(at_path(document, path)) for path in paths.split())), [])


def _first_word(document: Json, paths: str) -> str:
    return next(iter(_first_words(document, paths)), "")
