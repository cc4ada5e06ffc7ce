"""How many verdicts were blocks that we provoked, of all at gateways that block whoever probes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from probe.diagnose.hypothesis import told_apart
from probe.judge.interval import wilson
from probe.studies.diagnose.accuracy import Diagnosed


def own_blocks(found: Sequence[Diagnosed]) -> dict[str, Any]:
    """Return the simulated hours, the verdicts, how many met a block, and how many of these were wrong.

    ``not_own_blocks`` is the share of all verdicts that are right or left open, or wrong without a block, with its
    interval of 95 %. ``taken_for`` are the wrong ones by the true cause and the cause that was said, and how many of
    them called the mailbox what it is not.
    """
    own = [each for each in found if each.blocks and each.is_wrong]
    mailboxes = Counter(_mistake(each) for each in own if each.says_alive is (not each.subject.truth.alive))
    right = len(found) - len(own)
    low, high = wilson(right, len(found))
    return {
        "hours": round(sum(each.seconds for each in found) / 3600, 1),
        "verdicts": len(found),
        "met_a_block": sum(each.blocks > 0 for each in found),
        "decided": sum(each.is_decided for each in found),
        "own_blocks": len(own),
        "not_own_blocks": {
            "value": round(right / len(found), 5) if found else None,
            "low": round(low, 5),
            "high": round(high, 5),
            "of": len(found),
        },
        "taken_for": [
            {"true": true, "diagnosed": said, "verdicts": times, "wrong_mailboxes": mailboxes[true, said]}
            for (true, said), times in Counter(map(_mistake, own)).most_common()
        ],
    }


def _mistake(each: Diagnosed) -> tuple[str, str]:
    return told_apart(each.subject.truth.cause).value, told_apart(each.cause).value
