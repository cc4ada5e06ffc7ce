"""Divides lanes into shares, one or more for each process."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

Lane = TypeVar("Lane")

PER_PROCESS: Final = 20_000
"""With fewer deliveries, another process costs more time than it saves."""
_PER_SHARE: Final = 10_000
_SHARES_PER_PROCESS: Final = 8
"""Each process takes several shares, the largest first, so that all end at about the same time and progress shows."""


def processes_for(deliveries: int, lanes: int) -> int:
    """Return the number of processes that fits a run."""
    return max(1, min(os.cpu_count() or 1, lanes, deliveries // PER_PROCESS))


def one_process_only(lanes: int, deliveries: int, wanted: int | None) -> list[str]:
    """Return a sentence if a run would use more processes than its lanes allow, else nothing."""
    if lanes != 1 or (wanted or min(os.cpu_count() or 1, deliveries // PER_PROCESS)) < 2:
        return []
    return ["all recipients are in one lane (one gateway, or several that share a domain), so one process sends"]


def share_out(lanes: Sequence[Lane], deliveries_of: Callable[[Lane], int], processes: int) -> list[list[Lane]]:
    """Divide lanes into shares of about the same size, the largest first; there are no more shares than lanes."""
    total = sum(map(deliveries_of, lanes))
    processes = min(processes, len(lanes))
    wanted = max(processes, min(processes * _SHARES_PER_PROCESS, total // _PER_SHARE))
    shares: list[list[Lane]] = [[] for _ in range(wanted)]
    loads = [0] * wanted
    for lane in sorted(lanes, key=deliveries_of, reverse=True):
        least = loads.index(min(loads))
        shares[least].append(lane)
        loads[least] += deliveries_of(lane)
    in_order = sorted(zip(loads, shares, strict=True), key=lambda each: -each[0])
    return [share for _, share in in_order if share]
