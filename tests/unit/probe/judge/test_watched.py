"""What watching would have told, and how long before the first refusal."""

from __future__ import annotations

import json

from book_rows import truth

from fake_gateways.truth import Cause, Fate
from probe.judge.watched import watch_score

SEEN = [
    {"subject": "127.10.0.2", "zone": "a.example", "state": "listed", "since_s": 3600.0, "until_s": 9000.0, "told": ""},
    {"subject": "127.10.0.2", "zone": "b.example", "state": "unknown", "since_s": 0.0, "until_s": 9.0, "told": ""},
]
NOTE = json.dumps({"starts": 1000.0, "looks": 5, "seen": SEEN})


def test_what_was_seen_is_compared_with_what_gateways_decided() -> None:
    decided = [
        truth(at=1000.0 + 4000.0, cause=Cause.IP_REPUTATION, fate=Fate.JUNK),
        truth(at=1000.0 + 5000.0, cause=Cause.CONTENT, fate=Fate.REFUSED),
        truth(at=1000.0 + 7200.0, cause=Cause.IP_REPUTATION, fate=Fate.REFUSED),
        truth(at=1000.0 + 8000.0, cause=Cause.IP_REPUTATION, fate=Fate.JUNK),
        truth(at=1000.0 + 9000.0, cause=Cause.IP_REPUTATION, fate=Fate.DEFERRED),
    ]
    score = watch_score(NOTE, decided, 0.5)
    assert (score.looks, score.listed, score.unknown) == (5, 1, 1)
    assert (score.first_listed_s, score.first_unseen_s, score.first_refused_s) == (3600.0, 4000.0, 7200.0)
    assert score.told_before_s == 3600.0
    assert (score.unseen_until_refusal, score.unseen_cost) == (1, 0.5)


def test_without_listing_or_refusal_all_is_zero() -> None:
    score = watch_score(json.dumps({"starts": 0.0, "looks": 1, "seen": []}), [], 0.5)
    assert (score.listed, score.first_listed_s, score.told_before_s, score.unseen_cost) == (0, 0.0, 0.0, 0.0)
    only_junk = [truth(at=1.0, cause=Cause.IP_REPUTATION, fate=Fate.JUNK)]
    assert watch_score(NOTE, only_junk, 1.0).unseen_until_refusal == 1
