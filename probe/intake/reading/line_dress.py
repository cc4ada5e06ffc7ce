"""Takes off a log line what syslog, journald, containers and collectors put around what the program wrote.

syslog: RFC 3164, RFC 5424 (RFC 6587 for the length in front), rsyslog's "message repeated". journald: what journalctl
writes in each ``--output``. Containers: Docker's, ``docker compose``'s and its json-file, the Kubernetes CRI's
(https://kubernetes.io/docs/concepts/cluster-administration/logging/), ``kubectl logs --prefix``. Collectors: the line
as a field of a JSON object. Words before a line that has a time of its own are taken off too, whoever put them there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.reading.lines import MAX_LINE, UnreadableError
from probe.intake.reading.log_times import UNKNOWN, When, YearlessDates, iso_time
from probe.intake.reading.wrapped_lines import Assembler, Wrapped, unwrap

_MOST_LAYERS: Final = 12
"""A line in more dress than this stays as it is by then."""

_MARKS: Final = re.compile(r"(?: {0,20}(?:[\ufeff\0\x1e]|\x1b\[[0-9;]{0,20}m|data: (?=\{)))+")
"""Byte order marks, colours of a terminal, and the marks of json-seq and json-sse."""
_ISO: Final = (
    r"(?P<iso>[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?)"
    r"(?: ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})| [A-Z]{3,5})?(?![^\s\]])"
)
_DATE: Final = (
    r"(?P<date>(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}[0-9]{1,2} (?:(?P<year>[0-9]{4}) )?"
    r"[0-9]{2}:[0-9]{2}:[0-9]{2})(?P<fraction>\.[0-9]{1,9})?(?: (?P<year_last>[0-9]{4})(?= ))?(?![^\s\]:])"
)
_EPOCH: Final = r"(?P<epoch>[0-9]{10}\.[0-9]{3,9})(?= )"
_TIME: Final = rf"\[?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:{_ISO}|{_DATE}|{_EPOCH})\]?:?"
_RECORD: Final = re.compile(r" {0,20}\[?\{")
_LAYER: Final = re.compile(
    rf" {{0,20}}(?:(?P<time>{_TIME})(?: (?:stdout|stderr) (?P<part>[FP])(?::\S{{1,20}})?(?= |$))?"
    r"|\[ *[0-9]{1,12}\.[0-9]{1,9}(?: <[ 0-9.]{1,24}>)?\] "  # since the machine was started
    r"|@[0-9a-f]{24} "  # TAI64N
    r"|(?:[0-9]{1,6} )?<[0-9]{1,3}>(?:1 (?P<at5424>\S{1,40}) \S{1,255} (?P<program5424>\S{1,48}) \S{1,128} \S{1,32} "
    r'(?:-|(?:\[(?:[^"\]]++|"(?:[^"\\]++|\\.)*+")*+\])+)(?: \ufeff?|$))?'
    r"|[\w./-]{1,255} {0,80}\| ?"
    r"|\[pod/[^\]\s]{1,255}\] "
    r'|\{[a-z_]{1,60}="[^{}]{0,2000}\} )'
)
_MORE: Final = re.compile(
    r" {0,20}(?:[^\w\s]|[0-9]{4}[-/]|[0-9]{10}\.|[A-Z][a-z]{2},? |[^\s:=\[]{1,200}\[[0-9]|[\w./-]{1,255} {0,80}\|)"
)
"""What follows a program's name where there is more dress; to look for this alone is faster."""
_WORDS: Final = re.compile(r" {0,20}(?:\S{1,255} {1,8}){1,3}?(?=" + re.sub(r"\(\?P<\w+>", "(?:", _TIME) + ")")

