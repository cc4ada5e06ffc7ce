"""A host that an allow list names is asked politely: who, why, how often, and never more than the list permits."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from answering_server import Answer, answering

from fake_gateways.clock import VirtualClock
from probe.diagnose.choice import Budget, Stopped
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.host.asking import Asking
from probe.diagnose.host.host_name import Host
from probe.diagnose.host.manners import Spending
from probe.diagnose.host.open_host import Found, diagnose_host, open_target
from probe.diagnose.host.state_file import Begun, StateFile
from probe.diagnose.reached import Reached
from probe.input_error import InputError

NOW = 1_796_000_000.0
TODAY = datetime.fromtimestamp(NOW, UTC).date()
MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
ANN, BOB = "ann@acme.example", "bob@acme.example"
MESSAGE = b"From: news@sender.example\r\nSubject: Hello\r\n\r\nhttps://sender.example/\r\n"
UNKNOWN = "550 5.1.1 User unknown"
BLOCKED = "550 5.7.1 Your IP address is blocked for 2 hours"
ALLOW = f"""\
contact = "postmaster@sender.example"

[[host]]
name = "127.0.0.1"
recipients = ["{ANN}", "{BOB}"]
purpose = "why the newsletter is refused"
expires = {TODAY + timedelta(days=30)}
"""


def never(peer: str, line: str) -> str | None:
    """Refuse everybody in the same words, so that every experiment is made."""
    del peer
    return UNKNOWN if line.startswith("RCPT") else None


def blocking(peer: str, line: str) -> str | None:
    """Refuse everybody, because of a block."""
    del peer
    return BLOCKED if line.startswith("RCPT") else None


@dataclass
class Asked:
    """Calls to one server with one state file, at times of their own."""

    folder: Path
    answer: Answer = never
    more: str = ""
    heard: list[str] = field(default_factory=list)
    port: int = 0
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))

    def asking(self, **changes: Any) -> Asking:
        """Return what is asked for, with an allow list that permits it."""
        (self.folder / "allow.toml").write_text(ALLOW + self.more, "utf-8")
        asking = Asking(
            host=Host("127.0.0.1", self.port),
            recipient=ANN,
            control=BOB,
            allow=str(self.folder / "allow.toml"),
            most_s=DAY_S,
        )
        return replace(asking, **changes)

    async def _ask(self, asking: Asking, budget: Budget) -> Found:
        with StateFile(self.folder / "state.sqlite") as state:
            return await diagnose_host(asking, budget, state, self.clock)

    def __call__(self, budget: Budget | None = None, **asking: Any) -> Found:
        """Ask once."""
        return self.times(1, budget, **asking)[0]

    def times(
        self, times: int, budget: Budget | None = None, between: Callable[[], None] = lambda: None, **asking: Any
    ) -> list[Found]:
        """Ask several times the same server."""

        async def ask() -> list[Found]:
            found = []
            async with answering(self.answer, self.port) as (self.port, self.heard):
                for _ in range(times):
                    found.append(await self._ask(self.asking(**asking), budget or Budget()))
                    between()
            return found

        return asyncio.run(ask())

    def rows(self, columns: str) -> list[Any]:
        """Return columns of the state file."""
        with closing(sqlite3.connect(self.folder / "state.sqlite")) as state:
            return state.execute(f"SELECT {columns} FROM dialogue ORDER BY id").fetchall()

    def count(self, verb: str) -> int:
        """Return how often the server heard a verb."""
        return sum(line.startswith(verb) for line in self.heard)


def test_it_says_who_asks_and_why(tmp_path: Path) -> None:
    asked = Asked(tmp_path, lambda _, line: UNKNOWN if line == "." else None)
    asked(message=MESSAGE)
    assert set(filter(lambda line: line.startswith("EHLO"), asked.heard)) == {"EHLO sender.example"}
    assert all(
        line.startswith("MAIL FROM:<postmaster@sender.example>") for line in asked.heard if line.startswith("MAIL")
    )
    header = "X-Probe: why the newsletter is refused; postmaster@sender.example"
    assert asked.count(header) == asked.count("DATA") > 1
    us = "EHLO sender.example; MAIL FROM:<postmaster@sender.example>"
    assert set(asked.rows("said")) == {(f"{us}; why the newsletter is refused; postmaster@sender.example",)}


def test_without_a_message_none_is_sent_and_nothing_else_is_asked(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    found = asked()
    assert isinstance(found.outcome, Diagnosis)
    assert {line.partition(" ")[0] for line in asked.heard} == {"EHLO", "MAIL", "RCPT", "RSET", "QUIT"}


def test_nobody_is_asked_for_who_is_not_on_the_list_but_the_postmaster(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked(control=None)
    named = {line for line in asked.heard if line.startswith("RCPT")}
    assert named == {f"RCPT TO:<{ANN}>", "RCPT TO:<postmaster@acme.example>"}
    with pytest.raises(InputError, match="is not among the recipients"):
        asked(recipient="eve@acme.example")
    with pytest.raises(InputError, match="is not among the recipients"):
        asked(control="eve@acme.example")


@pytest.mark.parametrize("permitted", [True, False])
def test_one_recipient_a_day_is_guessed_if_the_list_permits_it(tmp_path: Path, *, permitted: bool) -> None:
    asked = Asked(tmp_path, more="random_control = true\n" if permitted else "")

    async def guess() -> list[bool]:
        async with answering(never) as (asked.port, asked.heard):
            with StateFile(tmp_path / "state.sqlite") as state:
                target = await open_target(asked.asking(), state, asked.clock)
                assert await target.ask() is None
                assert ("random" in target.means) is permitted
                guesses = [await target.carry_out(EXPERIMENTS["random-recipient"]) for _ in range(2)]
                assert "random" not in target.means
        return [each is not None for each in guesses]

    assert asyncio.run(guess()) == [permitted, False]
    named = {line for line in asked.heard if line.startswith("RCPT")} - {f"RCPT TO:<{ANN}>"}
    assert len(named) == int(permitted)


def test_two_connections_a_minute(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked.times(2)
    times = [at for (at,) in asked.rows("at")]
    assert len(times) > 4
    assert all(later - earlier >= MINUTE_S for earlier, later in zip(times, times[2:], strict=False))


def test_budgets_of_a_day_hold_over_several_calls(tmp_path: Path) -> None:
    asked = Asked(tmp_path, more="connections_per_day = 3\n")
    first, second = asked.times(2)
    assert isinstance(first.outcome, Diagnosis)
    assert isinstance(second.outcome, Diagnosis)
    assert first.outcome.stopped is Stopped.BUDGET
    assert first.note == second.note == "the connections that the allow list permits within a day are spent"
    assert len(asked.rows("id")) == asked.count("EHLO") == 3
    assert first.outcome.belief.causes() == second.outcome.belief.causes()
    asked.clock.pass_by(DAY_S)
    asked()
    assert len(asked.rows("id")) > 3


def test_without_an_earlier_answer_a_spent_budget_is_one_sentence(tmp_path: Path) -> None:
    asked = Asked(tmp_path, more="recipients_per_day = 1\n")
    asked()
    with pytest.raises(InputError, match="the recipients that the allow list permits within a day are spent"):
        asked(recipient=BOB, control=ANN)


def test_messages_are_counted(tmp_path: Path) -> None:
    asked = Asked(tmp_path, lambda _, line: UNKNOWN if line == "." else None, more="messages_per_day = 2\n")
    found = asked(message=MESSAGE)
    assert found.note == "the messages that the allow list permits within a day are spent"
    assert asked.count("DATA") == 2


def test_one_dialogue_after_a_block_until_its_time_has_passed(tmp_path: Path) -> None:
    asked = Asked(tmp_path, blocking)
    found = asked(most_s=10 * MINUTE_S)
    assert found.note is not None
    assert "later than --for allows" in found.note
    assert asked.count("EHLO") == 2
    asked.clock.pass_by(HOUR_S)
    again = asked(most_s=10 * MINUTE_S)
    assert asked.count("EHLO") == 0
    assert isinstance(again.outcome, Diagnosis)
    assert len(again.outcome.steps) == 1
    asked.clock.pass_by(HOUR_S)
    asked(most_s=10 * MINUTE_S)
    assert asked.count("EHLO") in {1, 2}  # it is still refused; whether one more question is worth it, is the choice's


def test_with_time_it_waits_for_the_end_of_a_block(tmp_path: Path) -> None:
    asked = Asked(tmp_path, blocking)
    asked()
    for (earlier, _), (_, later) in zip(pairwise(asked.rows("at")), list(pairwise(asked.rows("at")))[1:], strict=False):
        assert later[0] - earlier[0] >= 2 * HOUR_S


def test_everything_is_logged(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked()
    transcripts = "\n".join(transcript for (transcript,) in asked.rows("transcript"))
    said = [line.removeprefix("> ") for line in transcripts.splitlines() if line.startswith("> ")]
    assert Counter(line for line in said if not line.startswith("(")) == Counter(asked.heard)
    assert all(ended >= at for at, ended in asked.rows("at, ended"))


def test_a_greylist_is_waited_out(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    times: list[float] = []

    def greylisting(peer: str, line: str) -> str | None:
        del peer
        if not line.startswith("RCPT"):
            return None
        times.append(asked.clock.now())
        return None if times[-1] - times[0] >= 300.0 else "451 4.7.1 Greylisted, please try again"

    asked.answer = greylisting
    found = asked(most_s=10 * MINUTE_S)
    assert isinstance(found.outcome, Reached)
    assert found.outcome.deferred is not None
    assert times == [NOW, NOW + 60.0, NOW + 360.0]


def test_a_greylist_that_lasts_too_long_is_a_refusal_to_explain(tmp_path: Path) -> None:
    asked = Asked(tmp_path, lambda _, line: "451 4.7.1 Try again" if line.startswith("RCPT") else None)
    found = asked(most_s=0.0)
    assert isinstance(found.outcome, Diagnosis)


def test_answers_of_the_last_day_are_not_asked_for_again(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    first, second = asked.times(2)
    assert isinstance(first.outcome, Diagnosis)
    assert isinstance(second.outcome, Diagnosis)
    names = [name for (name,) in asked.rows("experiment")]
    assert names.count("as-is") == 2
    assert len(second.outcome.steps) >= len(first.outcome.steps)
    assert all(names.count(each) <= (2 if each in {"as-is", "control"} else 1) for each in names)
    asked.clock.pass_by(DAY_S + HOUR_S)
    asked()
    assert [name for (name,) in asked.rows("experiment")].count("control") > names.count("control")


def test_a_recipient_that_is_accepted_by_now_is_reachable(tmp_path: Path) -> None:
    answers = [UNKNOWN]
    asked = Asked(tmp_path, lambda _, line: answers[0] if line.startswith("RCPT") else None)
    found = asked.times(2, between=lambda: answers.__setitem__(0, "250 2.1.5 ok"))
    assert isinstance(found[0].outcome, Diagnosis)
    assert isinstance(found[1].outcome, Reached)


def test_a_provider_is_known_by_its_network_and_by_its_name(tmp_path: Path) -> None:
    with StateFile(tmp_path / "state.sqlite") as state:
        for at, network, provider in [(1.0, "net", "name"), (2.0, "net", "other"), (3.0, "more", "name")]:
            begun = Begun(NOW + at, "host", network, provider, "series", "as-is", "", Spending(1, 1))
            assert state.begin(begun, None)[1] is None
        assert [past.at - NOW for past in state.past("net", "name", NOW)] == [1.0, 2.0, 3.0]
        assert [past.at - NOW for past in state.past("net", "no", NOW)] == [1.0, 2.0]
        assert [past.at - NOW for past in state.past("no", "name", NOW)] == [1.0, 3.0]
        assert state.past("net", "name", NOW + DAY_S + 4.0) == []


def test_a_row_that_was_changed_is_one_sentence(tmp_path: Path) -> None:
    asked = Asked(tmp_path)
    asked(Budget(experiments=1))
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as state, state:
        state.execute("UPDATE dialogue SET stage = 'nowhere'")
    with pytest.raises(InputError, match="has a row that was changed"):
        asked()


def test_ipv6(tmp_path: Path) -> None:
    async def ask() -> Found:
        async with answering(never, address="::1") as (port, _):
            asking = Asking(host=Host("::1", port), recipient=ANN, return_paths=("news@sender.example",), most_s=0.0)
            with StateFile(tmp_path / "state.sqlite") as state:
                return await diagnose_host(asking, Budget(experiments=1), state, VirtualClock(NOW))

    found = asyncio.run(ask()).outcome
    assert isinstance(found, Diagnosis)
    assert "(connects from ::1)" in found.first.dialogue


def test_many_at_once_spend_what_the_list_permits_and_no_more(tmp_path: Path) -> None:
    def spend(number: int) -> bool:
        with StateFile(tmp_path / "state.sqlite") as state:
            begun = Begun(NOW, "host", f"net {number}", f"name {number}", "series", "as-is", "", Spending(1, 2, 0))
            return state.begin(begun, Spending(7, 9, 0))[1] is None

    with ThreadPoolExecutor(8) as threads:
        spent = sum(threads.map(spend, range(24)))
    with StateFile(tmp_path / "state.sqlite") as state:
        assert state.spent("host", "", "", NOW) == Spending(4, 8, 0)
    assert spent == 4
