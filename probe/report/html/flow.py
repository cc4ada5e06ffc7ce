"""The flow chart of the report: from the true cause over the reply code to the sender's report.

This module computes the positions of bars and ribbons. The plane is 1 wide and ``height`` pixels high; the chart only
paints.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

from probe.judge.outcome import LABELS, RecipientOutcome
from probe.judge.refusal_path import VERDICTS, RefusalPath
from probe.report.summary import count

COLUMNS: Final = ("true cause", "reply code", "reported as")
COLUMNS_AS_LOGGED: Final = ("logged cause", *COLUMNS[1:])
BODY: Final = 300.0
"""The height of all recipients together, in pixels."""
PITCH: Final = 19.0
"""The distance between bars that a line of text needs, in pixels."""
GAP: Final = 5.0
WIDTH: Final = 0.012
"""The width of a bar, as a share of the chart's width."""
MOST: Final = 9
"""The most bars in a column; the rest is gathered in one more bar."""
OTHERS: Final = "others"
_POINTS: Final = 13


class _Bar(NamedTuple):
    """A bar of a column; ``top`` and ``thick`` (its height) are in pixels."""

    column: int
    name: str
    size: int
    top: float
    thick: float

    @property
    def left(self) -> float:
        """The left edge, as a share of the chart's width."""
        return (1 - WIDTH) * self.column / (len(COLUMNS) - 1)


@dataclass(frozen=True)
class Flow:
    """The number of recipients per path, and the drawing: bars, edges of ribbons, height in pixels."""

    paths: Counter[RefusalPath]
    nodes: list[dict[str, Any]]
    ribbons: list[dict[str, Any]]
    height: int


def flow(paths: Counter[RefusalPath]) -> Flow:
    """Lay out the recipients that were not delivered, or were reported as hard bounces."""
    return _drawn(_gathered(paths))


def _gathered(paths: Counter[RefusalPath]) -> Counter[RefusalPath]:
    """Gather the rarest names of each column as "others", so that the chart remains readable."""
    kept = []
    for number in range(len(COLUMNS)):
        sizes = _sizes(paths, number)
        kept.append({name for name, _ in sizes.most_common(MOST)} if len(sizes) > MOST + 1 else set(sizes))
    found: Counter[RefusalPath] = Counter()
    for path, size in paths.items():
        cause, code, verdict = (name if name in kept[number] else OTHERS for number, name in enumerate(path[:3]))
        found[RefusalPath(cause, code, verdict, path.outcome)] += size
    return found


def _sizes(paths: Mapping[RefusalPath, int], column: int) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for path, size in paths.items():
        sizes[path[column]] += size
    return sizes


def _drawn(paths: Counter[RefusalPath]) -> Flow:
    scale = BODY / max(1, paths.total())
    columns = _ordered(paths)
    heights = [sum(_pitch(size * scale) for size in column.values()) for column in columns]
    height = max(heights, default=0.0)
    bars: list[dict[str, _Bar]] = []
    for number, column in enumerate(columns):
        # A column with less height than the highest one has more space between its bars.
        spread = (height - heights[number]) / max(1, len(column))
        at = spread / 2
        bars.append({})
        for name, size in column.items():
            thick = size * scale
            bars[number][name] = _Bar(number, name, size, at + (_pitch(thick) - thick) / 2, thick)
            at += _pitch(thick) + spread
    ribbons = [point for left, right in pairwise(bars) for point in _ribbons(paths, left, right, scale)]
    return Flow(paths, [_node(bar) for column in bars for bar in column.values()], ribbons, round(height))


def _pitch(thick: float) -> float:
    return max(thick + GAP, PITCH)


