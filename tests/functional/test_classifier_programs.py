"""Programs as classifiers: working ones, and every way to fail. No process remains."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asked_about import Refused
from deadline import DEADLINE_S, until

from fake_gateways.truth import Cause
from probe.classify import Advice, ClassifierError, Evidence, Reading
from probe.classify.external import pipes, protocol
from probe.classify.external.program import Program

PRELUDE = """
import json, os, signal, sys, time

def answered(told, **more):
    who = {"campaign": told["campaign"], "recipient": told["recipient"]}
    return json.dumps({**who, "cause": "user-unknown", **more})

def say(told, **more):
    print(answered(told, **more), flush=True)

def asked():
    for line in sys.stdin:
        yield json.loads(line)
"""
OBEDIENT = "for told in asked():\n    if 'end' not in told: say(told)"
BUFFERED = """
for told in asked():
    print(answered(told)) if 'end' not in told else sys.stdout.flush()
"""
AT_THE_END = """
heard = []
for told in asked():
    if 'end' not in told:
        heard.append(told)
    else:
        print('\\n'.join(answered(each) for each in reversed(heard)), flush=True)
        heard.clear()
"""


@pytest.fixture(autouse=True)
def groups(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Note every process that is started, and see in the end that it has gone, and whomever it started as well."""
    started: list[int] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            started.append(self.pid)

    monkeypatch.setattr(pipes.subprocess, "Popen", Noted)
    yield started
    until(lambda: not living(started), told=lambda: living(started))


def living(groups: list[int]) -> list[str]:
    """Return the processes of some groups, but for those that have ended and that nobody waits for."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text("utf-8", "replace")
        except OSError:
            continue
        state, _, group = text.rpartition(") ")[2].split()[:3]
        if int(group) in groups and state not in "ZX":
            found.append(text[:60])
    return found


def program(source: str, patience_s: float = 60.0) -> Program:
    """Return a classifier whose program is Python with the prelude in front."""
    return Program("mine", [sys.executable, "-E", "-c", PRELUDE + source], Path.cwd(), patience_s)


def read(source: str, count: int = 3, patience_s: float = 60.0) -> dict[str, Reading]:
    """Let a program read a campaign."""
    with program(source, patience_s) as classifier:
        return dict(classifier.classify_stream(Refused(count).values()))


@pytest.mark.parametrize("source", [OBEDIENT, BUFFERED, AT_THE_END], ids=["at once", "buffered", "at the end"])
def test_a_program_may_answer_as_it_goes_or_at_the_campaigns_end_in_any_order(source: str) -> None:
    with program(source) as classifier:
        for name in ("news", "offer"):
            said = dict(classifier.classify_stream(Refused(2000, name).values()))
            assert set(said) == set(Refused(2000))
            assert {reading.cause for reading in said.values()} == {Cause.USER_UNKNOWN}


def test_a_program_is_started_once_for_all_campaigns(groups: list[int]) -> None:
    with program(OBEDIENT) as classifier:
        for name in ("news", "offer", "minutes"):
            list(classifier.classify_stream(Refused(3, name).values()))
    assert len(groups) == 1


def test_a_program_that_serves_one_campaign_is_started_for_each(groups: list[int]) -> None:
    with program(AT_THE_END.replace("heard.clear()", "break")) as classifier:
        for name in ("news", "offer", "minutes"):
            assert len(list(classifier.classify_stream(Refused(3, name).values()))) == 3
    assert len(groups) == 3


def test_every_part_of_an_answer_is_used() -> None:
    said = read(
        """
parts = iter([
    {"alive": 0.25, "reason": "r" * 3000},
    {"confidence": 0.9},
    {"cause": None, "confidence": 0.75, "advice": "retest"},
    {"cause": "content"},
])
for told in asked():
    if 'end' not in told: say(told, **next(parts))
""",
        4,
    )
    assert list(said.values()) == [
        Reading(Cause.USER_UNKNOWN, "r" * 1000, 0.25),
        Reading(Cause.USER_UNKNOWN, "", pytest.approx(0.1)),
        Reading(None, "", 0.75, Advice.RETEST),
        Reading(Cause.CONTENT),
    ]


def test_the_last_answer_may_lack_the_end_of_its_line() -> None:
    assert len(read("told = next(asked()); sys.stdout.write(answered(told)); sys.stdout.flush(); os._exit(0)", 1)) == 1


def test_neither_side_waits_for_the_other_when_all_pipes_are_full() -> None:
    # Far more than pipes hold, both ways, and a standard error that would block as well.
    said = read(
        """
for told in asked():
    if 'end' not in told:
        print('x' * 5000, file=sys.stderr)
        say(told, reason='r' * 20_000)
""",
        500,
    )
    assert len(said) == 500


MEASURE = """
import resource, sys
from pathlib import Path
from asked_about import Refused
from probe.classify.external.program import Program

