"""The command line: arguments, printing and exit codes only.

``commands.py`` lists every command. Each has a file of its own here, named after it, which is imported when the command
is called; its function imports what it works with when it runs. So ``--help`` and completion answer at once.
"""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper
from typing import Final, NoReturn

from probe.cli.exit_codes import Exit, PipeClosedError

PROGRAM: Final = "fivefifty"
"""The command's name, also where it is started as ``python -m fivefifty``."""


def main() -> NoReturn:
    """Run the command line. Every mistake of the user is one sentence on standard error."""
    # What stops a container ends a run as Ctrl-C does; without a handler, SIGTERM would not reach process 1 at all.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as standard error: ASCII is no reason to end
    sys.exit(_run())


def _run() -> Exit:
    from probe.cli.commands import application

    try:
        return Exit(application().main(prog_name=PROGRAM, standalone_mode=False) or Exit.PASSED)
    except PipeClosedError:
        _discard_output()
        return Exit.PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - whatever it is, it gets a sentence and an exit code
        from probe.cli.failure import report_failure

        code = report_failure(error)
        _discard_output()
        return code


def _discard_output() -> None:
    """Drop what is still buffered for standard output: if its reader or its disk has gone, it would fail once more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