def _ordered(paths: Counter[RefusalPath]) -> list[dict[str, int]]:
    """Return the bars of each column from top to bottom: causes by outcome, codes by the verdicts they lead to."""
    dead = {RecipientOutcome.GONE, RecipientOutcome.MISSED}
    gone = _means(paths, 0, {path: float(path.outcome in dead) for path in paths})
    lied = _means(paths, 0, {path: float(path.outcome is RecipientOutcome.LIED) for path in paths})
    causes = _sizes(paths, 0)
    verdicts = _sizes(paths, 2)
    first = sorted(causes, key=lambda one: (-gone[one], -lied[one], -causes[one]))
    last = [name for name in VERDICTS if name in verdicts]
    codes = _sizes(paths, 1)
    ends = _means(paths, 1, {path: last.index(path.verdict) for path in paths})
    begins = _means(paths, 1, {path: first.index(path.cause) for path in paths})
    middle = sorted(codes, key=lambda one: (ends[one], begins[one], one))
    return [
        {name: sizes[name] for name in names} for names, sizes in ((first, causes), (middle, codes), (last, verdicts))
    ]


def _means(paths: Counter[RefusalPath], column: int, values: Mapping[RefusalPath, float]) -> dict[str, float]:
    """Return the mean value over the recipients of each bar of a column."""
    total: dict[str, float] = {}
    for path, size in paths.items():
        total[path[column]] = total.get(path[column], 0.0) + values[path] * size
    return {name: total[name] / size for name, size in _sizes(paths, column).items()}


def _node(bar: _Bar) -> dict[str, Any]:
    side = "right" if bar.column == len(COLUMNS) - 1 else "left"
    return {
        "x": round(bar.left, 4),
        "x2": round(bar.left + WIDTH, 4),
        "y": round(bar.top, 2),
        "y2": round(bar.top + max(bar.thick, 1.0), 2),
        "side": side,
        "edge": round(bar.left if side == "right" else bar.left + WIDTH, 4),
        "middle": round(bar.top + bar.thick / 2, 2),
        "label": f"{bar.name}  {bar.size:,}",
        "told": f"{COLUMNS[bar.column]} {bar.name}: {count(bar.size, 'recipient')}",
    }


def _ribbons(
    paths: Counter[RefusalPath], left: Mapping[str, _Bar], right: Mapping[str, _Bar], scale: float
) -> Iterable[dict[str, Any]]:
    """Yield points of the edges of the ribbons between two columns; each ribbon is an S curve."""
    flows: Counter[tuple[str, str, RecipientOutcome]] = Counter()
    column = next(iter(left.values())).column if left else 0
    for path, size in paths.items():
        flows[path[column], path[column + 1], path.outcome] += size
    starts, ends = _piled(flows, 0, left, right, scale), _piled(flows, 1, right, left, scale)
    for one, two, what in sorted(flows):
        size = flows[one, two, what]
        begin, end = left[one].left + WIDTH, right[two].left
        for step in range(_POINTS):
            part = step / (_POINTS - 1)
            eased = part * part * (3 - 2 * part)
            top = starts[one, two, what] * (1 - eased) + ends[one, two, what] * eased
            yield {
                "ribbon": f"{column}/{one}/{two}/{what}",
                "x": round(begin + (end - begin) * part, 4),
                "y": round(top, 2),
                "y2": round(top + size * scale, 2),
                "standing": what.value,
                "told": f"{one}, {two}: {count(size, 'recipient')}, {LABELS[what]}",
            }


def _piled(
    flows: Mapping[tuple[str, str, RecipientOutcome], int],
    side: int,
    here: Mapping[str, _Bar],
    there: Mapping[str, _Bar],
    scale: float,
) -> dict[tuple[str, str, RecipientOutcome], float]:
    """Return the top of each ribbon at the bars of one side, in the order of the bars at the other side."""
    outcomes = list(RecipientOutcome)
    tops = {name: bar.top for name, bar in here.items()}
    found = {}
    for flow_ in sorted(flows, key=lambda each: (there[each[1 - side]].top, outcomes.index(each[2]))):
        found[flow_] = tops[flow_[side]]
        tops[flow_[side]] += flows[flow_] * scale
    return found
