"""The lines that explain a verdict."""

from __future__ import annotations

from circumstances import ALONE, BURST, QUIET, REPORT, address, campaign_of, evidence_of, sent, with_retests

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


def test_a_report_is_described_like_a_refusal() -> None:
    who = address(1)
    campaign = campaign_of(sent("..."))
    campaign[who] = evidence_of(*campaign[who].attempts, returned=(REPORT._replace(recipient=who),))
    found = lines(campaign, 1)
    assert "refused 1 of 3 recipients at stage report" in found[0]
    assert "The recipients before and after it were accepted." in found


def test_the_figures_of_a_second_verdict_add_up() -> None:
    found = lines(campaign_of(with_retests(BURST, {**dict.fromkeys(range(20, 40), "."), 30: "x"})), 30)
    *parts, total = [line for line in found[found.index("Refused again (nats)") + 1 :] if line.startswith("  ")]
    assert abs(sum(float(line.split()[0]) for line in parts) - float(total.split()[0])) < 0.005 * (len(parts) + 1)
    assert any("the sum so far" in line for line in parts)


def test_a_retest_refused_in_other_words_leaves_the_sum() -> None:
    rows = with_retests(BURST, {30: "x"})
    rows[-1] = rows[-1]._replace(text="message refused as spam", enhanced="5.7.1")
    assert "Refused again in words that do not speak of the recipient: the sum remains." in lines(campaign_of(rows), 30)


def test_a_company_that_refuses_round_after_round_is_described() -> None:
    found = lines(campaign_of(with_retests("xxx", {0: "x", 1: "x", 2: "x"})), 1)
    assert any(line.startswith("acme.example has refused everybody in 2 rounds") for line in found)


def test_a_tenant_is_described() -> None:
    found = lines(campaign_of([*sent("xx."), *sent("....", start=5, domain="beta.example")]), 1)
    assert "Recipients at acme.example: 2 of 3 refused; the exchanger serves other domains too." in found
