"""fivefifty show: what is recorded about one recipient."""

from __future__ import annotations

from probe.cli.options import Recipient, RunFolder
from probe.cli.output import printing


def show(run: RunFolder, *, recipient: Recipient) -> None:
    """Show what is recorded about one recipient: attempts, truth, returned mail, dialogues.

    Dialogues are recorded only with run --transcripts.
    """
    from probe.input_error import InputError
    from probe.ledger import Ledger
    from probe.report.recipient_story import recipient_story

    with Ledger.open(run) as ledger, printing():
        lines = list(recipient_story(ledger, recipient))
        if not lines:
            raise InputError(f"--recipient {recipient}", f"not found in {run}", "see recipients in its books")
        print("\n".join(lines))
