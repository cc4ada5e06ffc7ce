"""Steps of clients, several messages a connection, compared with a model of the server."""

from __future__ import annotations

from typing import Final

from simulation.fuzzing.dialogues import Dialogues
from simulation.fuzzing.target import Target


def run(data: bytes) -> int:
    """Take the steps that octets stand for, two octets a step after one for the settings. Raises Mismatch.

    Return how many steps were taken.
    """
    flags = data[0] if data else 0
    dialogues = Dialogues(lmtp=flags & 1 == 1, wants_login=flags & 6 == 6, wants_tls=flags & 24 == 24)
    for place in range(1, len(data) - 1, 2):
        dialogues.take(dialogues.due(int.from_bytes(data[place : place + 2])))
    return len(dialogues.taken)


TARGETS: Final = (Target("smtp-model", run, longest=2_000),)
