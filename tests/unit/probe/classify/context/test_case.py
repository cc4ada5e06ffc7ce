"""The case of a refusal: where it is among the replies, and whether it is isolated."""

from __future__ import annotations

from book_rows import attempt, refused
from circumstances import REPORT, address, campaign_of, case, evidence_of, sent

from probe.classify.context.arrivals import gather
from probe.classify.context.case import RefusalCase
from probe.classify.context.reader import case_of
from probe.classify.context.refusal import refusal_of


def test_a_case_knows_its_position_its_run_and_the_replies_around_it() -> None:
    found = case(campaign_of(sent("..xx.")), 3)
    assert found.position is not None
    assert found.position.from_source == 3
    assert found.run is not None
    assert (found.run.length, found.is_isolated) == (2, False)
    assert (found.series.refused, len(found.series)) == (2, 5)


def test_replies_to_other_source_addresses_count_only_overall() -> None:
    rows = [*sent(".x.", local_address="127.10.0.2"), *sent("xx", start=10, local_address="127.10.0.1")]
    found = case(campaign_of(rows), 1)
    assert found.is_isolated
    assert (len(found.series), len(found.overall)) == (3, 5)


def test_recipients_refused_earlier_in_the_dialogue_do_not_count() -> None:
    rows = [*sent("x", stage="end-of-data"), *sent("xx", start=1), *sent(".", start=5)]
    assert len(case(campaign_of(rows), 0).overall) == 2
    assert case(campaign_of(rows), 1).overall.refused == 2


def test_the_case_of_a_report_is_that_of_a_refusal_after_all_stages() -> None:
    campaign = campaign_of(sent("....."))
    for number in (2, 3):
        who = address(number)
        campaign[who] = evidence_of(*campaign[who].attempts, returned=(REPORT._replace(recipient=who),))
    found = case(campaign, 3)
    assert found.position is not None
    assert found.run is not None
    assert (found.refusal.stage, found.refusal.is_reported) == ("report", True)
    assert (found.position.from_source, found.run.length, found.is_isolated) == (3, 2, False)
    assert found.topics.mentions_mailbox


def test_a_report_that_a_message_expired_is_no_refusal() -> None:
    who = address(0)
    for told in ({"status": "4.4.7"}, {"code": 550, "text": "QUEUE.Expired; message expired"}):
        report = REPORT._replace(recipient=who, **{"status": "5.4.7", **told})
        campaign = {who: evidence_of(attempt(recipient=who), returned=(report,))}
        assert case_of(campaign[who], gather(campaign.values())) is None


def test_a_refusal_that_was_not_observed_is_read_without_a_position() -> None:
    row = refused(recipient=address(0), text="mailbox is full")
    found = RefusalCase(refusal_of(evidence_of(row), row), gather([]))
    assert (found.position, found.is_isolated) == (None, False)
    assert found.topics.mentions_mailbox
