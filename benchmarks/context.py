"""Measures how fast ``context`` judges a campaign, and the memory that it needs besides the evidence; for ``bench.py``.

The campaign is made up: companies of uneven size, 4 % gone, a tenth of the companies refusing in runs, so that about
one recipient in nine is refused, as in the flagship scenario.
"""

from __future__ import annotations

import json
import random
import sys
import time
import tracemalloc

from book_rows import STARTS, attempt, refused

from probe.classify.context import Context
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt

SIZES = (10_000, 200_000)
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
    """Measure, and print the rows of ``bench.py`` as JSON. Arguments are other sizes."""
    rows = []
    for recipients in map(int, sys.argv[1:] or SIZES):
        evidence = campaign(recipients)
        rounds = []
        for _ in range(ROUNDS):
            began = time.process_time()
            Context().classify_campaign(evidence)
            seconds = time.process_time() - began
            rounds.append({"cpu_s": seconds, "rate": recipients / seconds})
        tracemalloc.start()
        Context().classify_campaign(evidence)
        rounds[0]["peak_mb"] = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        rows.append({"case": "context", "count": recipients, "rounds": rounds})
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
