"""Prints verdicts per second of the context classifier, and what it keeps in memory for each recipient.

Run it with ``.venv/bin/python benchmarks/context.py``; it asserts nothing. Times are of the process itself, so that
neighbours on a shared machine count less. The campaign is made up: companies of uneven size, 4 % gone, a tenth of the
companies refusing in runs, so that about one recipient in nine is refused, as in the flagship scenario.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
import tracemalloc

from book_rows import STARTS, attempt, refused

from probe.classify.context import Context
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt

ROUNDS = 5
GONE = 0.04
TEXT = {"enhanced": "5.1.1", "text": "User unknown"}


def campaign(recipients: int, seed: int = 550) -> dict[str, Evidence]:
    """Return the evidence of a campaign to a company for every hundred recipients."""
    rng = random.Random(seed)
    companies = max(1, recipients // 100)
    found = {}
    for number in range(recipients):
        company = int(companies * rng.random() ** 2)
        lies = company % 10 == 0 and (number // 500) % 3 == 1
        row: dict[str, object] = {
            "recipient": f"person{number}@company{company}.example",
            "mx": f"mx.company{company}.example",
            "mx_address": f"127.1.{company // 250}.{company % 250 + 1}",
            "lane": f"company{company}",
            "seq": number,
            "at": STARTS + number / 2,
            "local_address": f"127.10.0.{1 + (rng.random() < 0.3)}",
        }
        made: Attempt = refused(**row, **TEXT) if lies or rng.random() < GONE else attempt(**row)
        found[made.recipient] = Evidence(made.recipient, (made,))
    return found


def main() -> None:
    """Print the figures."""
    print(f"{'recipients':>12} {'refused':>8} {'a second':>10} {'octets each':>12}")
    for recipients in map(int, sys.argv[1:] or ("10000", "50000", "200000")):
        evidence = campaign(recipients)
        share = sum(each.bounced for each in evidence.values()) / recipients
        seconds = []
        for _ in range(ROUNDS):
            began = time.process_time()
            Context().classify_campaign(evidence)
            seconds.append(time.process_time() - began)
        tracemalloc.start()
        kept = Context().classify_campaign(evidence)
        octets = tracemalloc.get_traced_memory()[1] / len(kept)
        tracemalloc.stop()
        print(f"{recipients:>12,} {share:>8.1%} {recipients / statistics.median(seconds):>10,.0f} {octets:>12,.0f}")


if __name__ == "__main__":
    main()