_LEVEL: Final = (
    r"(?:[<\[(]?(?:[a-z]{3,8}[0-7]?[.|])?(?:emerg|panic|alert|crit|critical|err|error|warn|warning|notice|info|"
    r"informational|debug)[>\])]?:? {1,20})?"
)
_HOST: Final = r"(?:[\w.:-]{1,255}(?<!:) {1,20})?"
_NUMBERED: Final = r"[^\s\[\]:<>=\"{}]{1,200}(?=\[[0-9]{1,10}\]:? )"
_PATH: Final = r"[\w.@+-]{1,100}/[\w./@+-]{1,100}(?=: )"
_WORD: Final = r"(?-i:[a-z][a-z_.-]{1,60})(?=: )"
_END: Final = r"(?:\[[0-9]{1,10}\])?:? (?:\[ID [0-9]{1,10} [a-z0-9]{1,12}\.[a-z]{1,12}\] )?"
"""The process's number, and what Solaris adds."""
_PROGRAM: Final = re.compile(
    rf" {{0,20}}{_HOST}{_LEVEL}{_HOST}{_LEVEL}(?P<name>{_NUMBERED}|{_PATH}|(?P<word>{_WORD})){_END}", re.IGNORECASE
)
_INNER_PROGRAM: Final = re.compile(rf"(?P<name>{_NUMBERED})(?P<word>){_END}")
_LEVEL_ALONE: Final = re.compile(rf" {{0,20}}{_LEVEL}", re.IGNORECASE)
_REPEATED: Final = re.compile(r"message repeated [0-9]{1,10} times: \[ ?(?P<message>.*)\]\s*", re.DOTALL)
PART_OF_LINE: Final = re.compile(r" {0,20}\[(?P<part>[0-9]{1,4})(?P<cut>[/\\])(?P<parts>[0-9]{1,4})\] ")
"""How Exim numbers the parts of a line that is too long for syslog; ``\\`` says that the part ends a line within it."""
_PROCESS: Final = re.compile(r"\[[0-9]{1,10}\](?=:? ?$)")
_MOST_OPEN: Final = 100
"""Lines of which parts are awaited, one of a process."""
_COMMON: Final = re.compile(
    rf"(?:{_ISO}|{_DATE}) (?:(?P<host>[\w.-]{{1,255}}) (?P<name>{_NUMBERED})\[[0-9]{{1,10}}\]: (?!{_MORE.pattern})"
    r"|(?=[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} (?:[<=-][=>]|[*=]{2}|Completed)))"
)
"""What nearly all lines of syslog and Exim begin with. It only saves time: the general way gives the same."""


class BareLine(NamedTuple):
    """What a program wrote, when (in seconds since the epoch), and the program's name as far as the dress tells.

    ``is_dated`` says whether the line had a time, although it may not tell the year.
    """

    number: int
    text: str
    at: float | None = None
    program: str = ""
    is_dated: bool = False


def undressed(
    lines: Iterable[LogLine], year: int | None = None, *, longest: int = MAX_LINE
) -> Iterator[BareLine | BadLine]:
    """Yield what was written, line by line.

    Args:
        lines: The lines of the file.
        year: That of the first line, for dates without a year. Times without a zone are taken for UTC, unless the dress
            has a time with a zone.
        longest: In characters; longer lines are bad lines.
    """
    wardrobe = _Wardrobe(year)
    assembler = Assembler()
    for line in lines:
        if len(line.text) > longest:
            yield BadLine(line.number, f"more than {longest} characters")
            continue
        for whole in assembler.take(line):
            yield from wardrobe.undress(whole)
    for whole in assembler.end():
        yield from wardrobe.undress(whole)
    yield from wardrobe.end()


def read_undressed(
    lines: Iterable[LogLine], year: int | None, events_of: Callable[[BareLine], Iterable[Event | BadLine]]
) -> Iterator[Event | BadLine]:
    """Yield the events of every line without its dress, or a BadLine if ``events_of`` raises UnreadableError."""
    for line in undressed(lines, year):
        if isinstance(line, BadLine):
            yield line
            continue
        try:
            yield from events_of(line)
        except UnreadableError as error:
            yield BadLine(line.number, str(error))


@dataclass(slots=True)
class _Line:
    """A line of which the dress before ``place`` is off, and what it told."""

    number: int
    text: str
    program: str = ""
    when: When = UNKNOWN
    place: int = 0
    is_dated: bool = False

    def may_go_on(self) -> bool:
        """Whether there may be more to take off."""
        return not self.program or _MORE.match(self.text, self.place) is not None

    def records(self) -> list[_Line]:
        """Return the lines in the fields of JSON that starts here, [] if none does."""
        if marks := _MARKS.match(self.text, self.place):
            self.place = marks.end()
        if _RECORD.match(self.text, self.place) is None:
            return []
        inner = unwrap(Wrapped(self.text[self.place :], self.program, self.when))
        return [_Line(self.number, *each, is_dated=each.when.at is not None) for each in inner]

    def layer(self) -> dict[str, str | None]:
        """Take one layer off, and return what it told by name; {} if there is none."""
        found = _LAYER.match(self.text, self.place)
        if found is None and not self.program:
            found = _WORDS.match(self.text, self.place)
        if found is None:
            return {}
        self.place = found.end()
        told = found.groupdict()
        self.program = told.get("program5424") or self.program
        return {"layer": found[0], **told}

    def name(self, *, is_after_time: bool) -> bool:
        """Take off what names the program, and return whether there was any; after a time a severity comes off too."""
        named = (_INNER_PROGRAM if self.program and not is_after_time else _PROGRAM).match(self.text, self.place)
        if named is not None and (is_after_time or not named["word"]):
            self.program, self.place = named["name"], named.end()
            return True
        if is_after_time and (level := _LEVEL_ALONE.match(self.text, self.place)):
            self.place = level.end()
        return is_after_time


