"""``fivefifty rules``: mistakes in rule files, their tests, and which rules match a reply."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import small_scenario
from fivefifty_command import GATE_FAILED, INPUT_WRONG, PASSED, complaint, fivefifty

OWN: Final = """
[[rule]]
name = "blocked"
class = "policy"
code = "5xx"
pattern = 'denied'
matches = ["550 Access denied"]

[[rule]]
class = "user-unknown"
pattern = '\\buser unknown'
matches = ["550 5.1.1 User unknown"]

[[test]]
reply = "554 5.7.1 Access denied"
stage = "connect"
class = "policy"
"""
KUMOMTA: Final = '[rules]\nSpamBlock = ["denied"]\nInvalidRecipient = ["denied by user", "unknown"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the files that commands are run over."""
    for name, text in {
        "own.toml": OWN,
        "kumo.toml": KUMOMTA,
        "more.toml": '[rules]\nWarmUp = ["slow down"]\n',
        "labels.toml": '[labels]\nWarmUp = "velocity"\n"Gone" = "none"\n',
        "bounces.txt": "# 550 spam\n^550 ham,defer,spam,x\n\\xff(?=a)b,reject,other,y\n",
        "config": "<bounce-category-patterns>\n/unknown/ bad-mailbox\n// other\n</bounce-category-patterns>\n",
        "user.ovr": ",10,unknown\n",
        "tests.toml": '[[test]]\nreply = "550 denied"\nclass = "ip-reputation"\n',
        "empty.toml": "# none yet\n",
        "wrong.toml": '[[test]]\nreply = "550 denied"\nclass = "InvalidRecipient"\n',
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_reply_is_explained_rule_by_rule(folder: Path) -> None:
    done = fivefifty("rules", "explain", "kumo.toml", "550 5.7.1 denied by user", "--stage", "mail", cwd=folder)
    assert done.returncode == PASSED
    assert done.stdout.splitlines() == [
        "reply    550 5.7.1 denied by user, at mail",
        "matched  550 5.7.1 denied by user",
        "decides  rule 1 (kumo.toml:2): SpamBlock",
        "         denied",
        "also     rule 2 (kumo.toml:3): InvalidRecipient",
        "         denied by user",
        "class    SpamBlock, which is ip-reputation: keep, repair the sending",
    ]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("own.toml", "class    user-unknown: suppress"),
        ("kumo.toml", "class    InvalidRecipient, which is user-unknown: suppress"),
        ("bounces.txt", "class    other: no rule matches"),
        ("config", "class    bad-mailbox, which is user-unknown: suppress"),
        ("user.ovr", "class    10, which is user-unknown: suppress"),
    ],
)
def test_rules_of_every_format_are_recognised(folder: Path, file: str, line: str) -> None:
    done = fivefifty("rules", "explain", file, "550 5.1.1 user unknown", cwd=folder)
    assert done.stdout.splitlines()[-1] == line


def test_several_files_count_in_their_order_and_labels_name_classes(folder: Path) -> None:
    done = fivefifty("rules", "explain", "more.toml,kumo.toml,labels.toml", "450 slow down, unknown", cwd=folder)
    assert "decides  rule 1 (more.toml:2): WarmUp" in done.stdout
    assert "class    WarmUp, which is velocity: keep, repair the sending" in done.stdout


def test_a_class_of_no_known_cause_is_listed_and_the_file_is_read(folder: Path) -> None:
    done = fivefifty("rules", "lint", "more.toml,kumo.toml", cwd=folder)
    assert done.returncode == GATE_FAILED
    assert (
        "more.toml:2: unknown-class: 'WarmUp' is neither a class of kumomta nor a label, so its cause is not known; "
        'add its cause under [labels] in a file, for example "WarmUp" = "policy"'
    ) in done.stdout
    explained = fivefifty("rules", "explain", "more.toml", "450 slow down", cwd=folder)
    assert "class    WarmUp: a class of no known cause; add its cause under [labels]" in explained.stdout
    (folder / "asked.toml").write_text('[[test]]\nreply = "550 x"\nclass = "WarmUp"\n', "utf-8")
    tested = fivefifty("rules", "test", "more.toml", "--tests", "asked.toml", cwd=folder)
    assert "asked.toml:1: FAILED: 550 x: must be WarmUp, but no rule matches" in tested.stdout


