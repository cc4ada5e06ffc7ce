"""The lines that explain a verdict."""

from __future__ import annotations

from book_rows import attempt
from circumstances import ALONE, BURST, QUIET, REPORT, address, campaign_of, evidence_of, sent

from probe.classify.context.arrivals import gather
from probe.classify.context.explain import explain_verdict
from probe.classify.context.reader import Reader
from probe.classify.context.weights import shipped
from probe.classify.evidence import Evidence


def lines(campaign: dict[str, Evidence], number: int) -> list[str]:
    """Return the explanation of a recipient's verdict."""
    reader = Reader(gather(campaign.values()), shipped())
    return list(explain_verdict(reader, campaign[address(number)]))


def test_a_run_is_described_with_its_length_and_its_end() -> None:
    found = lines(campaign_of(sent(BURST)), 30)
    assert "127.1.0.1 refused 20 of 60 recipients at stage rcpt" in found[0]
    assert "This refusal is part of a run of 20 refusals in 190 s, ended by an acceptance." in found
    assert lines(campaign_of(sent("." + "x" * 3)), 2)[2].endswith("in 20 s, with no acceptance after it.")


def test_an_isolated_refusal_is_described_with_its_neighbours() -> None:
    found = lines(campaign_of(sent(QUIET)), ALONE)
    assert "Isolated refusals (recipients before and after accepted): 7 among 192 acceptances here, " in found[1]
    assert "The recipients before and after it were accepted." in found
    assert "It is the only reply." in lines(campaign_of(sent("x")), 0)


def test_other_source_addresses_are_counted() -> None:
    rows = [*sent(".x.", local_address="127.10.0.2"), *sent("x..", start=10, local_address="127.10.0.1")]
    assert "Sent from 1 other address: 1 of 3 refused." in lines(campaign_of(rows), 1)


def test_the_weights_add_up_to_the_total() -> None:
    found = lines(campaign_of(sent(BURST)), 30)
    start = found.index("Log odds that the mailbox is alive (nats; above 0 means alive is more likely)")
    *parts, total = [line for line in found[start + 1 :] if line.startswith("  ")]
    assert abs(sum(float(line.split()[0]) for line in parts) - float(total.split()[0])) < 0.005 * (len(parts) + 1)
    assert "in total; calibrated on scenarios: " in total
    assert [line.split()[0] for line in found[-4:]] == ["cause", "alive", "advice", "reasons"]


def test_a_delivered_recipient_has_only_a_verdict() -> None:
    found = lines(campaign_of(sent("..")), 0)
    assert found == ["", "cause      none", "alive      99.8%", "advice     keep", "reasons    delivered"]


def test_later_reports_are_counted_beside_isolated_refusals() -> None:
    who = address(0)
    campaign = campaign_of(sent(".."))
    campaign[who] = evidence_of(attempt(recipient=who), returned=(REPORT._replace(recipient=who),))
    assert "0 and 1 later report among 2 acceptances here" in lines(campaign, 0)[1]
