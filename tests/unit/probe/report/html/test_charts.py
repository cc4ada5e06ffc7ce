"""Tables and the data of charts: what is in them, in which order, and what is said of what is left out."""

from __future__ import annotations

from collections import Counter

import pytest
from book_rows import STARTS
from report_content import Person, content, gone, kept, lied

from probe.judge.onset import GatewayInCampaign, Onset
from probe.judge.outcome import RecipientOutcome
from probe.report.html import charts
from probe.report.html.charts import GATEWAYS_DRAWN, ROWS, WORST
from probe.report.html.onset import steps
from probe.scenario.prices import MistakePrices

PEOPLE = [lied("ann"), lied("bob", gateway="beta"), lied("bea", gateway="beta"), gone("cy"), kept("dee"), Person("eve")]


def test_classifiers_are_compared_in_a_row_each() -> None:
    table = charts.comparison(content(PEOPLE).scorecard.classifiers)
    assert [row[0] for row in table.rows] == ["code", "text", "always-keep", "rules"]
    assert dict(zip(table.headings, table.rows[0], strict=True)) == {
        "Classifier": "code",
        "Alive, suppressed": "3",
        "Of all alive (95 %)": "60.0% (23.1-88.2%)",
        "Gone, kept": "0",
        "Of all gone (95 %)": "0.0% (0.0-79.3%)",
        "Precision (95 %)": "25.0% (4.6-69.9%)",
        "Recall (95 %)": "100.0% (20.7-100.0%)",
        "F1": "0.400",
    }


def test_retests_and_costs_have_columns_where_there_are_any() -> None:
    scores = content(PEOPLE, prices=MistakePrices(living=10, dead=0.5)).scorecard.classifiers
    scores["rules"].retested = 4
    table = charts.comparison(scores)
    assert table.headings[-2:] == ["To be retested", "Cost"]
    assert [row[-2:] for row in table.rows] == [["0", "30.00"], ["0", "30.00"], ["0", "0.50"], ["4", "10.00"]]


def test_mistakes_are_drawn_by_gateway_for_whoever_makes_any_on_one_scale() -> None:
    drawn = charts.by_gateway(content(PEOPLE).scorecard.classifiers)
    assert [chart.title for chart in drawn] == ["code", "text", "rules"]
    assert len({chart.most for chart in drawn}) == 1
    code = drawn[0].data["shares"]
    assert [(row["name"], row["share"]) for row in code] == [("beta", 1.0), ("acme", 0.33333)]
    assert all(row["low"] <= row["share"] <= row["high"] <= 1 for row in code)


def test_the_frontier_says_at_which_price_a_classifier_is_the_cheapest() -> None:
    chart = charts.of_frontier(content(PEOPLE).scorecard.classifiers, alive=5, gone=1)
    assert chart is not None
    assert [(row["name"], row["lost"], row["kept"]) for row in chart.data["classifiers"]] == [
        ("code, text", 0.6, 0.0),
        ("always-keep", 0.0, 1.0),
        ("rules", 0.2, 0.0),
    ]
    assert [row["name"] for row in chart.data["cheapest"]] == ["rules", "always-keep"]
    assert chart.note == (
        "Cheapest, by the price of a living recipient who is lost, in messages to the gone: "
        "rules below 1; always-keep from 1."
    )
    assert "code, text: 3 alive and suppressed, 0 gone and kept" in chart.told


@pytest.mark.parametrize(("alive", "gone_people", "names"), [(0, 1, 4), (5, 0, 4), (5, 1, 1)])
def test_without_anybody_to_lose_or_to_keep_or_to_compare_there_is_no_frontier(
    alive: int, gone_people: int, names: int
) -> None:
    scores = content(PEOPLE).scorecard.classifiers
    some = dict(list(scores.items())[:names])
    assert charts.of_frontier(some, alive=alive, gone=gone_people) is None


def test_more_gateways_than_can_be_drawn_are_counted() -> None:
    people = [lied("ann", gateway=f"g{number}") for number in range(WORST + ROWS + 3)]
    made = content(people)
    chart = charts.by_gateway(made.scorecard.classifiers)[0]
    assert len(chart.data["shares"]) == GATEWAYS_DRAWN
    assert chart.note == f"{len(people) - GATEWAYS_DRAWN} more gateways are not shown; scorecard.json has all."
    worst, others = charts.gateways(made.scorecard, made.personas)
    assert (len(worst.rows), len(others.rows)) == (WORST, ROWS)
    assert others.note == "3 gateways with fewer of them are not shown; scorecard.json has all."


