"""Laws of the context classifier, whatever the campaign."""

from __future__ import annotations

import pickle
import random
from typing import Any

from book_rows import STARTS, attempt, refused
from circumstances import REPORT, address, campaign_of, evidence_of, sent
from hypothesis import given, settings
from hypothesis import strategies as st

from probe.classify.context import Context, Streaming
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt

PATTERNS = st.text(".xl", min_size=1, max_size=60)
TEXTS = st.sampled_from(
    ["User unknown", "no such user", "go away", "spam", "", "\x1b[31m", "try in 5 minutes", "é" * 50]
)


@st.composite
def campaigns(draw: st.DrawFn) -> list[Attempt]:
    """Draw attempts at up to three exchangers from up to two addresses."""
    made: list[Attempt] = []
    for place in range(draw(st.integers(1, 3))):
        made += sent(draw(PATTERNS), start=place * 100, mx_address=f"127.1.0.{place}",
                      local_address=draw(st.sampled_from(["127.10.0.1", "127.10.0.2", ""])),
                      stage=draw(st.sampled_from(["connect", "mail", "rcpt", "end-of-data"])),
                      text=draw(TEXTS))  # fmt: skip
    return made


@given(campaigns(), st.integers())
@settings(max_examples=60, deadline=None)
def test_the_order_of_recipients_does_not_matter(attempts: list[Attempt], seed: int) -> None:
    campaign = campaign_of(attempts)
    shuffled = list(campaign.items())
    random.Random(seed).shuffle(shuffled)
    assert Context().classify_campaign(dict(shuffled)) == Context().classify_campaign(campaign)


@given(campaigns())
@settings(max_examples=60, deadline=None)
def test_attempt_by_attempt_gives_the_same_readings(attempts: list[Attempt]) -> None:
    stream = Streaming()
    for each in sorted(attempts, key=lambda row: (row.at, row.lane, row.seq)):
        stream.observe(each)
    assert stream.readings() == Context().classify_campaign(campaign_of(attempts))


@st.composite
def histories(draw: st.DrawFn) -> list[Evidence]:
    """Draw a campaign with retests, reports and earlier campaigns at up to five exchangers of three vendors."""
    found: list[Evidence] = []
    for place in range(draw(st.integers(1, 5))):
        mx = ("mx1.one.iphmx.com", "mx.mimecast.com", "")[place % 3]
        for number, row in enumerate(sent(draw(PATTERNS), start=100 * place, mx=mx, mx_address=f"127.1.0.{place}",
                                          domain=f"company{place}.example", every_s=draw(st.sampled_from([0.0, 7.0])),
                                          text=draw(TEXTS))):  # fmt: skip
            kind = draw(st.sampled_from(["", "", "again", "reported", "deferred", "before"]))
            evidence = evidence_of(row._replace(local_address=f"127.10.0.{number % 2}"))
            if kind == "again":
                later = draw(st.sampled_from([refused, attempt]))(
                    recipient=row.recipient,
                    mx=mx,
                    mx_address=row.mx_address,
                    number=2,
                    at=row.at + 1000,
                    seq=1000 + row.seq,
                )
                evidence = evidence_of(*evidence.attempts, later)
            elif kind == "deferred":
                first = refused(
                    recipient=row.recipient, mx=mx, mx_address=row.mx_address, code=451, at=row.at - 300, seq=0
                )
                evidence = evidence_of(first, row._replace(number=2))
            elif kind == "reported":
                evidence = evidence_of(row, returned=(REPORT._replace(recipient=row.recipient),))
            elif kind == "before":
                evidence = evidence_of(
                    row, before=(evidence_of(refused(recipient=row.recipient, mx_address="127.1.0.0", at=1.0)),)
                )
            found.append(evidence)
    return found


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=80, deadline=None)
def test_parts_of_a_campaign_in_any_order_give_the_same_readings_as_the_whole(
    evidence: list[Evidence], chance: random.Random
) -> None:
    campaign = {each.recipient: each for each in evidence}
    exchangers = {each.last.mx_address: chance.randrange(3) for each in evidence}
    parts = [[each for each in evidence if exchangers[each.last.mx_address] == part] for part in range(3)]
    for part in (*parts, evidence):
        chance.shuffle(part)
    classifier = Context()
    observed = [pickle.loads(pickle.dumps(classifier.observe(iter(part)))) for part in parts]
    chance.shuffle(observed)
    reader = pickle.loads(pickle.dumps(classifier.reader(observed)))
    assert {each.recipient: reader.classify(each) for each in evidence} == classifier.classify_campaign(campaign)


@given(campaigns(), st.integers(1, 2000), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_delivery_in_the_past_never_lowers_the_probability_of_life(
    attempts: list[Attempt],
    days: int,
    bounced: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    campaign = campaign_of(attempts)
    who = attempts[0].recipient
    earlier = evidence_of(refused(recipient=who, at=STARTS - 3000 * 86_400, text="User unknown", enhanced="5.1.1"))
    delivered = evidence_of(attempt(recipient=who, at=STARTS - days * 86_400))
    before = (earlier,) if bounced else ()

    def alive(*past: Evidence) -> float:
        now = campaign[who]
        reading = Context().classify_campaign({**campaign, who: Evidence(who, now.attempts, (), past)})[who]
        return reading.alive or 0.0

    assert alive(*before, delivered) >= alive(*before)


@given(campaigns())
@settings(max_examples=60, deadline=None)
def test_every_recipient_gets_a_probability(attempts: list[Attempt]) -> None:
    campaign = campaign_of(attempts)
    readings = Context().classify_campaign(campaign)
    assert set(readings) == set(campaign)
    assert all(each.alive is not None and 0.0 <= each.alive <= 1.0 for each in readings.values())


@given(st.lists(st.sampled_from([0.0, STARTS, float("inf")]), min_size=1, max_size=20), PATTERNS)
@settings(max_examples=40, deadline=None)
def test_missing_times_do_no_harm(times: list[float], pattern: str) -> None:
    rows: list[Any] = [row._replace(at=times[place % len(times)]) for place, row in enumerate(sent(pattern))]
    assert set(Context().classify_campaign(campaign_of(rows))) == {address(number) for number in range(len(pattern))}
