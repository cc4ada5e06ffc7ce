"""The charts and tables of the report, made from the scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from probe.harmless import clipped
from probe.judge.calibration import Bin
from probe.judge.class_scores import NONE
from probe.judge.classifier_score import ClassifierScore
from probe.judge.errors import ErrorCounts
from probe.judge.frontier import Point, frontier
from probe.judge.interval import wilson
from probe.judge.onset import Onset
from probe.judge.outcome import LABELS
from probe.judge.scorecard import Scorecard
from probe.report.html.figures import Chart, Heat, Table, interval_of, percent, within
from probe.report.html.flow import COLUMNS, COLUMNS_AS_LOGGED, Flow
from probe.report.html.onset import clock, length, steps
from probe.report.prices import price_range
from probe.report.summary import count

ROWS: Final = 40
"""The most rows of a table with a row per gateway."""
WORST: Final = 12
"""The number of gateways that are visible without a click."""
GATEWAYS_DRAWN: Final = 12
ROW_HEIGHT: Final = 24
"""Pixels."""
PATHS_LISTED: Final = 40
NAME: Final = 60
PAYMENTS: Final = {"living": "living suppressed", "dead": "dead mailed again", "reputation": "harm to reputation"}
Scores = Mapping[str, ClassifierScore]


def of_flow(drawn: Flow, *, as_logged: bool = False) -> Chart:
    """Draw the flow from true cause over reply code to the sender's report."""
    paths = drawn.paths.most_common()
    told = "; ".join(f"{size:,} {path.cause}, code {path.code}, {LABELS[path.outcome]}" for path, size in paths[:5])
    rows = [(path.cause, path.code, path.verdict, LABELS[path.outcome], f"{size:,}") for path, size in paths]
    columns, known = (COLUMNS_AS_LOGGED, "As the log says") if as_logged else (COLUMNS, "In truth")
    headings = (*(name.capitalize() for name in columns), known, "Recipients")
    note = _left_out(len(rows), PATHS_LISTED, "rarer path", where="ledger.sqlite")
    table = Table("From cause over code to report", headings, rows[:PATHS_LISTED], words=4, note=note)
    title = f"{count(drawn.paths.total(), 'recipient')} not delivered, or reported as hard bounces"
    data = {"ribbons": drawn.ribbons, "nodes": drawn.nodes}
    return Chart("flow", title, f"The most frequent paths: {told}.", data, table, height=drawn.height)


def of_onset(found: Onset, *, several_campaigns: bool) -> Chart:
    """Draw the results of the attempts at one gateway over time."""
    place, first = found.place, found.first
    name = clipped(f"{place.gateway}, {place.campaign}" if several_campaigns else place.gateway, NAME)
    if first is None:
        told = f"{count(found.attempts, 'attempt')}; no living recipient was refused."
    else:
        told = (
            f"{count(found.refused_living, 'living recipient')} refused, the first at {clock(first.at)} "
            f"for {first.cause}, after {count(first.attempts_before, 'attempt')}, {first.per_minute:,.4g} per minute."
        )
    later = f" {count(found.later, 'later attempt')} not shown." if found.later else ""
    note = f"Attempts per {length(found.step_s)}.{later}"
    drawn = list(steps(found))
    return Chart("onset", name, told, {"steps": drawn, "first": _mark(found, drawn)}, note=note)


