"""``fivefifty init``: what it writes passes, fails when a rule is broken, and passes again when that is mended."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from deadline import DEADLINE_S
from fivefifty_command import COMMAND, GATE_FAILED, PASSED, apart, complaint, environment, fivefifty

WRITTEN = {
    ".github/workflows/bounces.yml",
    ".gitignore",
    ".gitlab-ci.yml",
    "bounces/baseline.toml",
    "bounces/bounce-rules.toml",
    "bounces/message.eml",
    "bounces/scenario.toml",
    "tests/test_bounces.py",
}
RULES = "bounces/bounce-rules.toml"
REMEDY = "write git+URL@COMMIT, or name a wheel"
LIE = 'stage = ["data", "end-of-data"]\n'
"""What tells a filter's opinion of a message from a directory's of a recipient."""


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the set once."""
    folder = tmp_path_factory.mktemp("begun") / "theirs"
    done = fivefifty("init", folder)
    assert (done.returncode, done.stderr) == (PASSED, "")
    return folder


@pytest.fixture
def theirs(begun: Path, tmp_path: Path) -> Path:
    """Return a repository of one's own that has the set."""
    return Path(shutil.copytree(begun, tmp_path / "theirs"))


def break_a_rule(folder: Path) -> str:
    """Have the rules take a filter's word for a directory's; return them as they were."""
    rules = (folder / RULES).read_text("utf-8")
    assert rules.count(LIE) == 1
    (folder / RULES).write_text(rules.replace(LIE, 'stage = "data"\n'), "utf-8")
    return rules


def job(file: Path, begins: str) -> str:
    """Return the one command of a workflow that begins so."""
    read: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    bounces = read["jobs"]["bounces"] if "jobs" in read else read["bounces"]
    commands = bounces["script"] if "script" in bounces else [each["run"] for each in bounces["steps"] if "run" in each]
    (found,) = [str(command) for command in commands if str(command).startswith(begins)]
    return found


def carry_out(command: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(COMMAND).parent), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        ["sh", "-euc", command], check=False, capture_output=True, cwd=folder, encoding="utf-8",
        env=environment() | {"PATH": path} | environ, stdin=subprocess.DEVNULL, timeout=DEADLINE_S,
    )  # fmt: skip