def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

campaign = Refused(50_000)
with Program("mine", sys.argv[1:], Path.cwd(), 60.0) as classifier:
    list(classifier.classify_stream(Refused(1).values()))
    before = most()
    count = sum(1 for _ in classifier.classify_stream(campaign.values()))
print(count, most() - before)
"""


@pytest.mark.parametrize(("source", "part"), [(AT_THE_END, 0.5), (OBEDIENT, 0.1)], ids=["at the end", "at once"])
def test_of_recipients_without_an_answer_only_the_names_are_kept(source: str, part: float) -> None:
    command = [sys.executable, "-E", "-c", PRELUDE + source]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "support")}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command], capture_output=True, check=True, env=environment, timeout=DEADLINE_S
    )
    count, grown = map(int, done.stdout.split())
    asked = sum(len(protocol.line(protocol.request(each))) for each in Refused(1000).values()) * 50
    assert count == 50_000
    assert grown < asked * part, (grown, asked)


def test_a_program_gets_no_file_of_ours_and_nothing_in_its_environment(tmp_path: Path) -> None:
    with (tmp_path / "ledger.sqlite").open("w"):
        said = read(
            """
for told in asked():
    if 'end' not in told:
        names = os.listdir('/proc/self/fd')  # one of them is that of the folder itself, closed by now
        files = [os.readlink(f'/proc/self/fd/{each}') for each in names if os.path.exists(f'/proc/self/fd/{each}')]
        say(told, reason=json.dumps([[each for each in files if not each.startswith('pipe:')], sorted(os.environ)]))
""",
            1,
        )
    (reading,) = said.values()
    files, names = json.loads(reading.reason)
    assert files == []
    assert set(names) <= {*os.environ, "LC_CTYPE", "COLUMNS", "LINES"}  # which Python and readline set


def test_a_program_that_exits_is_started_again_for_the_recipients_without_an_answer(groups: list[int]) -> None:
    source = """
for number, told in enumerate(asked()):
    if number == 40: os.kill(os.getpid(), signal.SIGKILL)
    if 'end' not in told: say(told)
"""
    assert len(read(source, 100)) == 100
    assert len(groups) == 3


def test_the_recipient_that_makes_a_program_exit_again_and_again_is_named_first() -> None:
    source = """
for told in asked():
    if told.get('recipient') == 'p3@acme.example': raise RuntimeError('three is too many')
    if 'end' not in told: say(told)
