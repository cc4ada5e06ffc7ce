"""What is gathered from a campaign, and that the classifier knows no persona."""

from __future__ import annotations

from pathlib import Path

from book_rows import attempt
from circumstances import REPORT, address, campaign_of, sent, with_retests

import probe.classify.context as package
from fake_gateways import persona
from probe.classify.context import Context
from probe.classify.context.arrivals import gather
from probe.classify.context.refusal import refusal_of
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.weights import Sum, shipped
from probe.classify.evidence import Evidence


def test_attempts_are_gathered_in_the_order_in_which_they_began() -> None:
    rows = sent(".x.x")
    campaign = campaign_of(reversed(rows))
    (exchanger,) = gather(campaign.values()).exchangers.values()
    position = exchanger.position_of(refusal_of(campaign[address(3)], rows[3]), rank_of("rcpt"))
    assert position is not None
    assert position.from_source == 3
    assert exchanger.isolated.isolated == 1


def test_retests_are_left_out() -> None:
    (exchanger,) = gather(campaign_of(with_retests(".x.x", {1: "x", 3: "."})).values()).exchangers.values()
    assert len(exchanger.series(None, 0)) == 4


def test_a_report_about_an_accepted_message_is_counted_as_a_refusal() -> None:
    who = address(0)
    campaign = {who: Evidence(who, (attempt(recipient=who),), (REPORT._replace(recipient=who),))}
    (exchanger,) = gather(campaign.values()).exchangers.values()
    assert exchanger.refused_at(rank_of("report")) == 1


def test_other_weights_give_other_readings() -> None:
    campaign = campaign_of(sent("." * 20 + "x" * 20))
    no_evidence = shipped()._replace(first=Sum(0.0, ()))
    assert Context(no_evidence).classify_campaign(campaign)[address(30)].alive == 0.5
    assert (Context().classify_campaign(campaign)[address(30)].alive or 0.0) > 0.5


def test_the_classifier_knows_no_persona_by_name() -> None:
    names = set(persona.names()) - {"postfix", "consumer", "eset"} | {"northwind", "hasty", "wary", "terse"}
    for file in sorted(Path(package.__file__).parent.rglob("*.py")):
        text = file.read_text("utf-8")
        assert [name for name in sorted(names) if name in text] == [], file
        assert ".example" not in text, file
