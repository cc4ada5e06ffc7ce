"""The judgement during a campaign, attempt by attempt."""

from __future__ import annotations

from book_rows import STARTS, refused
from circumstances import BURST, QUIET, REPORT, UNKNOWN, WEEK_S, address, campaign_of, evidence_of, sent, with_retests

from fake_gateways.smtp.envelope import Stage
from probe.classify.context import Context, Streaming
from probe.classify.evidence import Evidence
from probe.classify.reading import Advice
from probe.records.attempt import Attempt, Outcome


def observe_all(stream: Streaming, attempts: list[Attempt]) -> Streaming:
    """Feed attempts one by one."""
    for each in attempts:
        stream.observe(each)
    return stream


def test_attempt_by_attempt_gives_the_same_readings_as_the_whole_campaign_at_once() -> None:
    attempts = with_retests(BURST + QUIET, {**dict.fromkeys(range(20, 40), "."), 30: "x", 90: "x"})
    stream = observe_all(Streaming(), attempts)
    assert stream.readings() == Context().classify_campaign(campaign_of(attempts))
    assert stream.readings() == stream.readings()


def test_earlier_campaigns_count_as_well() -> None:
    before = {address(1): (evidence_of(refused(recipient=address(1), at=STARTS - WEEK_S, **UNKNOWN)),)}
    attempts = sent(".x..")
    stream = observe_all(Streaming(before), attempts)
    campaign = campaign_of(attempts)
    campaign[address(1)] = Evidence(address(1), campaign[address(1)].attempts, (), before[address(1)])
    assert stream.readings() == Context().classify_campaign(campaign)


def test_a_growing_run_raises_the_probability_of_life() -> None:
    stream = Streaming(pooled=False)
    alive = []
    for each in sent("." * 20 + "x" * 6):
        stream.observe(each)
        alive.append(stream.reading(each.recipient).alive or 0.0)
    assert alive[20] < alive[22] < alive[25]
    assert stream.refusals_in_a_row(each) == 6


def test_rows_of_a_running_campaign_are_read_like_those_of_the_books() -> None:
    attempts = sent(".x..xx.")
    running = [row._replace(stage=Stage(row.stage), outcome=Outcome(row.outcome)) for row in attempts]
    assert observe_all(Streaming(), running).readings() == observe_all(Streaming(), attempts).readings()


def test_reading_all_recipients_does_not_change_a_later_reading() -> None:
    attempts = with_retests(BURST + QUIET, {**dict.fromkeys(range(20, 40), "."), 30: "x", 90: "x"})
    stream = observe_all(Streaming(), attempts)
    before = stream.reading(address(90))
    stream.readings()
    assert stream.reading(address(90)) == before


def test_reports_that_come_while_others_are_sent_are_refusals_as_well() -> None:
    attempts = sent("." * 60)
    stream = observe_all(Streaming(), attempts[:50])
    campaign = campaign_of(attempts)
    for number in range(20, 40):
        report = REPORT._replace(recipient=address(number))
        stream.hear(report)
        campaign[address(number)] = evidence_of(*campaign[address(number)].attempts, returned=(report,))
    assert stream.reading(address(30)).advice is Advice.RETEST
    observe_all(stream, attempts[50:])
    assert stream.readings() == Context().classify_campaign(campaign)
    assert Streaming(pooled=False).readings() == {}