def test_tests_within_a_file_are_run(folder: Path) -> None:
    done = fivefifty("rules", "test", "own.toml", cwd=folder)
    assert (done.returncode, done.stdout) == (PASSED, "3 of 3 tests passed.\n")


def test_a_test_that_fails_shows_which_rule_decided_instead(folder: Path) -> None:
    (folder / "own.toml").write_text(OWN.replace("550 5.1.1 User unknown", "550 User unknown, access denied"), "utf-8")
    done = fivefifty("rules", "test", "own.toml", cwd=folder)
    assert done.returncode == GATE_FAILED
    failed, count = done.stdout.splitlines()
    assert failed == (
        "own.toml:9: FAILED: 550 User unknown, access denied: rule 2 (own.toml:9) must decide, "
        "but rule 1 blocked (own.toml:2) gives policy"
    )
    assert count == "2 of 3 tests passed."


def test_tests_of_another_file_are_run_for_any_format(folder: Path) -> None:
    assert fivefifty("rules", "test", "kumo.toml", "--tests", "tests.toml", cwd=folder).returncode == PASSED
    done = fivefifty("rules", "test", "kumo.toml", "--tests", "wrong.toml", cwd=folder)
    assert done.returncode == GATE_FAILED
    assert (
        "wrong.toml:1: FAILED: 550 denied: must be InvalidRecipient, but rule 1 (kumo.toml:2) gives SpamBlock"
        in done.stdout
    )


def test_lint_names_file_line_and_kind_and_ends_with_one(folder: Path) -> None:
    done = fivefifty("rules", "lint", "kumo.toml", cwd=folder)
    assert done.returncode == GATE_FAILED
    shadowed = [line for line in done.stdout.splitlines() if ": shadowed: " in line]
    assert shadowed == ["kumo.toml:3: shadowed: rule 1 (line 2, SpamBlock) comes first: made up: 550 denied by user"]
    assert ": misread: " in done.stdout
    assert done.stdout.splitlines()[-1].startswith("3 rules, ")
    assert "\x1b" not in done.stdout


def test_lint_ends_with_zero_where_nothing_is_found_or_nothing_is_to_fail(folder: Path) -> None:
    assert fivefifty("rules", "lint", "kumo.toml", "--exit-zero", cwd=folder).returncode == PASSED
    ignored = [word for kind in ("misread", "never-fires", "shadowed") for word in ("--ignore", kind)]
    done = fivefifty("rules", "lint", "kumo.toml", *ignored, cwd=folder)
    assert done.returncode == PASSED
    assert done.stdout.endswith(" match no rule. 0 findings.\n")


def test_lint_gathers_the_rules_that_never_fire_in_a_line(folder: Path) -> None:
    lines = [f'"never said {number}",\n' for number in range(5)]
    (folder / "silent.toml").write_text(f"[rules]\nSpamBlock = [\n{''.join(lines)}'unknown',\n{lines[0]}]\n", "utf-8")
    done = fivefifty("rules", "lint", "silent.toml", "--ignore", "misread", cwd=folder)
    assert "silent.toml: never-fires: 5 rules match none of the " in done.stdout
    assert " known replies: lines 3-7\n" in done.stdout
    assert "silent.toml:9: duplicate: is the same as rule 1 (line 3, SpamBlock)\n" in done.stdout


