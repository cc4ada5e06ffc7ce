"""The null hypothesis."""

from __future__ import annotations

from book_rows import attempt, refused

from probe.classify.always_keep import AlwaysKeep
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice


def test_every_address_is_kept_whatever_the_reply() -> None:
    for row in (refused(code=550, enhanced="5.1.1", text="User unknown"), attempt()):
        reading = AlwaysKeep().classify(Evidence(row.recipient, (row,)))
        assert (reading.cause, reading.advice) == (None, Advice.KEEP)
