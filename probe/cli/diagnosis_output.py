"""Shows a diagnosis as the options say, and tells its exit code."""

from __future__ import annotations

import json

from probe.cli.console import PipedConsole
from probe.cli.exit_codes import Exit
from probe.cli.output import printing
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.document import as_document
from probe.diagnose.reached import Reached, Unreached
from probe.report.terminal.diagnosis import print_diagnosis, print_sentences

Outcome = Diagnosis | Reached | Unreached


def show(found: Outcome, *, as_json: bool) -> Exit:
    """Show what was found, and return the exit code."""
    with printing():
        if as_json:
            print(json.dumps(as_document(found) if isinstance(found, Diagnosis) else found.document(), indent=2))
        elif isinstance(found, Diagnosis):
            print_diagnosis(PipedConsole(), found)
        else:
            print_sentences(PipedConsole(), found.sentences())
    return exit_of(found)


def exit_of(found: Outcome) -> Exit:
    """Return the exit code: the recipient is accepted now, or else the cause is known, or the mailbox is alive."""
    if isinstance(found, Reached):
        return Exit.PASSED
    if isinstance(found, Unreached):
        return Exit.CANNOT_TELL
    if found.is_reachable:
        return Exit.PASSED
    if found.is_explained:
        return Exit.REASON_FOUND
    return Exit.PASSED if found.is_alive else Exit.CANNOT_TELL