def test_control_characters_in_a_file_do_not_reach_the_terminal(folder: Path) -> None:
    (folder / "evil.toml").write_text(
        '[[rule]]\nclass = "policy"\nname = "\\u001b[31m"\npattern = """a\\u001b\nb"""\n', "utf-8"
    )
    for command in (["lint", "evil.toml"], ["explain", "evil.toml", "550 a\x1b b\n550 \x1b]0;x"]):
        done = fivefifty("rules", *command, cwd=folder)
        assert "\x1b" not in done.stdout + done.stderr
        assert done.returncode in {PASSED, GATE_FAILED}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["lint", "pigeon.toml"], "pigeon.toml: cannot be read (No such file or directory); check the file name"),
        (
            ["lint", "labels.toml"],
            "labels.toml: holds labels and no rules; name rules as well, separated by commas",
        ),
        (
            ["lint", "kumo.toml", "--format", "pigeon"],
            "pigeon: is not a kind of rule file; use one of: rules, kumomta, ",
        ),
        (
            ["test", "kumo.toml"],
            "kumo.toml: has 3 rules and no tests; write [[test]] tables into ",
        ),
        (["test", "kumo.toml", "--tests", "own.toml"], "own.toml: has 1 [[test]] and 2 [[rule]] tables; write "),
        (["test", "own.toml", "--tests", "empty.toml"], "empty.toml: has no [[test]] and no [[rule]] tables; write "),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_two(folder: Path, arguments: list[str], sentence: str) -> None:
    done = fivefifty("rules", *arguments, cwd=folder)
    assert complaint(done).startswith(sentence)


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"\xff", "odd.toml: is not a UTF-8 file (line 1 has the octet 0xff); save it as UTF-8"),
        (b"\xff\xfe", "odd.toml: is a UTF-16 file; save it as UTF-8"),
        (b"[labels]\nx = 1\n", "odd.toml: is not a file of labels; "),
        (b"[labels]\nx = 'y'\n", "odd.toml: labels.x: 'y' is not a cause; use none, user-unknown, "),
    ],
)
def test_an_invalid_file_of_labels_is_an_error(folder: Path, octets: bytes, sentence: str) -> None:
    (folder / "odd.toml").write_bytes(octets)
    done = fivefifty("rules", "lint", "kumo.toml,odd.toml", cwd=folder)
    assert complaint(done).startswith(sentence)


def test_too_many_rules_and_a_too_large_file_are_errors(folder: Path) -> None:
    (folder / "many.txt").write_text("x,defer,spam,y\n" * 5_001, "ascii")
    done = fivefifty("rules", "lint", "many.txt", cwd=folder)
    assert complaint(done) == "many.txt: has 5,001 rules; use no more than 5,000"
    (folder / "large.txt").write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    assert fivefifty("rules", "lint", "large.txt", cwd=folder).returncode == INPUT_WRONG


def test_classes_of_no_known_cause_are_told_and_do_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('[rules]\nDead = ["x"]\nGone = ["y"]\nSpamBlock = ["spam"]\n', "utf-8")
    path = small_scenario.write(tmp_path)
    said = "own: classes of no known cause, by which nobody is suppressed: Dead (own.toml:2), Gone (own.toml:3); "
    ran = fivefifty("run", path, "--transport", "memory", "--classifier", "kumomta:own.toml", cwd=tmp_path)
    again = fivefifty("check", "runs/small", "--classifier", "kumomta:own.toml", cwd=tmp_path)
    for done in (ran, again):
        assert done.returncode == PASSED
        assert f"fivefifty: note: {said}" in done.stderr


def test_rules_on_one_line_that_never_fire_are_counted_and_their_line_is_named_once(folder: Path) -> None:
    (folder / "line.toml").write_text('[rules]\nSpamBlock = ["no such words", "nor these"]\n', "utf-8")
    done = fivefifty("rules", "lint", "line.toml", cwd=folder)
    assert "line.toml: never-fires: 2 rules match none of the " in done.stdout
    assert " known replies: line 2\n2 rules, " in done.stdout
