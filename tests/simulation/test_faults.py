"""Single faults of the machine, of each kind: told in one sentence, and no row is lost."""

from __future__ import annotations

import gc
import socket
import struct
from contextlib import nullcontext
from pathlib import Path

import pytest

from probe.input_error import InputError
from simulation.faults import nth_call
from simulation.faults.calls import KINDS, Calls, Fault
from simulation.faults.nth_call import WORLDS, Faults, whole_run
from simulation.part import Tried

TOLD = [
    "36/memory/open/once/5",
    "36/memory/read/once/30",
    "36/memory/write/once/60",
    "36/memory/commit/ever/9",
    "36/memory/room/once/12",
    "36/memory/file/once/4",
    "36/memory/rename/once/1",
    "36/two/start/once/1",
    "36/two/commit/once/20",
    "21/tcp/write/once/57",
    "21/tcp/receive/once/90",
    "54/tcp/receive/ever/66",
    "36/tcp/socket/once/25",
    "36/tcp/dial/once/3",
    "36/tcp/send/once/48",
    "36/tcp/receive/once/12",
    "36/tcp/ask/ever/7",
    "36/tcp/answer/ever/9",
]
OUTLIVED = ["36/tcp/send-again/once/20", "36/tcp/receive-again/once/9", "36/tcp/ask/once/7", "36/tcp/answer/once/9"]


# A run that a fault ends closes its event loop before the last transport has been told that its connection is lost.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("case", [*TOLD, *OUTLIVED])
def test_a_fault_is_told_or_outlived_and_the_run_goes_on_to_the_same_books(case: str, tmp_path: Path) -> None:
    tried = Tried()
    Faults().attempt(case, tried, tmp_path)
    gc.collect()  # else what it left open might be found in another test
    assert tried.failures == []
    assert tried.counts["faults injected"] == 1
    told, outlived = tried.counts["faults told"], tried.counts["faults outlived"]
    assert told + outlived == 1
    # Over sockets the kernel decides in how many pieces a reply comes, so the n-th call is not always the same.
    if "/tcp/" not in case:
        assert told == (case in TOLD)


def test_every_kind_of_call_is_made_in_some_world() -> None:
    made = {*whole_run("36", "tcp").calls, *whole_run("36", "two").calls}
    assert made == set(KINDS)


def test_each_process_tries_the_same_faults_and_each_once() -> None:
    def some(seed: str) -> list[str]:
        return [case for _, case in zip(range(40), Faults().cases(seed), strict=False)]

    cases = some("a")
    assert cases == some("a")
    assert len(set(cases)) == len(cases)
    assert {case.split("/")[0] for case in cases} <= {world.name for world in WORLDS.iterdir()}


@pytest.mark.parametrize(("lasting", "failing"), [(False, [3]), (True, [3, 4, 5])])
def test_the_call_of_a_number_fails_and_all_that_follow_where_it_lasts(lasting: bool, failing: list[int]) -> None:  # noqa: FBT001
    calls = Calls(Fault("send", 3, lasting))
    assert [number for number in range(1, 6) if calls.fails("send")] == failing
    assert not calls.fails("receive")
    assert (calls.struck, calls.made()) == (len(failing), {"send": 5, "receive": 1})


def test_linux_hands_over_what_has_arrived_before_it_tells_of_a_reset() -> None:
    """So a fault that takes what has arrived is none of the other end, but of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        peer, _ = server.accept()
        peer.sendall(b"550 no\r\n")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset in place of a goodbye
        peer.close()
        assert client.recv(100) == b"550 no\r\n"
        with pytest.raises(ConnectionResetError):
            client.recv(100)


def test_an_error_without_a_fault_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case, told = "36/memory/write/once/999999", "scenario.toml: is wrong; correct it"
    whole_run("36", "memory")

    def refuses(*_: object) -> None:
        raise InputError("scenario.toml", "is wrong", "correct it")

    monkeypatch.setattr(nth_call, "_run", refuses)
    tried = Tried()
    Faults().attempt(case, tried, tmp_path)
    assert [each.what for each in tried.failures] == [f"without any fault: {told}"]
    assert tried.counts == {"faults past the end": 1}


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_only_ctrl_c_ends_the_simulation(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole_run("36", "memory")

    def ends(*_: object) -> None:
        raise error

    monkeypatch.setattr(nth_call, "_run", ends)
    tried = Tried()
    with pytest.raises(KeyboardInterrupt) if error is KeyboardInterrupt else nullcontext():
        Faults().attempt("36/memory/write/once/1", tried, tmp_path)
    told = [] if error is KeyboardInterrupt else ["SystemExit in place of a sentence: "]
    assert [each.what for each in tried.failures] == told
