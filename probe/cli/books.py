"""Commands that look into the books of a run: books and show."""

from __future__ import annotations

from typing import Annotated

import typer

from probe.cli.console import RunFolder, app, printing
from probe.input_error import InputError
from probe.ledger import Attempt, DeliveryReport, Ledger, Planned, Returned, Truth
from probe.report import recipient_story as shown

_COUNTED = (
    ("planned", Planned),
    ("attempts", Attempt),
    ("truth", Truth),
    ("reports", DeliveryReport),
    ("returned", Returned),
)


@app.command()
def books(
    folder: RunFolder,
    *,
    export: Annotated[bool, typer.Option("--export", help="Print the canonical books, a JSON object a line.")] = False,
) -> None:
    """Say what the books of a run hold, and whether it came to its end."""
    with Ledger.open(folder) as ledger, printing():
        if export:
            for line in ledger.export():
                print(line)
            return
        state = "complete" if ledger.complete else "INCOMPLETE: the run ended before every recipient was finished with"
        print(f"scenario   {ledger.note('scenario')}, seed {ledger.note('seed')}, transport {ledger.note('transport')}")
        print(f"state      {state}")
        for name, row_type in _COUNTED:
            print(f"{name:<10} {ledger.count(row_type):,}")
        print(f"sha256     {ledger.digest()}")


@app.command()
def show(
    folder: RunFolder,
    *,
    recipient: Annotated[str, typer.Option(help="An address.")],
) -> None:
    """Tell what the books have on one recipient: attempts, truth, what came home; dialogues if they were kept."""
    with Ledger.open(folder) as ledger, printing():
        lines = list(shown.tell(ledger, recipient))
        if not lines:
            raise InputError(f"--recipient {recipient}", f"stands nowhere in {folder}", "see recipients in its books")
        print("\n".join(lines))
