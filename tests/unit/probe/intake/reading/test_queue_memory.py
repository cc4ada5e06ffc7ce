"""The memory of queued messages between log lines."""

from __future__ import annotations

from probe.intake.event import Event, EventKind
from probe.intake.reading.queue_memory import QueuedMessage, QueueMemory

ANN = Event(EventKind.DEFERRED, "ann@acme.example")
BOB = Event(EventKind.DEFERRED, "bob@acme.example")


def test_what_was_entered_is_recalled_and_an_unknown_message_is_empty() -> None:
    memory = QueueMemory()
    memory.enter("A1").return_path = "news@shop.example"
    assert memory.recall("A1").return_path == "news@shop.example"
    assert memory.recall("B2") == QueuedMessage()


def test_the_least_recently_seen_message_is_forgotten_first() -> None:
    memory = QueueMemory(2)
    for queue_id in ("A1", "B2", "A1", "C3"):
        memory.enter(queue_id).message_id = queue_id
    assert [memory.recall(queue_id).message_id for queue_id in ("A1", "B2", "C3")] == ["A1", "", "C3"]
    assert len(memory) == 2


def test_a_recipient_has_one_deferral_the_last() -> None:
    memory = QueueMemory()
    memory.defer("A1", ANN)
    memory.defer("A1", ANN._replace(code=451))
    assert memory.deferrals == 1
    assert [event.code for event in memory.recall("A1").deferred.values()] == [451]


def test_deferrals_end_with_the_recipient_or_with_the_message() -> None:
    memory = QueueMemory()
    memory.defer("A1", ANN)
    memory.defer("A1", BOB)
    memory.settle("A1", ANN.recipient)
    memory.settle("A1", ANN.recipient)  # for the second time: no effect
    assert memory.deferrals == 1
    memory.remove("A1")
    assert (memory.deferrals, len(memory)) == (0, 0)


def test_deferrals_count_towards_the_limit() -> None:
    memory = QueueMemory(2)
    for queue_id, event in (("A1", ANN), ("B2", ANN), ("B2", BOB)):
        memory.defer(queue_id, event)
    assert (memory.deferrals, len(memory), memory.recall("A1").deferred) == (2, 1, {})
