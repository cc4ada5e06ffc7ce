"""fivefifty books: what a run recorded."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from probe.cli.options import RunFolder
from probe.cli.output import print_lines, printing
from probe.harmless import harmless


def books(
    run: RunFolder,
    *,
    export: Annotated[
        bool,
        typer.Option(
            "--export",
            help="Print the books in canonical form instead: JSON Lines, in parts by gateway and lane.",
        ),
    ] = False,
    part: Annotated[
        str | None, typer.Option("--part", help="Print one part of the books, such as truth/northwind.")
    ] = None,
    hashes: Annotated[
        bool,
        typer.Option(
            "--hashes",
            help="Print the SHA-256 of each part instead. The hash of the books is the SHA-256 of this output.",
        ),
    ] = False,
) -> None:
    """Show what a run recorded, whether it finished, and the hash of its books."""
    from fake_gateways.reports.delivery_report import DeliveryReport
    from fake_gateways.truth import Truth
    from probe.ledger import Ledger
    from probe.records.attempt import Attempt
    from probe.records.parts import hash_list
    from probe.records.returned import Returned
    from probe.records.rows import Planned

    counted = {
        "planned": Planned,
        "attempts": Attempt,
        "truth": Truth,
        "reports": DeliveryReport,
        "returned": Returned,
    }
    with Ledger.open(run) as ledger, printing():
        if export or part is not None:
            sys.stdout.buffer.writelines(ledger.export(part))
            return
        if hashes:
            sys.stdout.buffer.writelines(harmless(line).encode() for line in hash_list(ledger.hashes()))
            return
        state = "complete" if ledger.complete else "INCOMPLETE: the run ended before every recipient was finished with"
        noted = (f"{key} {ledger.note(key)}" for key in ("seed", "transport"))
        print_lines([f"scenario   {ledger.note('scenario')}, {', '.join(noted)}"])
        print(f"state      {state}")
        for name, row_type in counted.items():
            print(f"{name:<10} {ledger.planned_deliveries if row_type is Planned else ledger.count(row_type):,}")
        print(f"sha256     {ledger.digest()}")