def _mark(found: Onset, drawn: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the moment when refusals began, with the side of its label that has room."""
    if found.first is None:
        return []
    at, (begin, end) = found.first.at * 1000, (drawn[0]["at"], drawn[-1]["until"])
    told = f"refusals of living recipients began at {clock(found.first.at)}, for {found.first.cause}"
    return [{"at": round(at), "side": "left" if at - begin < (end - begin) / 2 else "right", "told": told}]


def table_of_onsets(onsets: Iterable[Onset], *, several_campaigns: bool, as_logged: bool = False) -> Table:
    """Return when refusals began at each gateway, as a table; the campaign has a column if there are several."""
    rows = [
        (
            clipped(each.place.gateway, NAME),
            *([clipped(each.place.campaign, NAME)] if several_campaigns else []),
            clock(each.first.at),
            each.first.cause,
            f"{each.first.attempts_before:,}",
            f"{each.first.per_minute:,.4g}",
            f"{each.refused_living:,}",
        )
        for each in onsets
        if each.first is not None
    ]
    words = (
        *("Gateway", *(["Campaign"] if several_campaigns else [])),
        *("First refusal (UTC)", "Logged cause" if as_logged else "True cause"),
    )
    numbers = ("Attempts before", "Attempts per minute then", "Alive, refused")
    return Table("When refusals of living recipients began", (*words, *numbers), rows, words=len(words))


def comparison(scores: Scores) -> Table:
    """Compare the classifiers; retests and costs have a column if there are any."""
    retests = any(score.retested for score in scores.values())
    costs = any(score.cost.total for score in scores.values())
    headings = [
        *("Classifier", "Alive, suppressed", "Of all alive (95 %)", "Gone, kept", "Of all gone (95 %)"),
        *("Precision (95 %)", "Recall (95 %)", "F1"),
        *(["To be retested"] if retests else []),
        *(["Cost"] if costs else []),
    ]
    rows = [
        [
            clipped(name, NAME),
            f"{score.wrongly_suppressed:,}",
            within(score.wrongly_suppressed_rate, score.wrongly_suppressed_interval),
            f"{score.missed_dead:,}",
            within(score.missed_dead_rate, score.missed_dead_interval),
            within(score.precision, score.precision_interval),
            within(score.recall, score.recall_interval),
            f"{score.f1:.3f}",
            *([f"{score.retested:,}"] if retests else []),
            *([f"{score.cost.total:,.2f}"] if costs else []),
        ]
        for name, score in scores.items()
    ]
    return Table("Mistakes of each classifier", headings, rows)


def of_mistakes(scores: Scores) -> list[Chart]:
    """Draw both kinds of mistakes per classifier, with their intervals."""
    wrong = [
        _share(name, score.wrongly_suppressed, score.wrongly_suppressed_rate, score.wrongly_suppressed_interval)
        for name, score in scores.items()
    ]
    missed = [
        _share(name, score.missed_dead, score.missed_dead_rate, score.missed_dead_interval)
        for name, score in scores.items()
    ]
    return [
        _shares("Alive, suppressed: share of all alive", wrong),
        _shares("Gone, kept: share of all gone", missed),
    ]


def of_frontier(scores: Scores, *, alive: int, gone: int) -> Chart | None:
    """Draw what each classifier loses and keeps, and say at which price each is the cheapest.

    None where there are no living or no gone recipients, or less than two classifiers.
    """
    if not alive or not gone or len(scores) < 2:
        return None
    alike: dict[tuple[int, int], list[str]] = {}
    for name, score in scores.items():
        alike.setdefault((score.wrongly_suppressed, score.missed_dead), []).append(clipped(name, NAME))
    results = {", ".join(names): counts for counts, names in alike.items()}
    rows: dict[str, dict[str, Any]] = {
        name: {
            "name": name,
            "lost": round(lost / alive, 5),
            "kept": round(kept / gone, 5),
            "told": f"{name}: {lost:,} alive and suppressed, {kept:,} gone and kept",
        }
        for name, (lost, kept) in results.items()
    }
    winners = frontier(Point(name, *each) for name, each in results.items())
    cheapest = "; ".join(
        f"{winner.ways[0]} {price_range(winner.above, below)}"
        for winner, below in zip(winners, [*(each.above for each in winners[1:]), None], strict=True)
    )
    note = f"Cheapest, by the price of a living recipient who is lost, in messages to the gone: {cheapest}."
    data = {"classifiers": list(rows.values()), "cheapest": [rows[winner.ways[0]] for winner in winners]}
    told = "; ".join(row["told"] for row in rows.values())
    return Chart("frontier", "The living lost, and the gone kept", f"{told}.", data, note=note)


def by_gateway(scores: Scores) -> list[Chart]:
    """Draw the living recipients that each classifier would suppress, at the gateways where these are most."""
    drawn = {}
    for name, score in scores.items():
        found = [(each, where) for where, each in score.parts.get("gateway", {}).items() if each.wrongly_suppressed]
        found.sort(key=lambda pair: (-pair[0].wrongly_suppressed, pair[1]))
        if found:
            drawn[name] = [_of_errors(where, each) for each, where in found[:GATEWAYS_DRAWN]], len(found)
    most = max((row["high"] for rows, _ in drawn.values() for row in rows), default=1.0)
    return [
        _shares(clipped(name, NAME), rows, most, note=_left_out(found, GATEWAYS_DRAWN, "more gateway"))
        for name, (rows, found) in drawn.items()
    ]


def _of_errors(where: str, errors: ErrorCounts) -> dict[str, Any]:
    wrong, alive = errors.wrongly_suppressed, errors.alive
    return _share(where, wrong, wrong / alive, wilson(wrong, alive))


def _share(name: str, hits: int, share: float, interval: tuple[float, float]) -> dict[str, Any]:
    name = clipped(name, NAME)
    told = f"{name}: {hits:,}, {percent(share)} ({interval_of(interval)})"
    low, high = (round(end, 5) for end in interval)
    return {"name": name, "share": round(share, 5), "low": low, "high": high, "told": told}


def _shares(title: str, rows: list[dict[str, Any]], most: float | None = None, note: str = "") -> Chart:
    most = max((row["high"] for row in rows), default=1.0) if most is None else most
    told = "; ".join(row["told"] for row in rows) + "."
    most = min(1.0, most * 1.05) or 1.0
    return Chart("shares", title, told, {"shares": rows}, height=ROW_HEIGHT * len(rows), most=most, note=note)


def confusions(scores: Scores) -> list[Heat]:
    """Return a heat map per classifier: true causes by the causes that it recognised."""
    return [_heat(clipped(name, NAME), score.confusion) for name, score in scores.items() if score.confusion]


def _heat(name: str, confusion: Mapping[str, Mapping[str, int]]) -> Heat:
    seen = {cause for row in confusion.values() for cause in row}
    columns = sorted(seen, key=lambda cause: (cause == NONE, cause))
    rows = []
    for true in sorted(confusion, key=lambda cause: (cause == NONE, cause)):
        total = sum(confusion[true].values())
        cells = [(confusion[true].get(cause, 0), cause == true) for cause in columns]
        rows.append((true, [(size, round(size / total, 3), hit) for size, hit in cells]))
    return Heat(name, columns, rows)


def calibrations(scores: Scores) -> list[Chart]:
    """Draw a reliability curve for each classifier that gives probabilities."""
    found = []
    for name, score in scores.items():
        if score.calibration is None:
            continue
        rows = [_of_bin(each) for each in score.calibration.bins]
        brier = f"Brier score {score.calibration.brier:.4f} over {count(score.calibration.cases, 'recipient')}"
        told = "; ".join(row["told"] for row in rows)
        found.append(Chart("calibration", f"{clipped(name, NAME)}: {brier}", f"{told}.", {"bins": rows}))
    return found


def _of_bin(each: Bin) -> dict[str, Any]:
    low, high = wilson(round(each.true * each.cases), each.cases)
    told = f"predicted {percent(each.said)}, true {percent(each.true)} of {count(each.cases, 'recipient')}"
    row = {"said": each.said, "true": each.true, "cases": each.cases, "told": told}
    return {**row, "low": round(low, 5), "high": round(high, 5)}


def of_costs(scores: Scores) -> Chart | None:
    """Draw the cost of the mistakes; None if nothing has a price."""
    if not any(score.cost.total for score in scores.values()):
        return None
    rows, told, cells = [], [], []
    for name, score in scores.items():
        low, name_shown = 0.0, clipped(name, NAME)
        for payment, words in PAYMENTS.items():
            price = getattr(score.cost, payment)
            if price:
                row = {"name": name_shown, "payment": payment, "low": low, "high": low + price}
                rows.append({**row, "told": f"{name_shown}: {price:,.2f} for {words}"})
                low += price
        told.append(f"{name_shown} {score.cost.total:,.2f}")
        payments = [f"{getattr(score.cost, payment):,.2f}" for payment in (*PAYMENTS, "total")]
        cells.append([name_shown, *payments])
    headings = ("Classifier", *(words.capitalize() for words in PAYMENTS.values()), "Total")
    table = Table("Cost of mistakes", headings, cells)
    title, height = "Cost of mistakes, at the given prices", ROW_HEIGHT * len(scores)
    return Chart("costs", title, f"{', '.join(told)}.", {"costs": rows}, table, height)


def breakdowns(scores: Scores) -> list[Table]:
    """Return both kinds of mistakes by gateway, persona, true cause, stage, company size and time."""
    parts = {part: None for score in scores.values() for part in score.parts}
    return [_breakdown(part, scores) for part in parts]


def _breakdown(part: str, scores: Scores) -> Table:
    values: dict[str, dict[str, ErrorCounts]] = {}
    for name, score in scores.items():
        for value, errors in score.parts.get(part, {}).items():
            values.setdefault(value, {})[name] = errors
    ranked = list(values.items())
    if len(ranked) > ROWS:
        # The rows with the most mistakes, in their original order.
        worst = sorted(ranked, key=lambda item: -sum(e.wrongly_suppressed + e.missed_dead for e in item[1].values()))
        shown = {value for value, _ in worst[:ROWS]}
        ranked = [item for item in ranked if item[0] in shown]
    rows = []
    for value, by_name in ranked:
        errors = next(iter(by_name.values()))
        mistakes = [
            f"{by_name[n].wrongly_suppressed:,} / {by_name[n].missed_dead:,}" if n in by_name else "" for n in scores
        ]
        rows.append((clipped(value, NAME), f"{errors.alive:,}", f"{errors.gone:,}", *mistakes))
    headings = (part.capitalize(), "Alive", "Gone", *(clipped(name, NAME) for name in scores))
    note = _left_out(len(values), ROWS, "row with fewer mistakes", "rows with fewer mistakes")
    return Table(f"By {part}: alive and suppressed / gone and kept", headings, rows, note=note)


def gateways(card: Scorecard, personas: Mapping[str, str]) -> tuple[Table, Table]:
    """Return the gateways with the most living recipients reported as hard bounces, and further gateways."""
    ranked = sorted(card.gateways.items(), key=lambda item: (item[1].gone - item[1].hard_bounces, item[0]))
    rows = [
        (
            *(clipped(name or NONE, NAME), personas.get(name, NONE)),
            *(f"{part.recipients:,}", f"{part.delivered:,}", f"{part.hard_bounces:,}", f"{part.gone:,}"),
            f"{part.hard_bounces - part.gone:,}",
        )
        for name, part in ranked[: WORST + ROWS]
    ]
    headings = ("Gateway", "Persona", "Recipients", "Delivered", "Hard bounces", "Of them gone", "Of them alive")
    note = _left_out(len(ranked), WORST + ROWS, "gateway with fewer of them", "gateways with fewer of them")
    return (
        Table("Gateways", headings, rows[:WORST], words=2),
        Table(f"{count(len(rows) - WORST, 'more gateway')}", headings, rows[WORST:], words=2, note=note),
    )


def campaigns(card: Scorecard) -> Table:
    """Return the result of each campaign that was sent. Mail of another system belongs to none that is known."""
    sent = {name or NONE: part for name, part in card.campaigns.items() if part.recipients}
    rows = [
        (
            clipped(name, NAME),
            *(f"{part.recipients:,}", f"{part.delivered:,}", f"{part.hard_bounces:,}", f"{part.gone:,}"),
            f"{part.hard_bounces - part.gone:,}",
        )
        for name, part in list(sent.items())[:ROWS]
    ]
    headings = ("Campaign", "Recipients", "Delivered", "Hard bounces", "Of them gone", "Of them alive")
    return Table("Campaigns", headings, rows, note=_left_out(len(sent), ROWS, "more campaign"))


def _left_out(there: int, shown: int, noun: str, plural: str = "", *, where: str = "scorecard.json") -> str:
    more = there - shown
    if more <= 0:
        return ""
    what = f"{more:,} {plural}" if plural and more > 1 else count(more, noun)
    return f"{what} {'is' if more == 1 else 'are'} not shown; {where} has all."
