"""Whatever wraps the lines of a log, and however many layers of it, the events in them are the same."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import SAMPLES, YEAR
from strategies import examples

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.formats import FORMATS
from probe.intake.hints import Hints
from probe.intake.reading.line_dress import undressed
from probe.intake.reading.lines import MAX_LINE

SYSLOG: Final = re.compile(r"(\w{3} [ \d]\d [\d:]{8}) \S+ ([^\s\[]+)\[(\d+)\]: (.*)")
EXIM: Final = re.compile(r"(\d{4}-\d\d-\d\d [\d:]{8}) (.*)")


class Said(NamedTuple):
    """What a program wrote, and when."""

    at: datetime
    program: str
    message: str

    @property
    def iso(self) -> str:
        """The time in RFC 3339, as Docker writes it."""
        return f"{self.at:%Y-%m-%dT%H:%M:%S}.000000000Z"


def said(source: str) -> list[Said]:
    """Return the lines of a sample without their dress."""
    (sample,) = (each for each in SAMPLES if each.source == source)
    found = []
    for line in sample.path.read_text("utf-8").splitlines():
        if source == "postfix" and (syslog := SYSLOG.fullmatch(line)):
            date = datetime.strptime(f"{YEAR} {syslog[1]}", "%Y %b %d %H:%M:%S").replace(tzinfo=UTC)
            found.append(Said(date, syslog[2], syslog[4]))
        elif source == "exim" and (exim := EXIM.fullmatch(line)):
            found.append(Said(datetime.fromisoformat(exim[1]).replace(tzinfo=UTC), "exim", exim[2]))
        elif source == "kumomta" and line.startswith("{") and line.endswith("}"):
            found.append(Said(datetime(YEAR, 3, 2, tzinfo=UTC), "kumod", line))
    assert len(found) > 3
    return found


Coat = Callable[[Said], str]
COATS: Final[dict[str, Coat]] = {
    "syslog": lambda it: f"{it.at:%b} {it.at.day:2} {it.at:%H:%M:%S} mx1 {it.program}[9]: {it.message}",
    "syslog, PRI": lambda it: f"<22>{it.at:%b} {it.at.day:2} {it.at:%H:%M:%S} mx1 {it.program}[9]: {it.message}",
    "syslog, no host": lambda it: f"{it.at:%b %d %H:%M:%S} {it.program}[9]: {it.message}",
    "syslog, no number": lambda it: f"{it.at:%b %d %H:%M:%S} mx1.acme.example {it.program}: {it.message}",
    "syslog, year": lambda it: f"{it.at:%b %d %H:%M:%S %Y} mx1 {it.program}[9]: {it.message}",
    "syslog, year first": lambda it: f"{it.at:%b %d %Y %H:%M:%S} mx1 {it.program}[9]: {it.message}",
    "syslog, fraction": lambda it: f"{it.at:%b %d %H:%M:%S}.000000 mx1 {it.program}[9]: {it.message}",
    "syslog, facility": lambda it: f"{it.at:%b %d %H:%M:%S} mx1 mail.info {it.program}[9]: {it.message}",
    "syslog, Solaris": lambda it: f"{it.at:%b %d %H:%M:%S} mx1 {it.program}[9]: [ID 197553 mail.info] {it.message}",
    "syslog, repeated": lambda it: (
        f"{it.at:%b %d %H:%M:%S} mx1 {it.program}[9]: message repeated 2 times: [ {it.message}]"
    ),
    "syslog_name": lambda it: f"{it.at:%b %d %H:%M:%S} mx1 out-2/{it.program.rpartition('/')[2]}[9]: {it.message}",
    "multi-instance": lambda it: f"{it.at:%b %d %H:%M:%S} 2001:db8::1 {it.program}-b/x[9]: {it.message}",
    "RFC 5424": lambda it: f"<22>1 {it.iso} mx1 {it.program} 9 - - {it.message}",
    "RFC 5424, data": lambda it: rf'<22>1 {it.iso} mx1 {it.program} 9 ID47 [a@1 b="c \"]"][d e=""] {it.message}',
    "RFC 6587": lambda it: f"999 <22>1 {it.iso} mx1 {it.program} 9 - - \ufeff{it.message}",
    "ISO": lambda it: f"{it.at:%Y-%m-%d %H:%M:%S} mx1 {it.program}[9]: {it.message}",
    "ISO, level": lambda it: f"{it.iso} INFO    {it.program}[9]: {it.message}",
    "ISO, zone": lambda it: f"{it.at:%Y-%m-%dT%H:%M:%S}+0000 mx1 {it.program}[9]: {it.message}",
    "ISO, brackets": lambda it: f"[{it.at:%Y-%m-%d %H:%M:%S}] [info] {it.program}[9]: {it.message}",
    "journal, full": lambda it: f"{it.at:%a %Y-%m-%d %H:%M:%S} UTC mx1 {it.program}[9]: {it.message}",
    "journal, unix": lambda it: f"{it.at.timestamp():.6f} mx1 {it.program}[9]: {it.message}",
    "journal, JSON": lambda it: json.dumps(
        {
            "__CURSOR": "s=1",
            "__REALTIME_TIMESTAMP": f"{it.at.timestamp() * 1e6:.0f}",
            "_HOSTNAME": "mx1",
            "SYSLOG_IDENTIFIER": it.program,
            "MESSAGE": it.message,
        }
    ),
    "journal, JSON of octets": lambda it: json.dumps(
        {"__REALTIME_TIMESTAMP": f"{it.at.timestamp() * 1e6:.0f}", "MESSAGE": [*it.message.encode()]}
    ),
    "journal, indented": lambda it: json.dumps(
        {"MESSAGE": it.message, "__REALTIME_TIMESTAMP": f"{it.at.timestamp() * 1e6:.0f}", "_PID": "9"}, indent="\t"
    ),
    "journal, export": lambda it: (
        f"__CURSOR=s=1\n__REALTIME_TIMESTAMP={it.at.timestamp() * 1e6:.0f}\n_PID=9\nMESSAGE={it.message}\n"
        f"SYSLOG_IDENTIFIER={it.program}\n"
    ),
    "journal, verbose": lambda it: (
        f"{it.at:%a %Y-%m-%d %H:%M:%S}.000000 UTC [s=0f;i=1;b=2;m=3;t=4;x=5]\n    _SOURCE_REALTIME_TIMESTAMP="
        f"{it.at.timestamp() * 1e6:.0f}\n    MESSAGE={it.message}\n    SYSLOG_IDENTIFIER={it.program}"
    ),
    "Docker": lambda it: f"{it.iso} {it.program}[9]: {it.message}",
    "Vector": lambda it: json.dumps({"timestamp": it.iso, "appname": it.program, "message": it.message}),
}  # fmt: skip
"""Dress of which a line has one, the first, as it has the program and the time."""
WRAPS: Final[dict[str, Coat]] = {
    "none": lambda it: it.message,
    "compose": lambda it: f"mail-server-1  | {it.message}",
    "compose, colours": lambda it: f"\x1b[36mmail-1  |\x1b[0m {it.message}",
    "Docker, time": lambda it: f"{it.iso} {it.message}",
    "Docker, json-file": lambda it: json.dumps({"log": it.message + "\n", "stream": "stdout", "time": it.iso}),
    "CRI": lambda it: f"{it.iso} stdout F {it.message}",
    "CRI, parts": lambda it: f"{it.iso} stdout P {it.message[:30]}\n{it.iso} stdout F {it.message[30:]}",
    "kubectl": lambda it: f"[pod/mail-0/postfix] {it.message}",
    "Elasticsearch": lambda it: json.dumps({"_source": {"@timestamp": it.iso, "message": it.message}}),
    "Loki": lambda it: f'{it.iso} {{host="mx1", job="mail"}} {it.message}',
    "array": lambda it: json.dumps([{"line": it.message, "timestamp": f"{it.at.timestamp() * 1e9:.0f}"}]),
    "byte order mark": lambda it: f"\ufeff{it.message}",
    "TAI64N": lambda it: f"@400000006553f10016e36d4c {it.message}",
    "words": lambda it: f"mail-0 postfix {it.iso} {it.message}",
}
"""Dress of which a line may have any number."""


def events_in(source: str, texts: list[str]) -> list[Event | str]:
    """Read lines as a format; of bad lines keep the reason, as the number depends on the dress.

    Dress that names no program leaves a line of another program unknown, which is left out.
    """
    lines = (LogLine(number, text) for number, text in enumerate("\n".join(texts).split("\n"), 1))
    found = [each.reason if isinstance(each, BadLine) else each for each in FORMATS[source](lines, Hints(year=YEAR))]
    return [each for each in found if each != "not a line of Postfix"]


PLAIN: Final = {
    source: events_in(source, [COATS["syslog, year"](each) for each in said(source)])
    for source in ("postfix", "exim", "kumomta")
}
every_source = pytest.mark.parametrize("source", PLAIN)


@every_source
@pytest.mark.parametrize("coat", COATS)
def test_a_program_is_known_under_any_dress(source: str, coat: str) -> None:
    assert sum(isinstance(each, Event) for each in PLAIN[source]) > 2
    assert events_in(source, [COATS[coat](each) for each in said(source)]) == PLAIN[source]


@every_source
@examples(150)
@given(coat=st.sampled_from(sorted(COATS)), wraps=st.lists(st.sampled_from(sorted(WRAPS)), max_size=3))
def test_no_number_of_layers_changes_the_events(source: str, coat: str, wraps: list[str]) -> None:
    texts = []
    for each in said(source):
        lines = COATS[coat](each).split("\n")
        # A record of several lines is wrapped by no one before it is read.
        for wrap in wraps if len(lines) == 1 else ():
            lines = [part for line in lines for part in WRAPS[wrap](each._replace(message=line)).split("\n")]
            if len(lines) > 1:
                break
        texts += lines
    assert events_in(source, texts) == PLAIN[source]


PIECES: Final = st.sampled_from(
    [*"{}[]<|\"'", "Mar  3 09:00:03", "2026-03-03T09:00:03Z", " ", "stdout P ", "__CURSOR=", "MESSAGE=", "x[1]: "]
)


@examples(300)
@given(st.lists(st.text(max_size=60) | PIECES, max_size=8))
def test_any_line_is_survived(parts: list[str]) -> None:
    found = list(undressed([LogLine(1, "".join(parts)), LogLine(2, "".join(reversed(parts)))], 2026))
    assert all(each.number in {1, 2} for each in found)


@pytest.mark.parametrize(
    "filler",
    ["[", "{", '{"', "<1>", " |", "a |", "a ", " ", "Mar  3 09:00:03 ", "2026-03-03T09:00:03Z ", "x[1]: ", "a/b: "],
)
@pytest.mark.parametrize("head", ["", "Mar  3 09:00:03 ", "<22>1 2026-03-03T09:00:03Z mx1 a 9 - ", '{"message": "'])
def test_no_dress_takes_long(filler: str, head: str) -> None:
    text = head + filler * ((MAX_LINE - len(head)) // len(filler))
    start = time.monotonic()
    list(undressed([LogLine(1, text)], 2026))
    assert time.monotonic() - start < 2.0


TIMES = st.sampled_from(
    [
        "Mar  3 09:00:03",
        "Mar 13 2026 09:00:03",
        "2026-03-03T09:00:03.25+01:00",
        "2026-03-03 09:00:03",
        "Mar  3 09:00:03.5",
    ]
)
HEADS = st.sampled_from(
    ["mx1 postfix/smtp[99]: ", "mx-1.example exim[7]: ", "error cron[1]: ", "info a.b/c-d[12]: ", "", "mx1 postfix[9]:"]
)
REST = st.text(st.sampled_from("1aA:[]<>{}| ./-=*\u00e9"), max_size=30) | st.sampled_from(
    [
        "1abcde-000abc-XX => ann@acme.example",
        "2026-03-03 09:00:04 1abcde-000abc-XX Completed",
        "postfix/smtp[8]: x",
        "{",
    ]
)


@given(TIMES, HEADS, REST)
def test_the_quick_way_for_common_lines_gives_what_the_general_way_does(time: str, head: str, rest: str) -> None:
    """A blank in front is dress as well, and leads the general way."""
    quick, general = (list(undressed([LogLine(1, f"{front}{time} {head}{rest}")], 2026)) for front in ("", " "))
    assert quick == general
