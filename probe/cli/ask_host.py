"""fivefifty diagnose with a host: reads what the options say, and asks the host."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from fake_gateways.clock import WallClock
from fake_gateways.strict import InvalidValueError, parse_ip
from fake_gateways.untrusted.bounded_read import read_bounded
from probe.cli.exit_codes import InterruptedRunError, keeping_nothing
from probe.cli.options import seconds_of
from probe.cli.output import print_notes
from probe.diagnose.host.asking import Asking
from probe.diagnose.host.host_name import is_host_name, parse_host
from probe.diagnose.host.open_host import diagnose_host
from probe.diagnose.host.state_file import StateFile
from probe.input_error import InputError
from probe.lab import event_loop
from probe.shortage import shortages
from probe.user_files import file_of_user

if TYPE_CHECKING:
    from probe.diagnose.choice import Budget
    from probe.diagnose.diagnosis import Diagnosis
    from probe.diagnose.reached import Reached, Unreached

_MOST_OCTETS: Final = 50 * 1024**2
_LINE_ENDS: Final = re.compile(rb"\r\n|\r|\n")


class AnswersKeptError(InterruptedRunError):
    """Ctrl-C while a host was asked."""

    def __init__(self, state: Path) -> None:
        Exception.__init__(self, f"interrupted; {state} holds what was asked; the same command goes on from there")


def ask_host(asking: Asking, state: Path | None, budget: Budget) -> Diagnosis | Reached | Unreached:
    """Ask a host; raises InputError.

    What is asked beyond a lab is always kept. In a lab, where gateways change from one call to the next, it is kept if
    the user names a file.
    """
    kept = state or (None if asking.allow is None else state_of_user())
    with ExitStack() as stack:
        if kept is None:
            stack.enter_context(keeping_nothing())
            folder = stack.enter_context(TemporaryDirectory(prefix="fivefifty-"))
        opened = stack.enter_context(StateFile(kept or Path(folder) / "diagnose.sqlite"))
        try:
            with shortages():
                found = event_loop.run(diagnose_host(asking, budget, opened, WallClock(time.time())))
        except KeyboardInterrupt:
            if kept is None:
                raise
            raise AnswersKeptError(kept) from None
    if found.note is not None:
        print_notes([found.note])
    return found.outcome


def state_of_user() -> Path:
    """Return the state file of this user."""
    return file_of_user("diagnose.sqlite")


def asking_for(
    target: str,
    *,
    recipient: str,
    control: str | None,
    message: Path | None,
    return_paths: list[str],
    helo: str | None,
    sources: list[str],
    allow: Path | None,
    longest: str,
) -> Asking:
    """Read what the user asks for; raises InputError."""
    return Asking(
        host=parse_host(target),
        recipient=recipient,
        control=control,
        message=None if message is None else _content(message),
        return_paths=tuple(return_paths),
        helo=None if helo is None else _name(helo),
        sources=tuple(map(_source, sources)),
        allow=None if allow is None else str(allow),
        most_s=seconds_of("--for", longest),
    )


def _name(text: str) -> str:
    name = text.lower()  # some other letters become ASCII
    if not (is_host_name(name) or re.fullmatch(r"\[[0-9a-z.:]+\]", name)):
        raise InputError("--helo", f"{text!r} is not a host name", "write for example mail.sender.example")
    return name


def _source(text: str) -> str:
    try:
        return parse_ip(text)
    except InvalidValueError as error:
        raise InputError("--source", error.problem, error.remedy) from None


def _content(path: Path) -> bytes:
    """Return a message as SMTP sends it, with CRLF (RFC 5321 section 2.3.8)."""
    place = f"--message {path}"
    try:
        content = read_bounded(path, _MOST_OCTETS)
    except OSError as error:
        raise InputError(place, f"cannot be read ({error.strerror})", "check the file name") from None
    header = _LINE_ENDS.sub(b"\r\n", content).partition(b"\r\n\r\n")[0]
    if not re.match(rb"[!-9;-~]+[ \t]*:", header):
        raise InputError(place, "does not begin with a header field", "save the refused message as it was sent")
    return _LINE_ENDS.sub(b"\r\n", content).removesuffix(b"\r\n") + b"\r\n"
