"""Shows a diagnosis as the options say, and tells its exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from probe.cli.console import PipedConsole
from probe.cli.exit_codes import Exit
from probe.cli.output import print_notes, printing
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.document import as_document
from probe.diagnose.reached import Reached, Unreached
from probe.input_error import InputError
from probe.report.html.diagnosis import diagnosis_page, page_without_refusal
from probe.report.letter import Letter, letter_of
from probe.report.letter_words import Language
from probe.report.terminal.diagnosis import print_diagnosis, print_sentences
from probe.user_files import require_writable, write_whole, writing

Outcome = Diagnosis | Reached | Unreached
_NOTHING_TO_ASK = Letter("", "there is no letter, because nothing was refused")


@dataclass(frozen=True)
class Form:
    """How a diagnosis is shown: printed as text, JSON or a letter, and also as a page in a file."""

    as_json: bool
    letter: Language | None
    page: Path | None

    def __post_init__(self) -> None:
        """Raise InputError for what cannot be, before the first experiment."""
        if self.as_json and self.letter is not None:
            raise InputError("--letter", "cannot be printed together with --json", "give one of them")
        require_writable("--html", self.page)

    def show(self, found: Outcome) -> Exit:
        """Show what was found, and return the exit code."""
        if self.page is not None:
            page = diagnosis_page(found) if isinstance(found, Diagnosis) else page_without_refusal(found)
            with writing(f"--html {self.page}"):
                write_whole(self.page, page, is_named=True)
        with printing():
            if self.letter is not None:
                text, note = letter_of(found, self.letter) if isinstance(found, Diagnosis) else _NOTHING_TO_ASK
                sys.stdout.write(text)
                print_notes([note] if note else [])
            elif self.as_json:
                print(json.dumps(as_document(found) if isinstance(found, Diagnosis) else found.document(), indent=2))
            elif isinstance(found, Diagnosis):
                print_diagnosis(PipedConsole(), found)
            else:
                print_sentences(PipedConsole(), found.sentences())
        return exit_of(found)


def exit_of(found: Outcome) -> Exit:
    """Return the exit code: the recipient is accepted now, or else the cause is known, or the mailbox is alive."""
    if isinstance(found, Unreached):
        return Exit.CANNOT_TELL
    if isinstance(found, Reached) or found.is_reachable:
        return Exit.PASSED
    if found.is_explained:
        return Exit.REASON_FOUND
    return Exit.PASSED if found.is_alive else Exit.CANNOT_TELL