def test_it_says_what_it_wrote_and_what_comes_next_which_passes(tmp_path: Path) -> None:
    done = fivefifty("init", "their own", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert (
        set(re.findall("^wrote their own/(.*)$", done.stdout, re.MULTILINE)) == files(tmp_path / "their own") == WRITTEN
    )
    (command,) = re.findall("^next: (.*)$", done.stdout, re.MULTILINE)
    ran = carry_out(command, tmp_path)
    assert ran.returncode == PASSED
    assert "gate passed  classifiers.bounce-rules.wrongly_suppressed = 0  (bound: <= 0)" in ran.stdout
    assert "baseline passed  no classifier is worse than in bounces/baseline.toml" in ran.stdout


def test_in_the_folder_one_is_in_the_next_command_needs_no_other(tmp_path: Path) -> None:
    done = fivefifty("init", cwd=tmp_path)
    assert files(tmp_path) == WRITTEN
    assert (
        "\nnext: fivefifty run bounces/scenario.toml --transport memory --baseline bounces/baseline.toml\n"
        in done.stdout
    )


@pytest.mark.parametrize("file", [".github/workflows/bounces.yml", ".gitlab-ci.yml"])
def test_a_broken_rule_turns_the_job_red_and_the_mended_one_green(theirs: Path, file: str) -> None:
    judging = job(theirs / file, "fivefifty run ")
    assert carry_out(judging, theirs).returncode == PASSED
    rules = break_a_rule(theirs)
    red = carry_out(judging, theirs, GITHUB_ACTIONS="true", GITHUB_WORKSPACE=str(theirs))
    assert red.returncode == GATE_FAILED
    assert "gate FAILED  classifiers.bounce-rules.wrongly_suppressed = 36  (bound: <= 0)" in red.stdout
    assert "baseline FAILED  bounce-rules: wrongly suppressed 0 -> 36" in red.stdout
    # The gate and the baseline mark the line of the rule that decides now, and the baseline also the one of before.
    now, before = (
        rules[: rules.index(f'name = "{name}"')].count("\n") for name in ("unknown user", "refused after the message")
    )
    commands = [each for each in red.stderr.splitlines() if each.startswith("::error ")]
    assert [each.partition(",title=")[0] for each in commands] == [
        f"::error file={RULES},line={line}" for line in (now, now, before)
    ]
    assert rules.splitlines()[now - 1] == rules.splitlines()[before - 1] == "[[rule]]"
    assert "\n  36 alive at strict, refused for content, answered as user-unknown, suppressed by rule 4 " in red.stdout
    assert f"; before, rule 3 refused after the message ({RULES}:{before}) decided\n" in red.stdout
    suite = ET.parse(theirs / "bounces.xml").getroot()[0]
    assert suite.get("failures") == "2"
    (theirs / RULES).write_text(rules, "utf-8")
    assert carry_out(judging, theirs).returncode == PASSED
    assert ET.parse(theirs / "bounces.xml").getroot()[0].get("failures") == "0"


@pytest.mark.parametrize("file", [".github/workflows/bounces.yml", ".gitlab-ci.yml"])
def test_the_tests_in_its_rules_pass_and_notice_a_broken_one(theirs: Path, file: str) -> None:
    testing = job(theirs / file, "fivefifty rules test ")
    assert carry_out(testing, theirs).returncode == PASSED
    break_a_rule(theirs)
    assert carry_out(testing, theirs).returncode == GATE_FAILED


def test_its_test_module_passes_fails_over_a_broken_rule_and_passes_again(theirs: Path) -> None:
    command = job(theirs / ".gitlab-ci.yml", "pytest ").replace(
        "pytest ", f"{shlex.quote(sys.executable)} -m pytest -p no:cacheprovider "
    )
    assert "3 passed" in carry_out(command, theirs).stdout
    rules = break_a_rule(theirs)
    red = carry_out(command, theirs)
    assert red.returncode == 1
    assert "1 failed, 2 passed" in red.stdout
    (theirs / RULES).write_text(rules, "utf-8")
    assert carry_out(command, theirs).returncode == PASSED


def test_nothing_is_written_over_and_nothing_written_beside_it(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    mine = tmp_path / "tests" / "test_bounces.py"
    mine.write_text("mine\n", "utf-8")
    sentence = complaint(fivefifty("init", cwd=tmp_path))
    assert sentence == "tests/test_bounces.py: exists already; move it away, or overwrite it with --force"
    assert files(tmp_path) == {"tests/test_bounces.py"}
    assert mine.read_text("utf-8") == "mine\n"
    assert fivefifty("init", "--force", cwd=tmp_path).returncode == PASSED
    assert files(tmp_path) == WRITTEN
    assert "mine" not in mine.read_text("utf-8")


def test_the_set_itself_is_not_written_over_either(theirs: Path) -> None:
    before = {name: (theirs / name).read_bytes() for name in WRITTEN}
    assert complaint(fivefifty("init", cwd=theirs)).startswith("bounces/scenario.toml: exists already; ")
    assert fivefifty("init", "--force", cwd=theirs).returncode == PASSED
    assert {name: (theirs / name).read_bytes() for name in files(theirs)} == before


def test_jobs_that_gitlab_has_already_stay_and_ours_stand_beside_them(tmp_path: Path) -> None:
    (tmp_path / ".gitlab-ci.yml").write_text("mine: { script: [make] }\n", "utf-8")
    done = fivefifty("init", cwd=tmp_path)
    assert done.returncode == PASSED
    assert files(tmp_path) == WRITTEN | {"fivefifty.gitlab-ci.yml"}
    assert (tmp_path / ".gitlab-ci.yml").read_text("utf-8") == "mine: { script: [make] }\n"
    assert "  .gitlab-ci.yml is yours: include fivefifty.gitlab-ci.yml there (include: local)\n" in done.stdout


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    sentence = complaint(fivefifty("init", tmp_path / "file"))
    assert re.fullmatch(r".*file(/bounces)?: cannot be written \(.+\); choose another folder", sentence)


@pytest.mark.parametrize(
    ("file", "schema"),
    [(".github/workflows/bounces.yml", "vendor.github-workflows"), (".gitlab-ci.yml", "vendor.gitlab-ci")],
)
def test_the_jobs_are_what_github_and_gitlab_take_for_jobs(begun: Path, file: str, schema: str) -> None:
    program = shutil.which("check-jsonschema")
    if program is None:
        pytest.skip("check-jsonschema is not installed (PyPI package check-jsonschema; .ci/run fetches it)")
    done = subprocess.run(
        [program, "--builtin-schema", schema, begun / file], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout


def bounces(file: Path) -> dict[str, Any]:
    """Return the job of a CI system's file."""
    read: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return dict(read["jobs"]["bounces"] if "jobs" in read else read["bounces"])


def test_in_a_subfolder_the_jobs_are_at_the_root_of_the_repository_and_work_in_the_subfolder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    within = tmp_path / "services" / "the mailer"
    (within / "inside").mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")  # pytest's root is the repository's then
    done = fivefifty("init", "..", "--install", "git+https://git.example/fivefifty@abc", cwd=within / "inside")
    assert (done.returncode, done.stderr) == (PASSED, "")
    at_root = {".gitlab-ci.yml", ".github/workflows/bounces.yml"}
    assert files(tmp_path) == {
        "pytest.ini", *at_root, *(f"services/the mailer/{name}" for name in WRITTEN - at_root)
    }  # fmt: skip
    assert {f"wrote ../../../{name}" for name in at_root} < set(done.stdout.splitlines())
    github = tmp_path / ".github" / "workflows" / "bounces.yml"
    assert yaml.safe_load(github.read_text("utf-8"))["defaults"]["run"]["working-directory"] == "services/the mailer"
    kept = bounces(github)["steps"][-1]["with"]["path"].split("\n")
    change, *_ = bounces(tmp_path / ".gitlab-ci.yml")["script"]
    assert change == 'cd "services/the mailer"'
    ran = carry_out(
        f"{change}\n{job(github, 'fivefifty run ')}\n{sys.executable} -m {job(github, 'pytest ')}", tmp_path
    )
    assert ran.returncode == PASSED, ran.stdout + ran.stderr
    assert all((tmp_path / path).is_file() for path in kept if path)
    artifacts = bounces(tmp_path / ".gitlab-ci.yml")["artifacts"]
    assert (tmp_path / artifacts["paths"][0]).name == "report.html"
    assert (tmp_path / artifacts["paths"][0]).is_file()
    assert artifacts["reports"]["junit"] == "services/the mailer/bounces.xml"


def test_jobs_at_the_root_are_told_as_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    done = fivefifty("init", tmp_path / "inside")
    assert f"wrote {tmp_path}/.gitlab-ci.yml" in done.stdout.splitlines()


def test_after_an_installation_that_failed_no_step_fails_once_more(begun: Path) -> None:
    steps = bounces(begun / ".github" / "workflows" / "bounces.yml")["steps"]
    (place,) = [n for n, each in enumerate(steps) if each.get("id") == "install"]
    rest = [each.get("if") for each in steps[place + 1 :]]
    assert set(rest) == {None, "${{ !cancelled() && steps.install.outcome == 'success' }}"}


def test_at_the_root_of_a_repository_the_jobs_need_no_folder(begun: Path) -> None:
    github = begun / ".github" / "workflows" / "bounces.yml"
    assert "defaults" not in yaml.safe_load(github.read_text("utf-8"))
    assert "runs/newsletter/report.html" in bounces(github)["steps"][-1]["with"]["path"].splitlines()
    assert bounces(begun / ".gitlab-ci.yml")["artifacts"]["paths"] == ["runs/newsletter/report.html"]
    assert not any("@" in each.get("run", "") for each in bounces(github)["steps"])


def test_a_folder_that_a_ci_job_could_not_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    sentence = complaint(fivefifty("init", "a$b", cwd=tmp_path))
    assert sentence == "a$b: has a name that CI jobs would have to escape; choose a folder of letters and digits"
    assert files(tmp_path) == set()


def test_versions_are_pinned(begun: Path) -> None:
    github, gitlab = begun / ".github" / "workflows" / "bounces.yml", begun / ".gitlab-ci.yml"
    actions = [each["uses"] for each in bounces(github)["steps"] if "uses" in each]
    assert len(actions) == 3
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in actions)
    lock = (Path(__file__).parents[2] / "requirements-dev.lock").read_text("utf-8")
    (pytest_in_lock,) = re.findall(r"^pytest==\S+", lock, re.MULTILINE)
    for file in (github, gitlab):
        assert job(file, "pip install ").split()[-1] == pytest_in_lock
    assert "latest" not in github.read_text("utf-8") + gitlab.read_text("utf-8")


@pytest.mark.parametrize("file", [".github/workflows/bounces.yml", ".gitlab-ci.yml"])
def test_the_jobs_install_what_one_variable_says(file: str, tmp_path: Path) -> None:
    source = "git+https://git.example/fivefifty@abc"
    done = fivefifty("init", "--install", source, cwd=tmp_path)
    assert "FIVEFIFTY" not in done.stdout
    text = (tmp_path / file).read_text("utf-8")
    assert text.count("git+https") == 1
    read = yaml.safe_load(text)
    assert (read.get("env") or read["bounces"]["variables"]) == {"FIVEFIFTY": source}
    echoed = carry_out(job(tmp_path / file, "pip install ").replace("pip", "echo", 1), tmp_path, FIVEFIFTY=source)
    assert echoed.stdout.startswith(f"install {source} pytest==")
    empty = carry_out(job(tmp_path / file, "pip install ").replace("pip", "echo", 1), tmp_path, FIVEFIFTY="")
    assert empty.returncode != PASSED
    assert "FIVEFIFTY: says what to install, at the top of this file" in empty.stderr


def test_the_variable_also_tells_init_and_what_is_not_known_is_said(tmp_path: Path) -> None:
    done = apart("init", "a", cwd=tmp_path, environ={"FIVEFIFTY": "git+https://git.example/fivefifty@abc"})
    assert "git.example" in (tmp_path / "a" / ".gitlab-ci.yml").read_text("utf-8")
    assert "FIVEFIFTY" not in done.stdout
    done = apart("init", "b", "--install", "", cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == (
        "then: set FIVEFIFTY in b/.github/workflows/bounces.yml and b/.gitlab-ci.yml to what CI can install, "
        "such as git+URL@COMMIT of fivefifty"
    )


def test_a_wheel_of_this_machine_goes_along(tmp_path: Path) -> None:
    wheel = tmp_path / "fivefifty-0.1.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    folder = tmp_path / "theirs"
    assert fivefifty("init", folder, "--install", wheel).returncode == PASSED
    assert files(folder) == WRITTEN | {f"bounces/{wheel.name}"}
    assert (folder / "bounces" / wheel.name).read_bytes() == b"wheel"
    variables = yaml.safe_load((folder / ".gitlab-ci.yml").read_text("utf-8"))["bounces"]["variables"]
    assert variables == {"FIVEFIFTY": f"bounces/{wheel.name}"}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("gone.whl", f"--install gone.whl: is not a file; {REMEDY}"),
        ("checkout", f"--install checkout: is a folder of this machine, which CI cannot install; {REMEDY}"),
    ],
)
def test_what_ci_could_not_install_is_refused(source: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "checkout").mkdir()
    assert complaint(fivefifty("init", "theirs", "--install", source, cwd=tmp_path)) == sentence
    assert files(tmp_path) == set()


def test_a_gitignore_of_theirs_keeps_its_lines_and_gets_those_it_lacks_once(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.log\nruns", "utf-8")
    assert fivefifty("init", cwd=tmp_path).returncode == PASSED
    lines = "*.log\nruns\n/bounces.xml\n/bounces.json\n"
    assert (tmp_path / ".gitignore").read_text("utf-8") == lines
    done = fivefifty("init", "--force", cwd=tmp_path)
    assert (tmp_path / ".gitignore").read_text("utf-8") == lines
    assert ".gitignore" not in done.stdout
