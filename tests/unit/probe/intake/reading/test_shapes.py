"""An object's shape says which event it is, and where its fields are."""

from __future__ import annotations

from collections.abc import Iterator

from probe.intake.event import Event, EventKind
from probe.intake.reading.json_fields import Json
from probe.intake.reading.shapes import Shape

BOUNCE = Shape(
    name="event type",
    kinds={"Bounce": EventKind.REFUSED, "queued": None},
    recipient="msg.to email",
    at="ts",
    message_id="msg.id",
    campaign="tags",
    text="msg.diag reason",
    enhanced="status",
    label="class sub.class",
)
ROW = Shape(has="Email_Address Created", kind=EventKind.REFUSED, recipient="Email_Address", at="Created", dates="mdy")


def events(shape: Shape, **document: object) -> list[Event]:
    """Return the events of a document."""
    return list(shape.events(document))


def test_each_field_is_at_the_first_path_that_holds_something() -> None:
    assert events(
        BOUNCE,
        event="bounce",
        msg={"id": "m@x", "diag": "550 5.1.1 no"},
        email="ann@a.example",
        ts=1501893660,
        tags=["august", "news"],
        reason="other",
        **{"class": "hard", "sub": {"class": "gone"}},
    ) == [
        Event(
            EventKind.REFUSED, "ann@a.example", 1501893660.0, "<m@x>", campaign="august", code=550, enhanced="5.1.1",
            text="550 5.1.1 no", label="hard/gone",
        )
    ]  # fmt: skip


def test_each_recipient_of_a_list_is_an_event() -> None:
    found = events(BOUNCE, type="Bounce", msg={"to": ["ann@a.example", "bob@a.example"]})
    assert [event.recipient for event in found] == ["ann@a.example", "bob@a.example"]
    assert [event.recipient for event in events(BOUNCE, event="bounce")] == [""]


def test_a_name_without_a_kind_is_no_event() -> None:
    assert BOUNCE.takes({"event": "QUEUED"})
    assert events(BOUNCE, event="queued") == []
    assert not BOUNCE.takes({"event": "party"})
    assert BOUNCE.name_in({"type": "party"}) == "party"
    assert not BOUNCE.takes({})


def test_a_row_is_known_by_its_keys_in_any_spelling() -> None:
    row = {"EMAIL ADDRESS": "ann@a.example", "created": "8/5/2017 12:41 AM", "other": ""}
    spelt = ROW.spelt(row)
    assert spelt == {"Email_Address": "ann@a.example", "Created": "8/5/2017 12:41 AM", "other": ""}
    assert ROW.takes(spelt)
    assert not ROW.takes({"Email_Address": "ann@a.example"})
    assert events(ROW, **spelt) == [Event(EventKind.REFUSED, "ann@a.example", 1501893660.0)]
    assert next(iter(ROW.events(spelt, "dmy"))).at != 1501893660.0


def test_what_paths_cannot_say_is_refined() -> None:
    def refined(document: Json, event: Event) -> Iterator[Event]:
        if document["event"] != "never":
            yield event._replace(label="refined")

    shape = Shape(name="event", kinds={"open": EventKind.OPENED, "never": EventKind.OPENED}, refine=refined)
    assert events(shape, event="open") == [Event(EventKind.OPENED, "", label="refined")]
    assert events(shape, event="never") == []


def test_a_status_that_the_reply_lacks_is_the_systems_own() -> None:
    (event,) = events(BOUNCE, event="bounce", reason="550 no", status="5.0.0")
    assert (event.enhanced, event.is_own_status) == ("5.0.0", True)


def test_each_element_of_a_list_is_an_event_of_its_own() -> None:
    shape = Shape(
        name="event", kinds={"Bounce": EventKind.REFUSED}, each="to.all", recipient="each.email", text="each.why"
    )
    assert events(
        shape, event="Bounce", to={"all": [{"email": "ann@a.example", "why": "550 no"}, {"email": "b@b.example"}]}
    ) == [
        Event(EventKind.REFUSED, "ann@a.example", code=550, text="550 no"),
        Event(EventKind.REFUSED, "b@b.example"),
    ]
    assert events(shape, event="Bounce", to={"all": []}) == [Event(EventKind.REFUSED, "")]
    assert events(shape, event="Bounce") == [Event(EventKind.REFUSED, "")]
