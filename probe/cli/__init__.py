"""The command line: arguments and exit codes only."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import NoReturn

from fake_gateways.loopback import OutsideError
from probe.classify.reading import ClassifierError
from probe.cli import (
    books,
    check,
    classifiers,
    evaluate,
    import_log,
    init,
    report,
    rules,
    run,
    scenario,
    serve,
    suppression,
    sweep,
)
from probe.cli.console import Exit, InterruptedRunError, PipeClosedError, app
from probe.harmless import harmless
from probe.input_error import InputError
from probe.judge.judge import BooksError

COMMANDS = (
    *(init, run, serve, check, report, sweep, suppression),
    *(rules, evaluate, books, import_log, scenario, classifiers),
)
"""Modules whose commands the application has by importing them."""


def main() -> NoReturn:
    """Run the command line; every mistake of the user's is one sentence on standard error."""
    code = Exit.PASSED
    # What ends a container ends a run as Ctrl-C does; without a handler it would not reach process 1 at all.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except PipeClosedError:
        # Whoever read our output has seen enough; what is still buffered must not fail again on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.PIPE_CLOSED
    except (InputError, OutsideError, OSError) as error:
        code = _complain(str(error), Exit.INPUT_WRONG)
    except BooksError as error:
        code = _complain(f"the books do not join, which is a fault of fivefifty: {error}", Exit.FAULT)
    except ClassifierError as error:
        code = _complain(str(error), Exit.CLASSIFIER_FAILED)
    except InterruptedRunError as error:
        code = _complain(str(error), Exit.INTERRUPTED)
    except Exception:  # noqa: BLE001 - what is left is a fault of ours, and must not look like a failed gate
        traceback.print_exc()
        code = _complain("this is a fault of fivefifty; please report it with the lines above", Exit.FAULT)
    sys.exit(code)


def _complain(sentence: str, code: Exit) -> Exit:
    print(f"fivefifty: {harmless(sentence.replace(chr(10), chr(32)))}", file=sys.stderr)
    return code