"""
    with pytest.raises(
        ClassifierError, match=r"exited with code 1 .* for p3@\S+, .*; last lines on standard error: .* / RuntimeE"
    ):
        read(source, 9)


def test_a_program_is_not_started_again_if_the_evidence_can_be_read_only_once(groups: list[int]) -> None:
    source = "for told in asked():\n    if told['recipient'] == 'p3@acme.example': sys.exit(1)\n    say(told)"
    with (
        pytest.raises(ClassifierError, match=r"exited with code 1 with no answer yet for p3@"),
        program(source) as mine,
    ):
        list(mine.classify_stream(iter(Refused(9).values())))
    assert len(groups) == 1


def test_answers_come_before_the_last_question_is_taken() -> None:
    taken = 0

    def counted() -> Iterator[Evidence]:
        nonlocal taken
        for each in Refused(20_000).values():
            taken += 1
            yield each

    with program(OBEDIENT) as classifier:
        answers = classifier.classify_stream(counted())
        next(answers)
        assert taken < 20_000
        assert sum(1 for _ in answers) == 20_000 - 1


def test_the_time_that_we_need_is_not_the_programs() -> None:
    def slow() -> Iterator[Evidence]:
        for each in Refused(3).values():
            time.sleep(0.3)
            yield each

    with program(OBEDIENT, patience_s=60.0) as classifier:
        list(classifier.classify_stream(Refused(1, "offer").values()))
        assert classifier._process is not None
        classifier._process._patience_s = 0.5
        assert sum(1 for _ in classifier.classify_stream(slow())) == 3


STRANGER = 'told["recipient"] = "eve@elsewhere.example"; say(told)'
FAILURES = {
    "answers twice": ("say(told); say(told)", r"mine answered twice for p0@acme\.example"),
    "answers for strangers": (STRANGER, r"for a recipient that was not asked about: eve@elsewhere\.example"),
    "answers for nobody": ("continue", r"did nothing for 0\.5 s with no answer yet for p0@\S+, p1@\S+, p2@\S+;"),
    "says no JSON": ("print('dead', flush=True)", r"'dead', which is not valid: .*JSON.*; no answer yet for p0@"),
    "says NaN": ("say(told, alive=float('nan'))", r"which is not valid: alive: "),
    "is more than sure": ("say(told, alive=1.5)", r"which is not valid: alive: .* less than or equal to 1"),
    "gives two chances": ("say(told, alive=1, confidence=1)", r"give alive or confidence, not both"),
    "invents a cause": ("say(told, cause='bad luck')", r"not valid: cause: .*user-unknown.*system.*"),
    "invents a key": ("say(told, advise='keep')", r"not valid: advise: "),
    "gives no cause": ("print(answered(told).replace('cause', 'reason'), flush=True)", r"give either cause or class"),
    "gives half a class": ("print(answered(told).replace('cause', 'class'), flush=True)", r"class and system together"),
    "nests": ("print('[' * 50_000, flush=True)", r"which is not valid: "),
    "takes another campaign": ("say(told, campaign='offer')", r"not valid: campaign must be news"),
    "says no UTF-8": ("os.write(1, b'\\xff\\xfe\\n')", r"which is not valid: "),
    "never ends a line": ("sys.stdout.write('x' * 100_000_000); sys.stdout.flush()", r"longer than 65,536 octets"),
    "floods its standard error": ("while True: os.write(2, b'complaint\\n' * 5000)", r"did nothing for 0\.5 s with"),
    "floods its output with nothing": ("while True: os.write(1, b'\\n' * 5000)", r"did nothing for 0\.5 s with"),
    "ends early": ("sys.exit(0)", r"exited with code 0 with no answer yet for p0@"),
    "ends badly": ("print('no memory\\x1b', file=sys.stderr); sys.exit(7)", r"with code 7 .*; last lines on .*: no"),
    "is killed": ("os.kill(os.getpid(), signal.SIGSEGV)", r"was killed by SIGSEGV with no answer"),
    "closes its output": ("os.close(1); time.sleep(600)", r"closed its output with no answer yet for p0@"),
    "closes its input": ("os.close(0); time.sleep(600)", r"did nothing for 0\.5 s with"),
    "hangs": ("time.sleep(600)", r"did nothing for 0\.5 s with no answer yet for p0@"),
    "hangs and ignores SIGTERM": ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)", r"did nothing for"),
    "leaves a child that holds its output": ("os.fork() or time.sleep(600); os._exit(3)", r"exited with code 3 with"),
}  # fmt: skip


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_program_is_an_error_that_names_the_recipients_without_an_answer(failure: str) -> None:
    does, told = FAILURES[failure]
    patience_s = 0.5 if "did nothing" in told else 60.0
    with pytest.raises(ClassifierError, match=told) as caught:
        read(f"for told in asked():\n    if 'end' in told: continue\n    {does}", patience_s=patience_s)
    assert str(caught.value).startswith("classifier mine ")
    assert len(str(caught.value)) < 2000
    assert "\n" not in str(caught.value)


AFTERWARDS = {
    "ends badly": (
        "sys.exit('out of ideas')",
        r"exited with code 1 after its last answer; last lines on standard error: out of",
    ),
    "answers once more": ("say(first)", r"answered twice for p0@acme\.example"),
}


@pytest.mark.parametrize("failure", AFTERWARDS)
def test_a_program_that_has_answered_must_also_end_well(failure: str) -> None:
    does, told = AFTERWARDS[failure]
    with pytest.raises(ClassifierError, match=told):
        read(f"first = next(asked())\nsay(first)\nfor told in asked(): pass\n{does}", 1)


def test_a_program_that_does_not_exit_after_its_input_is_an_error() -> None:
    told = r"did nothing for 0\.2 s after the end of its input, and did not exit; "
    classifier = program(f"{OBEDIENT}\ntime.sleep(600)").__enter__()
    assert len(list(classifier.classify_stream(Refused(3).values()))) == 3
    # Only from here on: how long an interpreter takes to start is not what is asked.
    assert classifier._process is not None
    classifier._patience_s = classifier._process._patience_s = 0.2
    with pytest.raises(ClassifierError, match=told):
        classifier.__exit__(None, None, None)


def test_children_of_a_program_that_ended_well_end_with_it() -> None:
    assert read(f"if os.fork() == 0: time.sleep(600)\n{OBEDIENT}")


def test_a_program_that_is_asked_nothing_is_not_started(groups: list[int]) -> None:
    with program("sys.exit('no input')"):
        pass
    assert groups == []


def test_a_program_is_ended_at_once_when_something_else_goes_wrong() -> None:
    classifier = program(f"{OBEDIENT}\ntime.sleep(600)")
    assert len(list(classifier.classify_stream(Refused(3).values()))) == 3
    classifier.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert classifier._process is None


def test_a_file_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "classify"
    script.write_text("no program\n", "utf-8")
    script.chmod(0o755)
    with pytest.raises(ClassifierError, match=re.escape(f"mine cannot be started ({script}: Exec format error)")):
        list(Program("mine", [str(script)], tmp_path, 1.0).classify_stream(Refused(3).values()))
