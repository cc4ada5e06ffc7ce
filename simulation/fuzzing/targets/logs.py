"""Logs and webhooks of every format, the guesser, and what an import learns from them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from fake_gateways.wording import Wording
from probe.classify import ByText
from probe.input_error import InputError
from probe.intake.event import Event, EventKind, LogLine
from probe.intake.formats import FORMATS, TABLES
from probe.intake.guess_format import guess_format
from probe.intake.hints import Hints
from probe.intake.to_scenario.anonymise import Anonymiser
from probe.intake.to_scenario.learn import Learned
from probe.intake.to_scenario.write_scenario import import_as_scenario
from probe.scenario.load import load
from simulation.fuzzing.target import Target

_YEAR: Final = 2026
_LONGEST_TEXT: Final = 4_000
_KEY: Final = b"a key of thirty-two octets, or so"
_NAMING: Final = Anonymiser(_KEY)
_WORDS: Final = (
    b"Mar  3 09:00:13 mx postfix/smtp[12]: 4Abc12XY9z: ", b"to=<ann@acme.example>, ",
    b"relay=mx.acme.example[192.0.2.1]:25", b"status=bounced (host mx.acme.example[192.0.2.1] said: ",
    b"550 5.1.1 No such user", b"in reply to RCPT TO command", b"2026-03-03T09:00:13.123456+01:00 ", b"1772438400",
    b"=> ", b"** ", b"== ", b"R=dnslookup T=remote_smtp: ", b'"recipient":', b'"event":"bounce"', b'"timestamp":',
    b"ann@acme.example", b"bounce", b"[", b"{", b"\\n", b"#012", b"<22>1 ", b"\t", b"[1/2] ",
    b"message repeated 2 times: [ ", b"5.1.1", b"rfc822;", b"smtp;550 ",
)  # fmt: skip


def _lines(data: bytes) -> list[LogLine]:
    return [LogLine(number, line) for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1)]


def _read(name: str, data: bytes) -> None:
    for each in FORMATS[name](_lines(data), Hints(year=_YEAR)):
        if isinstance(each, Event):
            _holds(each)


def _holds(event: Event) -> None:
    """Look at the types of an event."""
    assert isinstance(event.kind, EventKind)
    assert event.recipient
    assert event.at is None or isinstance(event.at, float)
    assert event.code is None or 200 <= event.code < 600
    texts = (event.recipient, event.message_id, event.return_path, event.mx, event.text, event.label)
    assert all(isinstance(each, str) for each in texts)
    assert len(event.text) <= _LONGEST_TEXT


def _guess(data: bytes) -> None:
    guess_format(_lines(data), _YEAR)


def _learn(data: bytes) -> None:
    """Import what any reader finds; every reply that is learned is a wording."""
    learned = Learned(_NAMING)
    for name in ("postfix", "exim"):
        learned.take(FORMATS[name](_lines(data), Hints(year=_YEAR)))
    _words(learned)


def _import(data: bytes) -> None:
    """Import a log of whatever format as a scenario, which then is one without a mistake."""
    lines = _lines(data)
    name = guess_format(lines, _YEAR)
    if name not in FORMATS:
        return
    with TemporaryDirectory(prefix="fivefifty-simulation-") as folder:
        events = FORMATS[name](lines, Hints(kind=EventKind.REFUSED if name in TABLES else None, year=_YEAR))
        import_as_scenario(events, Path(folder), name="imported", key=_KEY, cause_of=ByText().cause_of, force=True)
        try:
            load(Path(folder) / "scenario.toml")
        except InputError as error:
            raise AssertionError(f"the imported scenario has a mistake: {error}") from error


def _mask(data: bytes) -> None:
    """Take the names out of any reply."""
    text, _, rest = data.decode("utf-8", "replace").partition("\n\n")
    recipient, _, host = rest.partition("\n")
    learned = Learned(_NAMING)
    address = recipient[:100] if "@" in recipient else "anna.berg@northwind-traders.example"
    learned.take([Event(EventKind.REFUSED, address, code=550, stage="rcpt", text=text, mx=host[:100])])
    _words(learned)


def _words(learned: Learned) -> None:
    for reply in learned.replies:
        text = reply.wording or "-"
        Wording.model_construct(code=reply.code, text=text).say(_Any())


class _Any(dict[str, str]):
    """A value for every slot that there is, and KeyError for others."""

    def __init__(self) -> None:
        names = "recipient local_part domain sender sender_domain ip helo id host"
        super().__init__(dict.fromkeys(names.split(), "x"))


TARGETS: Final = (
    *(Target(f"log-{name}", partial(_read, name), words=_WORDS) for name in FORMATS),
    Target("log-guess", _guess, corpus="log-any", words=_WORDS, batch=300),
    Target("log-learn", _learn, corpus="log-postfix", words=_WORDS),
    Target("log-import", _import, corpus="log-any", words=_WORDS, batch=200),
    Target("log-mask", _mask, words=_WORDS),
)
