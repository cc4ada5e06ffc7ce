"""Log lines that journald and log collectors wrote as records: JSON objects, or journald's export format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from probe.intake.event import LogLine
from probe.intake.reading.json_fields import Json
from probe.intake.reading.log_times import UNKNOWN, When
from probe.intake.reading.moment import moment

_TEXTS: Final = "MESSAGE message log msg textPayload line short_message _raw _msg body".split()
"""The line's field in the records of journald, Docker, Fluent Bit, Vector, Filebeat, Google Cloud, Loki, GELF, Splunk,
VictoriaLogs and OpenTelemetry."""
_INSIDE: Final = "_source result jsonPayload".split()
"""Objects that exports put around the fields: Elasticsearch's, Splunk's, Google Cloud's."""
_PROGRAMS: Final = "SYSLOG_IDENTIFIER syslog_identifier ident program programname appname app_name _COMM".split()
_TIMES: Final = (
    "__REALTIME_TIMESTAMP _SOURCE_REALTIME_TIMESTAMP time timestamp @timestamp _time ts date eventtime receiveTimestamp"
).split()
_IS_WRAPPER: Final = re.compile(rf'"(?:values|{"|".join(_TEXTS)})"\s*:')
_LISTS: Final = "events logEvents streams result".split()
"""Lists of records: CloudWatch's in two forms, and Loki's as pushed and as queried."""
_NUMBER: Final = re.compile(r"\[[0-9]{1,10}\]:?$|:$")

_FIELD: Final = re.compile(r"\s{0,8}(?P<key>_{0,2}[A-Z][A-Z0-9_]{0,60})=(?P<value>.*)")
_VERBOSE: Final = re.compile(r"[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} (?P<time>\S{1,20}) \S{1,6} \[s=[0-9a-f]{1,40};")
_MOST_LINES: Final = 5_000
"""An object of more lines is no record of a log line."""


class Wrapped(NamedTuple):
    """A line that was in a record, with the program and the time that the record has."""

    text: str
    program: str = ""
    when: When = UNKNOWN


def unwrap(record: Wrapped) -> list[Wrapped]:
    """Return the lines that are fields of a JSON object or an array of them, [] if it is something else."""
    if _IS_WRAPPER.search(record.text) is None:
        return []
    try:
        found = json.loads(record.text.strip().removesuffix(","))
    except (ValueError, RecursionError):
        return []
    lines = [_line(fields, record) for fields in _records(found)]
    return [line for line in lines if line is not None] if None not in lines else []


def _records(found: object, most: int = 8) -> Iterator[object]:
    """Yield the records in an object or an array, also in the lists of Loki and CloudWatch."""
    if isinstance(found, list) and most > 0:
        for each in found:
            yield from _records(each, most - 1)
        return
    if isinstance(found, dict) and most > 0:
        data = found.get("data")
        lists = (about.get(key) for about in (found, data if isinstance(data, dict) else {}) for key in _LISTS)
        if (inside := next((each for each in lists if isinstance(each, list)), None)) is not None:
            yield from _records(inside, most - 1)
            return
        labels, values = found.get("stream"), found.get("values")
        if isinstance(labels, dict) and isinstance(values, list):
            about = {key: labels[key] for key in _PROGRAMS if key in labels}
            pairs = (value for value in values if isinstance(value, list) and len(value) > 1)
            yield from ({**about, "ts": time, "line": line} for time, line, *_ in pairs)
            return
    yield found


def _line(fields: object, record: Wrapped) -> Wrapped | None:
    if not isinstance(fields, dict) or "recipient" in fields:
        return None
    for name in _INSIDE:
        inner = fields.get(name)
        if isinstance(inner, dict):
            fields = {**fields, **inner}
    text = next((text for name in _TEXTS if (text := _text(fields.get(name)))), None)
    if text is None:
        return None
    names = (fields.get(key) for key in _PROGRAMS)
    program = next((name for name in names if isinstance(name, str) and name), record.program)
    at = next((at for key in _TIMES if (at := _time(fields.get(key))) is not None), None)
    when = record.when if at is None else When(at, has_zone=True)
    return Wrapped(text.rstrip("\r\n"), _NUMBER.sub("", program)[:200], when)


def _text(value: object) -> str | None:
    """Return a field's text; journald writes one that is not UTF-8 as an array of its octets."""
    if isinstance(value, list):
        try:
            return bytes(value).decode("utf-8", "replace")
        except (ValueError, TypeError):
            return None
    return value if isinstance(value, str) else None


def _time(value: object) -> float | None:
    """Return a time as ``moment`` does, also from microseconds and nanoseconds since the epoch."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) in {16, 19}:
        return float(int(value) / 10 ** (len(value) - 10))
    return moment(value)


class Assembler:
    """Puts records of several lines on one: indented JSON, and journalctl's ``export`` and ``verbose``."""

    def __init__(self) -> None:
        self._fields: Json | None = None
        self._number = 0
        self._open: list[LogLine] = []

    def take(self, line: LogLine) -> Iterator[LogLine]:
        """Yield the lines that are whole now."""
        if self._open:
            yield from self._within_json(line)
            return
        if self._fields is not None:
            field = _FIELD.match(line.text)
            if field is not None and field["key"] != "__CURSOR":
                self._fields[field["key"]] = field["value"]
                self._number = line.number if field["key"] == "MESSAGE" else self._number
                return
            yield from self._record()
        if line.text.startswith("__CURSOR="):
            self._fields, self._number = {}, line.number
        elif verbose := _VERBOSE.match(line.text):
            # Its zone is an abbreviation, so the time is taken from the fields, where there is one.
            self._fields, self._number = {"time": verbose["time"]}, line.number
        elif line.text.strip(" \t\ufeff") in {"{", "[{"}:
            self._open.append(line)
        else:
            yield line

    def _within_json(self, line: LogLine) -> Iterator[LogLine]:
        self._open.append(line)
        indent = len(self._open[0].text) - len(self._open[0].text.lstrip())
        if line.text.strip() in {"}", "},", "}]"} and len(line.text) - len(line.text.lstrip()) == indent:
            whole = "\n".join(each.text for each in self._open)
            yield LogLine(self._open[0].number, whole.strip())
            self._open = []
        elif len(self._open) >= _MOST_LINES:
            yield from self.end()

    def _record(self) -> Iterator[LogLine]:
        if self._fields and "MESSAGE" in self._fields:
            yield LogLine(self._number, json.dumps(self._fields))
        self._fields = None

    def end(self) -> Iterator[LogLine]:
        """Yield what is left at the end of the file: a last record, or lines that turned out to be no record."""
        yield from self._record()
        several, self._open = self._open, []
        yield from several
