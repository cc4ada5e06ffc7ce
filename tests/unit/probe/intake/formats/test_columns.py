"""Tables are read by well-known names of columns or by a map of one's own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sample_lines import events_of, lines_of, sample

from probe.input_error import InputError
from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats.columns import KINDS, NAMES, kind_of, read_csv, read_json_lines
from probe.intake.hints import Hints
from probe.intake.reading.tables import MAX_ROW

AT = 1501893660.0

EXPECTED = [
    Event(
        EventKind.DELIVERED,
        "ann@a.example",
        AT + 1,
        "<letter1@sender.example>",
        campaign="august",
        local_address="192.0.2.1",
        mx="mx.a.example",
        code=250,
        enhanced="2.0.0",
        text="250 2.0.0 OK",
    ),
    Event(
        EventKind.REFUSED,
        "bob@a.example",
        AT + 2,
        "<letter2@sender.example>",
        campaign="august",
        local_address="192.0.2.1",
        mx="mx.a.example",
        code=554,
        enhanced="5.1.0",
        text='550-5.1.1 no such user\n550 5.1.1 at all, "bob"',
        label="hard",
    ),
    Event(
        EventKind.DEFERRED, "cyd@a.example", AT + 3.5, code=452, enhanced="4.2.2", text="452 mailbox full", label="soft"
    ),
    Event(EventKind.COMPLAINT, "dan@a.example", AT + 4),
]


def csv_events(table: str, /, **columns: str) -> list[Event | BadLine]:
    """Return what is read from a CSV."""
    return list(read_csv(lines_of(table), Hints(columns)))


def json_events(*rows: Any, **columns: str) -> list[Event | BadLine]:
    """Return what is read from JSON Lines."""
    return list(read_json_lines(lines_of("\n".join(map(json.dumps, rows))), Hints(columns)))


def test_every_event_of_the_sample_is_read() -> None:
    assert list(read_csv(lines_of(sample("events.csv")))) == EXPECTED


def test_every_field_can_be_mapped() -> None:
    cells = {
        "recipient": "ann@a.example",
        "kind": "bounce",
        "at": "1501893660",
        "message_id": "<m@s.example>",
        "return_path": "bounces@s.example",
        "campaign": "august",
        "local_address": "192.0.2.1",
        "mx": "mx.a.example",
        "stage": "End of data",
        "code": "550",
        "enhanced": "5.7.1",
        "text": "no",
        "label": "policy",
    }
    expected = Event(
        EventKind.REFUSED, "ann@a.example", AT, "<m@s.example>", "bounces@s.example", "august", "192.0.2.1",
        "mx.a.example", "end-of-data", 550, "5.7.1", "no", "policy",
    )  # fmt: skip
    assert list(cells) == list(NAMES)
    assert {*cells, "is_own_status", "final_recipient", "is_inferred"} == set(Event._fields)
    columns = {field: f"Column {number}" for number, field in enumerate(cells)}
    text = ",".join(columns.values()) + "\n" + ",".join(cells.values())
    assert csv_events(text, **columns) == [expected]
    assert json_events(dict(zip(columns.values(), cells.values(), strict=True)), **columns) == [expected]


@pytest.mark.parametrize(("field", "name"), [(field, name) for field, names in NAMES.items() for name in names])
def test_every_well_known_name_finds_its_field(field: str, name: str) -> None:
    cells = {"recipient": "ann@a.example", "kind": "sent", "at": "1501893660", "code": "250", "enhanced": "2.0.0"}
    row = {"email": "ann@a.example", "event": "sent", name: cells.get(field, "rcpt")}
    if field in {"recipient", "kind"}:
        del row["email" if field == "recipient" else "event"]
        row[name] = cells[field]
    (event,) = json_events(row)
    assert isinstance(event, Event)
    assert getattr(event, field) not in {None, ""}


@pytest.mark.parametrize("name", ["Message-ID", "messageId", "MESSAGE ID", "message_id", "MessageID"])
def test_case_and_punctuation_of_names_are_ignored(name: str) -> None:
    assert csv_events(f"To,Event,{name}\nann@a.example,open,m") == [
        Event(EventKind.OPENED, "ann@a.example", None, "<m>")
    ]


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in KINDS.items() for name in names])
def test_every_word_for_a_kind_is_known_in_any_spelling(kind: EventKind, name: str) -> None:
    spellings = [name, name.upper(), name.replace(" ", "_"), name.replace(" ", "-"), name.title().replace(" ", "")]
    text = "email,event\n" + "\n".join(f"ann@a.example,{spelling}" for spelling in spellings)
    assert csv_events(text) == [Event(kind, "ann@a.example")] * 5


def test_no_word_means_two_kinds_and_every_kind_has_its_own() -> None:
    words = [name for names in KINDS.values() for name in names]
    assert len(words) == len(set(words))
    assert set(KINDS) == set(EventKind)
    assert all(kind.value.replace("-", " ") in names for kind, names in KINDS.items())


def test_an_unknown_word_is_told_with_the_known_ones() -> None:
    (bad,) = csv_events("email,event\nann@a.example,party")
    assert isinstance(bad, BadLine)
    assert bad.number == 2
    assert bad.reason.startswith("'party' is not a kind of event; known are: delivered, delivery, sent, success")


@pytest.mark.parametrize(
    ("text", "bad"),
    [
        ("email,event\n,open\nann@a.example,open", BadLine(2, "opened without a recipient")),
        ("email,event,at\nann@a.example,open,soon\nann@a.example,open,", BadLine(2, "'soon' is not a time")),
        ("email,event\nann@a.example,open,x\nann@a.example,open", BadLine(2, "a row of 3 fields under a header of 2")),
        ("email,event\nann\0@a.example,open\nann@a.example,open", BadLine(2, "not CSV (it holds a NUL)")),
        (
            'email,event\n"ann"@a.example,open\nann@a.example,open',
            BadLine(2, "not CSV (',' expected after '\"')"),
        ),
        (
            f"email,event\n{'x' * 200_000},open\nann@a.example,open",
            BadLine(2, "not CSV (field larger than field limit (131072))"),
        ),
        (
            f"email,event\n{'x' * MAX_ROW},open\nann@a.example,open",
            BadLine(2, "not CSV (a row of more than 1,000,000 characters)"),
        ),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_the_next_one_read(text: str, bad: BadLine) -> None:
    assert csv_events(text) == [bad, Event(EventKind.OPENED, "ann@a.example")]


def test_a_quotation_mark_that_is_never_closed_costs_a_bounded_part_of_the_file() -> None:
    rows = 30_000
    events = csv_events('email,event\n"ann@a.example,open\n' + "ann@a.example,open\n" * rows)
    assert isinstance(events[0], BadLine)
    assert len(events) > rows - 131_072 / len("ann@a.example,open")


def test_a_row_of_many_quoted_fields_does_not_fill_the_memory() -> None:
    events = csv_events('email,event\n"' + '\n","' * 300_000)
    assert {each.reason for each in events if isinstance(each, BadLine)} >= {
        "not CSV (a row of more than 1,000,000 characters)"
    }


def test_a_quotation_mark_open_at_the_end_is_told() -> None:
    assert csv_events('email,event\n"ann@a.example,open') == [BadLine(2, "not CSV (unexpected end of data)")]


def test_an_empty_file_holds_no_events() -> None:
    assert csv_events("") == csv_events("\n\n") == csv_events("email,event") == []


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert csv_events("\ufeffemail,event\nann@a.example,open") == [Event(EventKind.OPENED, "ann@a.example")]


@pytest.mark.parametrize(
    ("text", "columns", "sentence"),
    [
        (
            "a,b\n",
            {},
            "line 1: has no column that tells the recipient (found: a, b); map one to it: --columns recipient=NAME",
        ),
        (
            "\nemail,b\n",
            {},
            (
                "line 2: has no column that tells the kind (found: email, b); map one to it, --columns kind=NAME, "
                "or say what all rows are, such as --kind bounce"
            ),
        ),
        (
            "email,event\n",
            {"text": "reply"},
            "line 1: has no column reply (found: email, event); correct the map of columns",
        ),
        (
            "email,event\n",
            {"to": "email"},
            f"columns: to: is not a field of an event; use one of: {', '.join(NAMES)}",
        ),
        ("\0\n", {}, "line 1: is not a header (not CSV (it holds a NUL)); begin with the names of columns"),
    ],
)
def test_a_mistake_in_the_map_or_header_is_told(text: str, columns: dict[str, str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        csv_events(text, **columns)
    assert str(caught.value) == sentence


def test_json_lines_may_differ_in_their_keys() -> None:
    assert json_events(
        {"email": "ann@a.example", "event": "open"},
        {"recipient": "bob@a.example", "status": "failed", "code": 550, "time": 1501893660.5, "text": "gone"},
        {"email": "cyd@a.example", "event": "click", "Text": "x"},
    ) == [
        Event(EventKind.OPENED, "ann@a.example"),
        Event(EventKind.REFUSED, "bob@a.example", AT + 0.5, code=550, text="gone"),
        Event(EventKind.CLICKED, "cyd@a.example", text="x"),
    ]


def test_json_of_the_wrong_type_is_told_or_left_empty() -> None:
    nonsense: dict[str, Any] = {"code": [], "dsn": {}, "time": None, "text": 1, "message_id": [], "stage": {}}
    good, *bad = json_events(
        {"email": "ann@a.example", "event": "open", **nonsense},
        {"email": {"ann@a.example": 1}, "event": "open"},
        {"email": "ann@a.example", "event": None},
        7,
    )
    assert good == Event(EventKind.OPENED, "ann@a.example")
    assert [each.reason[:30] for each in bad if isinstance(each, BadLine)] == [
        "opened without a recipient",
        "'' is not a kind of event; kno",
        "not a JSON object",
    ]


def test_a_field_of_no_event_is_told_for_json_too() -> None:
    with pytest.raises(InputError, match="columns: to: is not a field of an event"):
        json_events({"email": "ann@a.example"}, to="email")


def test_columns_left_out_of_a_map_are_looked_for_by_name() -> None:
    events = csv_events("who,event,time\nann@a.example,open,1501893660", recipient="who")
    assert events == [Event(EventKind.OPENED, "ann@a.example", AT)]


def test_json_in_any_layout_is_read() -> None:
    rows = [{"email": "ann@a.example", "event": "open"}]
    assert list(read_json_lines(lines_of(json.dumps(rows, indent=2)))) == events_of(read_json_lines, rows)


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_fields_are_told_apart_as_the_header_does_it(between: str) -> None:
    table = "\n\nemail,event,text\nann@a.example,bounced,no\n".replace(",", between)
    assert csv_events(table) == [Event(EventKind.REFUSED, "ann@a.example", text="no")]


def test_a_table_without_a_kind_is_of_the_kind_that_the_user_says() -> None:
    lines = lines_of("email,error\nann@a.example,550 5.1.1 no")
    (event,) = read_csv(lines, Hints(kind=EventKind.REFUSED))
    assert event == Event(EventKind.REFUSED, "ann@a.example", code=550, enhanced="5.1.1", text="550 5.1.1 no")
    rows = lines_of('{"email": "ann@a.example", "event": "delivered"}')
    assert list(read_json_lines(rows, Hints(kind=EventKind.REFUSED))) == [Event(EventKind.REFUSED, "ann@a.example")]


def test_a_column_of_json_may_be_a_path() -> None:
    row = {
        "kind": "bounce",
        "msg": {"email": "ann@a.example"},
        "replies": [{"text": "550 5.1.1 no"}],
        "to.address": "x",
    }
    assert json_events(row, recipient="msg.email", text="replies.0.text", label="to.address") == [
        Event(EventKind.REFUSED, "ann@a.example", code=550, enhanced="5.1.1", text="550 5.1.1 no", label="x")
    ]


def test_a_path_that_leads_nowhere_is_told() -> None:
    assert json_events({"kind": "bounce", "email": "ann@a.example"}, recipient="msg.email") == [
        BadLine(1, "refused without a recipient at 'msg.email'")
    ]


def test_a_path_through_a_list_is_that_of_all_its_elements() -> None:
    row = {"kind": "bounce", "to": [{"address": "ann@a.example"}, {"address": "bob@a.example"}]}
    (event,) = json_events(row, recipient="to.address")
    assert event == Event(EventKind.REFUSED, "ann@a.example, bob@a.example")


def test_a_date_that_may_be_two_is_told_unless_the_order_is_known() -> None:
    table = "email,event,at\nann@a.example,bounce,05/08/2017 00:41\nbob@a.example,bounce,08/25/2017"
    assert csv_events(table)[0] == BadLine(
        2, "'05/08/2017 00:41' may be day/month or month/day; say --dates dmy or --dates mdy"
    )
    (event, bad) = read_csv(lines_of(table), Hints(dates="dmy"))
    assert event == Event(EventKind.REFUSED, "ann@a.example", 1501893660.0)
    assert bad == BadLine(3, "'08/25/2017' is not a time")


def test_a_word_for_a_kind_is_found_in_any_spelling() -> None:
    assert kind_of("Hard-Bounce") is EventKind.REFUSED
    assert kind_of("party") is None


def test_a_line_of_excel_that_tells_the_separator_is_no_header() -> None:
    assert csv_events("sep=;\nemail;event;text\nann@a.example;bounce;no, never") == [
        Event(EventKind.REFUSED, "ann@a.example", text="no, never")
    ]


def test_empty_cells_beyond_the_header_are_left_out() -> None:
    assert csv_events("email,event\nann@a.example,open,,") == [Event(EventKind.OPENED, "ann@a.example")]


def test_a_list_of_addresses_alone_needs_no_header() -> None:
    bounces = list(read_csv(lines_of("ann@a.example\nBob <bob@a.example>\n"), Hints(kind=EventKind.REFUSED)))
    assert bounces == [Event(EventKind.REFUSED, "ann@a.example"), Event(EventKind.REFUSED, "Bob <bob@a.example>")]
    with pytest.raises(InputError, match="has no column that tells the kind"):
        csv_events("ann@a.example")
