"""Readings: probability, advice, cause and reasons; the second verdict; the same judgement attempt by attempt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import UNKNOWN, address, campaign_of, evidence_of, words

import probe.classify.context as package
from fake_gateways import persona as personas
from fake_gateways.truth import Cause
from probe.classify.context import Context, Streaming
from probe.classify.context.evidence import FUNCTIONS, NAMES
from probe.classify.context.weights import Sum, Weights, parse, shipped, worth, write
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice, Reading
from probe.records.attempt import Attempt
from probe.records.returned import Returned

WEEK_S = 7 * 86_400.0
QUIET = ("." * 24 + "x") * 8
ALONE = 99
BURST = "." * 20 + "x" * 20 + "." * 20
REPORT = Returned("acme", 1, STARTS + 60, "", "news", "", "report", "failed", "5.1.1", 550, "user unknown", "",
                  "return-path", "")  # fmt: skip


def read(attempts: list[Attempt], number: int) -> Reading:
    """Return the reading of a person."""
    return Context().classify_campaign(campaign_of(attempts))[address(number)]


def with_tests(pattern: str, outcomes: dict[int, str]) -> list[Attempt]:
    """Return a campaign in which some were tried again a week later, and taken (``.``) or refused (``x``)."""
    first = words(pattern)
    again = [
        row._replace(number=2, at=STARTS + WEEK_S + number, seq=1000 + number)
        for number, letter in outcomes.items()
        for row in words(letter, start=number)
    ]
    return [*first, *again]


def test_who_is_refused_alone_is_hardly_alive_and_who_in_a_run_is_likely() -> None:
    alone, in_a_run = read(words(QUIET), ALONE), read(words(BURST), 30)
    assert alone.alive is not None
    assert in_a_run.alive is not None
    assert alone.alive < 0.15
    assert in_a_run.alive > 0.7


def test_advice_follows_the_probability() -> None:
    assert read(words(QUIET), ALONE).advice is Advice.SUPPRESS
    assert read(words(BURST), 30).advice is Advice.RETEST
    assert read(words(QUIET), 3) == Reading(None, "delivered", 0.998, Advice.KEEP)


def test_what_speaks_of_no_recipient_is_no_reason_to_suppress_or_to_test() -> None:
    reading = read(words("." * 30 + "l" + "." * 30, text="Message refused, it is spam", enhanced="5.7.1"), 30)
    assert reading.advice is Advice.KEEP
    assert reading.cause is Cause.CONTENT


def test_a_full_mailbox_is_kept() -> None:
    reading = read(words(QUIET, text="mailbox is full", enhanced="5.2.2"), ALONE)
    assert (reading.cause, reading.advice) == (Cause.MAILBOX_FULL, Advice.KEEP)


def test_a_domain_that_is_no_more_is_suppressed() -> None:
    gone = attempt(
        recipient=address(0), outcome="failed", code=None, text="null MX", failure="no-route", stage="connect"
    )
    reading = read([gone], 0)
    assert (reading.cause, reading.advice) == (Cause.BAD_DOMAIN, Advice.SUPPRESS)


def test_a_deferral_is_kept() -> None:
    assert read([refused(recipient=address(0), code=451)], 0).advice is Advice.KEEP


def test_reasons_name_the_evidence_and_its_weight() -> None:
    reasons = read(words(BURST), 30).reason
    assert re.fullmatch(r"[a-z ]+ [+-]\d+\.\d(, [a-z ]+ [+-]\d+\.\d){0,3}", reasons), reasons


def test_who_is_refused_again_where_the_others_are_taken_is_gone() -> None:
    others = dict.fromkeys(range(20, 40), ".")
    reading = read(with_tests(BURST, {**others, 30: "x"}), 30)
    assert reading.alive is not None
    assert reading.alive < 0.15
    assert reading.advice is Advice.SUPPRESS
    assert "refused again" in reading.reason


def test_who_is_refused_again_where_everybody_is_says_little_new() -> None:
    everybody = dict.fromkeys(range(20, 40), "x")
    first, second = read(words(BURST), 30).alive, read(with_tests(BURST, everybody), 30)
    assert first is not None
    assert second.alive == pytest.approx(first, abs=0.15)
    assert second.advice is Advice.KEEP


def test_who_is_taken_at_the_test_is_alive() -> None:
    assert read(with_tests(BURST, {30: "."}), 30).reason == "delivered"


def test_a_refusal_by_one_exchanger_and_a_delivery_by_the_next_in_the_same_round_is_no_test() -> None:
    first = refused(recipient=address(0), mx_address="127.1.0.1", seq=1, **UNKNOWN)
    second = attempt(recipient=address(0), mx_address="127.1.0.2", seq=2, at=STARTS + 1)
    assert read([first, second], 0).reason == "delivered"


@pytest.mark.parametrize(
    ("attempts", "cause"),
    [
        (words("x" * 20, stage="connect"), Cause.IP_REPUTATION),
        (words("." * 10 + "x" * 20 + "." * 10), Cause.VELOCITY),
        (words("x" * 20, stage="end-of-data"), Cause.CONTENT),
    ],
)
def test_a_lie_is_put_down_to_what_it_follows(attempts: list[Attempt], cause: Cause) -> None:
    assert read(attempts, 15).cause is cause


def hear(stream: Streaming, attempts: list[Attempt]) -> Streaming:
    """Feed attempts one by one."""
    for each in attempts:
        stream.observe(each)
    return stream


def test_attempt_by_attempt_it_comes_to_the_same_judgement_as_at_once() -> None:
    attempts = with_tests(BURST + QUIET, {**dict.fromkeys(range(20, 40), "."), 30: "x", 90: "x"})
    stream = hear(Streaming(), attempts)
    assert stream.readings() == Context().classify_campaign(campaign_of(attempts))
    assert stream.readings() == stream.readings()


def test_earlier_campaigns_count_as_well_attempt_by_attempt() -> None:
    before = {address(1): (evidence_of(refused(recipient=address(1), at=STARTS - WEEK_S, **UNKNOWN)),)}
    attempts = words(".x..")
    stream = hear(Streaming(before), attempts)
    campaign = campaign_of(attempts)
    campaign[address(1)] = Evidence(address(1), campaign[address(1)].attempts, (), before[address(1)])
    assert stream.readings() == Context().classify_campaign(campaign)


def test_while_the_campaign_runs_a_run_is_seen_as_it_grows() -> None:
    stream = Streaming(pooled=False)
    alive = []
    for each in words("." * 20 + "x" * 6):
        stream.observe(each)
        alive.append(stream.reading(each.recipient).alive or 0.0)
    assert alive[20] < alive[22] < alive[25]
    assert stream.refusals_in_a_row(each) == 6


def test_weights_survive_their_file() -> None:
    again = parse(write(shipped(), ("A remark.",)))
    for read_again, written in ((again.first, shipped().first), (again.again, shipped().again)):
        assert read_again.base == pytest.approx(written.base, abs=1e-3)
        assert read_again.weights == pytest.approx(written.weights, abs=1e-3)
        assert dict(read_again.curve) == pytest.approx(dict(written.curve), abs=1e-3)
    assert again.suppress_below == shipped().suppress_below


def test_a_function_that_the_file_does_not_mention_weighs_nothing() -> None:
    again = "base = 0\nfirst_verdict = 1\nliving_refused_again = 1\nshare_refused_again = 1\n"
    text = f"suppress_below = 0.1\nsuppress_below_at_last = 0.2\nbase = 1.0\nweight = []\n[again]\n{again}"
    assert parse(text) == Weights(Sum(1.0, (0.0,) * len(NAMES)), Sum(0.0, (1.0, 1.0, 1.0)), 0.1, 0.2)


def test_a_curve_runs_straight_between_its_points_and_is_level_beyond() -> None:
    curve = ((-1.0, -3.0), (0.0, 0.0), (2.0, 1.0))
    assert [worth(curve, added) for added in (-9.0, -1.0, -0.5, 0.0, 1.0, 2.0, 9.0)] == [
        -3.0, -3.0, -1.5, 0.0, 0.5, 1.0, 1.0,
    ]  # fmt: skip
    assert worth((), 0.7) == 0.7


def test_no_shipped_weight_is_negative() -> None:
    assert min(shipped().first.weights) >= 0.0


def test_every_evidence_function_names_a_public_source() -> None:
    source = re.compile(r"\([^()]{4,}\)|RFC \d+")
    assert [function.__name__ for function in FUNCTIONS if not source.search(function.__doc__ or "")] == []
    assert not [function.__name__ for function in FUNCTIONS if re.search(r"\w+\.md\b", function.__doc__ or "")]
    assert len(set(NAMES)) == len(NAMES)


def test_no_persona_is_a_password() -> None:
    names = set(personas.names()) - {"postfix", "consumer", "eset"} | {"northwind", "hasty", "wary", "terse"}
    for file in sorted(Path(package.__file__).parent.glob("*.py")):
        text = file.read_text("utf-8")
        assert [name for name in sorted(names) if name in text] == [], file
        assert ".example" not in text, file


def test_a_round_that_ended_in_a_deferral_is_no_test_and_what_was_not_heard_has_no_seat() -> None:
    who = "zed@acme.example"
    row: dict[str, Any] = {"recipient": who, "at": STARTS + 1000, **UNKNOWN}
    elsewhere = {"mx_address": "127.1.0.2", "mx": "mx2.acme.example", "code": 450, "text": "try later"}
    evidence = evidence_of(
        refused(**row, number=1, seq=900, stage="mail"),
        attempt(**{**row, **elsewhere}, outcome="deferred", number=1, seq=901),
        refused(**{**row, "at": STARTS + 2000}, number=2, seq=902, local_address="127.10.0.9"),
    )
    campaign = campaign_of(words("." * 30 + "x" + "." * 30))
    assert 0.0 < (Context().classify_campaign({**campaign, who: evidence})[who].alive or 0.0) < 0.2
    bare = evidence_of(refused(**row, stage=""))
    assert 0.0 < (Context().classify_campaign({**campaign, who: bare})[who].alive or 0.0) < 0.5


def test_who_was_taken_at_the_test_and_then_reported_is_gone() -> None:
    who = address(34)
    campaign = campaign_of(words("." * 30 + "x" * 9 + "." * 30))
    taken = attempt(recipient=who, at=STARTS + WEEK_S, number=2, seq=999)
    campaign[who] = evidence_of(campaign[who].attempts[0], taken, returned=(REPORT._replace(recipient=who),))
    assert Context().classify_campaign(campaign)[who].advice is Advice.SUPPRESS


def test_a_reading_is_the_same_before_and_after_all_were_read() -> None:
    attempts = with_tests(BURST + QUIET, {**dict.fromkeys(range(20, 40), "."), 30: "x", 90: "x"})
    stream = hear(Streaming(), attempts)
    before = stream.reading(address(90))
    stream.readings()
    assert stream.reading(address(90)) == before