def test_gateways_that_lie_most_come_first() -> None:
    made = content(PEOPLE)
    worst, others = charts.gateways(made.scorecard, made.personas)
    assert list(worst.rows) == [
        ("beta", "cisco-esa", "2", "0", "2", "0", "2"),
        ("acme", "cisco-esa", "4", "1", "2", "1", "1"),
    ]
    assert list(others.rows) == []


def test_of_many_rows_those_with_most_mistakes_are_kept_in_their_order() -> None:
    people = [(lied if number % 2 else kept)("ann", gateway=f"g{number:03}") for number in range(2 * ROWS)]
    (by_gateway,) = (
        table for table in charts.breakdowns(content(people).scorecard.classifiers) if table.headings[0] == "Gateway"
    )
    assert [row[0] for row in by_gateway.rows] == [f"g{number:03}" for number in range(1, 2 * ROWS, 2)]
    assert by_gateway.note == f"{ROWS} rows with fewer mistakes are not shown; scorecard.json has all."


def test_a_confusion_has_every_cause_that_is_true_or_seen_and_shares_of_rows() -> None:
    heat = charts.confusions(content(PEOPLE).scorecard.classifiers)[0]
    assert (heat.caption, list(heat.headings)) == ("code", ["system", "user-unknown", "none"])
    assert dict(heat.rows)["velocity"] == [(1, 0.25, False), (3, 0.75, False), (0, 0.0, False)]
    assert dict(heat.rows)["user-unknown"] == [(0, 0.0, False), (1, 1.0, True), (0, 0.0, False)]


def test_costs_are_piled_up_and_drawn_only_at_prices() -> None:
    assert charts.of_costs(content(PEOPLE).scorecard.classifiers) is None
    chart = charts.of_costs(
        content(PEOPLE, prices=MistakePrices(living=10, dead=2, reputation=7)).scorecard.classifiers
    )
    assert chart is not None
    assert [(row["name"], row["payment"], row["low"], row["high"]) for row in chart.data["costs"]] == [
        ("code", "living", 0.0, 30.0),
        ("text", "living", 0.0, 30.0),
        ("always-keep", "dead", 0.0, 2.0),
        ("always-keep", "reputation", 2.0, 9.0),
        ("rules", "living", 0.0, 10.0),
    ]


def test_probabilities_are_drawn_for_those_who_give_any() -> None:
    (chart,) = charts.calibrations(content(PEOPLE).scorecard.classifiers)
    assert chart.title.startswith("rules: Brier score ")
    assert [(row["said"], row["cases"]) for row in chart.data["bins"]] == [(0.2, 3), (0.9, 2)]
    assert all(row["low"] <= row["true"] <= row["high"] for row in chart.data["bins"])


@pytest.mark.parametrize(("before", "side"), [(1, "left"), (40, "right")])
def test_the_moment_when_refusals_began_is_marked_on_the_side_that_has_room(before: int, side: str) -> None:
    people = [
        *(Person(f"calm{n}", at=STARTS + n) for n in range(before)),
        lied("ann", STARTS + before),
        Person("z", at=STARTS + 42),
    ]
    made = content(people)
    (found,) = made.counts.onsets
    assert charts.of_onset(found, several_campaigns=False).data["first"] == [
        {
            "at": (STARTS + before) * 1000,
            "side": side,
            "told": f"refusals of living recipients began at 2026-03-02 08:00:{before:02}, for velocity",
        }
    ]


def test_where_nobody_alive_was_refused_no_moment_is_marked() -> None:
    calm = Onset(GatewayInCampaign("acme", "news"), 1, 0, 0, 1, 0, {0: Counter({RecipientOutcome.DELIVERED: 1})})
    assert charts.of_onset(calm, several_campaigns=False).data == {"steps": list(steps(calm)), "first": []}


def test_the_campaign_has_a_column_where_there_are_several() -> None:
    made = content(PEOPLE)
    begun = made.counts.onsets
    one = charts.table_of_onsets(begun, several_campaigns=False)
    two = charts.table_of_onsets(begun, several_campaigns=True)
    assert (one.headings[1], one.words, two.headings[1], two.words) == ("First refusal (UTC)", 3, "Campaign", 4)
    assert [row[0] for row in one.rows] == [row[0] for row in two.rows]
    assert {row[1] for row in two.rows} == {"news"}
