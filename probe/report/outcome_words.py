"""The outcome of an experiment in words."""

from __future__ import annotations

from typing import Final

from probe.diagnose.reply_kind import ALIKE, Answer, Place

_ANSWERS: Final = {
    Answer.TAKEN: "accepted",
    Answer.DEFERRED: "deferred",
    Answer.UNKNOWN_RECIPIENT: "refused, read as an unknown recipient",
    Answer.REFUSED: "refused, read as another reason",
    Answer.CLOSED: "connection closed",
    Answer.SILENT: "no reply",
}
_PLACES: Final = {Place.BEFORE_RCPT: "before RCPT", Place.RCPT: "at RCPT", Place.CONTENT: "after the message"}


def in_words(kind: str) -> str:
    """Return the kind of a reply (``str`` of a ReplyKind) in words."""
    if kind == ALIKE:
        return "the same words as at first"
    answer, _, place = kind.partition(" at ")
    return f"{_ANSWERS[Answer(answer)]}, {_PLACES[Place(place)]}"
