"""fivefifty explain: how `context` reached its verdict on one recipient."""

from __future__ import annotations

from probe.cli.options import Recipient, RunFolder
from probe.cli.output import printing


def explain(run: RunFolder, *, recipient: Recipient) -> None:
    """Explain how `context` reached its verdict on one recipient.

    Shows the attempts, the replies to other recipients around them, and the weight of each piece of evidence.
    """
    from probe.input_error import InputError
    from probe.ledger import Ledger
    from probe.report.explain import explain as explained

    with Ledger.open(run) as ledger, printing():
        lines = list(explained(ledger, recipient))
        if not lines:
            raise InputError(f"--recipient {recipient}", f"not found in {run}", "see recipients in its books")
        print("\n".join(lines).rstrip())
