"""Shows a look at blocklists as the options say, runs the alert, and tells the exit code."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from probe.cli.console import PipedConsole
from probe.cli.exit_codes import Exit
from probe.cli.output import print_notes, printing
from probe.input_error import InputError
from probe.listed.changes import Change
from probe.listed.document import as_document, change_document, counts
from probe.listed.look import Look
from probe.report.html.listed import listed_page
from probe.report.terminal.listed import print_changes, print_look
from probe.user_files import require_writable, write_whole, writing

_ALERT_S: Final = 60.0


@dataclass(frozen=True)
class ListedForm:
    """How looks are shown. ``alert`` is a command for news."""

    as_json: bool
    page: Path | None
    alert: str | None

    def __post_init__(self) -> None:
        """Raise InputError for what cannot be, before anything is asked."""
        require_writable("--html", self.page)
        self._command()

    def show(self, look: Look) -> None:
        """Print one look."""
        with printing():
            if self.as_json:
                print(json.dumps(as_document(look), indent=2))
            else:
                print_look(PipedConsole(), look)

    def show_changes(self, changed: Sequence[Change]) -> None:
        """Print what changed; with ``--json`` a line for each."""
        with printing():
            if self.as_json:
                for each in changed:
                    print(json.dumps(change_document(each)))
            else:
                print_changes(PipedConsole(), changed)

    def write_page(self, look: Look, changed: Sequence[Change]) -> None:
        """Write the page, if there is to be one."""
        if self.page is not None:
            with writing(f"--html {self.page}"):
                write_whole(self.page, listed_page(look, changed), is_named=True)

    def tell(self, news: Sequence[Change]) -> None:
        """Run the alert with the news as JSON on its standard input. A failure is a note: watching goes on."""
        command = self._command()
        if not command or not news:
            return
        text = json.dumps({"schema": 1, "changes": [change_document(each) for each in news]})
        try:
            done = subprocess.run(command, input=text, text=True, timeout=_ALERT_S, check=False)  # noqa: S603
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = error.strerror if isinstance(error, OSError) else f"no end after {_ALERT_S:.0f} s"
            print_notes([f"--alert {self.alert}: it failed ({reason})"])
            return
        if done.returncode:
            print_notes([f"--alert {self.alert}: it failed (exit code {done.returncode})"])

    def _command(self) -> list[str]:
        try:
            return shlex.split(self.alert or "")
        except ValueError as error:
            raise InputError("--alert", f"cannot be read ({error})", "quote it as a shell would") from None


def exit_of(look: Look) -> Exit:
    """Return the exit code of a look."""
    found = counts(look)
    if found.listed or found.wrong:
        return Exit.REASON_FOUND
    return Exit.CANNOT_TELL if found.unknown or found.unknown_checks else Exit.PASSED