@dataclass(slots=True)
class _Parted:
    """A line of which the parts until ``part`` have come; ``glue`` is what comes before the next."""

    line: _Line
    part: int
    parts: int
    glue: str


class _Wardrobe:
    """What must be known of earlier lines: the year, parts of a line, and the message that may be repeated."""

    def __init__(self, year: int | None) -> None:
        self._dates = YearlessDates(year)
        self._parts = ""
        self._parted: dict[str, _Parted] = {}
        self._last = ""

    def undress(self, line: LogLine) -> Iterator[BareLine | BadLine]:
        """Yield what was written in a line: nothing for the part of one, several for a JSON array of them."""
        text = line.text.rstrip("\r\n")
        try:
            if common := _COMMON.match(text):
                when = self._time(common.groupdict(), UNKNOWN)
                undressed = _Line(line.number, text, common["name"] or "", when, common.end(), is_dated=True)
                yield from self._bare(undressed)
            else:
                yield from self._undress(_Line(line.number, text), _MOST_LAYERS)
        except UnreadableError as error:
            yield BadLine(line.number, str(error))

    def _undress(self, line: _Line, most: int) -> Iterator[BareLine]:
        while most > 0 and line.may_go_on():
            most -= 1
            if part := PART_OF_LINE.match(line.text, line.place):
                yield from self._part(line, part, most)
                return
            if inner := line.records():
                for each in inner:
                    yield from self._undress(each, most)
                return
            told = line.layer()
            is_time = bool(told.get("time") or told.get("at5424"))
            if is_time:
                line.when, line.is_dated = self._time(told, line.when), True
            if told.get("part") == "P":
                self._parts = (self._parts + line.text[line.place :].removeprefix(" "))[:MAX_LINE]
                return
            if told.get("part") and self._parts:
                line.text, line.place = self._parts + line.text[line.place :].removeprefix(" "), 0
                self._parts = ""
            elif (is_time or not told) and not line.name(is_after_time=is_time):
                break
        yield from self._bare(line)

    def _part(self, line: _Line, found: re.Match[str], most: int) -> Iterator[BareLine]:
        """Put a part to those before it, and yield the line if it is whole, or what there is of one that never will."""
        process = _PROCESS.search(line.text, max(0, line.place - 20), line.place)
        key = line.program + (process[0] if process else "")
        part, parts, rest = int(found["part"]), int(found["parts"]), line.text[found.end() :]
        before = self._parted.pop(key, None)
        if before is not None and (part, parts) == (before.part + 1, before.parts):
            before.line.text = (before.line.text + before.glue + rest)[:MAX_LINE]
        else:
            if before is not None:
                yield from self._undress(before.line, most)
            if part != 1:
                yield from self._bare(line)
                return
            before = _Parted(_Line(line.number, rest, line.program, line.when, is_dated=line.is_dated), 1, parts, "")
        if part >= parts:
            yield from self._undress(before.line, most)
            return
        before.part, before.glue = part, "\n" if found["cut"] == "\\" else ""
        self._parted[key] = before
        if len(self._parted) > _MOST_OPEN:
            yield from self._undress(self._parted.pop(next(iter(self._parted))).line, most)

    def end(self) -> Iterator[BareLine | BadLine]:
        """Yield what there is of the lines whose last part never came."""
        several, self._parted = self._parted, {}
        for parted in several.values():
            try:
                yield from self._undress(parted.line, _MOST_LAYERS)
            except UnreadableError as error:
                yield BadLine(parted.line.number, str(error))

    def _bare(self, line: _Line) -> Iterator[BareLine]:
        """Yield a line without its dress, unless it repeats the message before."""
        text = line.text[line.place :]
        if repeated := _REPEATED.fullmatch(text):
            text = repeated["message"]
            if text.strip() == self._last.strip():
                return
        self._last = text
        yield BareLine(line.number, text, line.when.at, line.program, line.is_dated)

    def _time(self, found: dict[str, str | None], around: When) -> When:
        if date := found.get("date"):
            fraction = found["fraction"] or ""
            year = found["year"] or found["year_last"]
            if year is None:
                return self._dates.read(date, fraction, around)
            month, day, *_, clock = date.split()
            return YearlessDates(int(year)).read(f"{month} {day:>2} {clock}", fraction, UNKNOWN)
        if found.get("at5424") and (time := re.fullmatch(_ISO, found["at5424"] or "")):
            return iso_time(time["iso"], time["zone"] or "", around)
        if epoch := found.get("epoch"):
            return When(float(epoch), has_zone=True)
        if iso := found.get("iso"):
            return iso_time(iso, found["zone"] or "", around)
        return around
