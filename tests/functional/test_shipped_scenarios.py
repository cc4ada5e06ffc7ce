"""``fivefifty scenarios`` and scenarios by name: what is shipped runs in an empty folder, copied or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from fivefifty_command import PASSED, complaint, fivefifty

from probe.scenario import shipped_files
from probe.scenario.load import load

SHIPPED: Final = Path(__file__).parents[2] / "scenarios"
NAMES: Final = sorted(path.relative_to(SHIPPED).with_suffix("").as_posix() for path in SHIPPED.rglob("*.toml"))
LISTS_ALL: Final = "fivefifty scenarios lists all"


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_scenario_is_listed_with_its_title_and_story() -> None:
    listed = json.loads(fivefifty("scenarios", "--json").stdout)
    assert sorted(each["name"] for each in listed) == NAMES
    for each in listed:
        scenario = load(Path(each["file"])).scenario
        assert each["title"] == scenario.title
        assert each["story"].split() == scenario.story.split()
    shown = fivefifty("scenarios")
    assert shown.returncode == PASSED
    assert all(each["name"] in shown.stdout and each["title"] in shown.stdout for each in listed)


def test_those_that_need_a_server_come_last() -> None:
    listed = [each["name"] for each in json.loads(fivefifty("scenarios", "--json").stdout)]
    assert listed[-2:] == ["real_filters/rspamd", "real_filters/spamassassin"]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_copied_with_all_that_it_needs(name: str, tmp_path: Path) -> None:
    done = fivefifty("scenarios", "copy", name, cwd=tmp_path)
    *wrote, after = done.stdout.splitlines()
    assert after == f"next: fivefifty run scenarios/{name}.toml"
    assert {line.removeprefix("wrote ") for line in wrote} == files(tmp_path)
    assert fivefifty("scenario", "check", f"scenarios/{name}.toml", cwd=tmp_path).returncode == PASSED


def test_a_copy_holds_no_more_than_its_scenario_names(tmp_path: Path) -> None:
    fivefifty("scenarios", "copy", "control", "--to", "mine", cwd=tmp_path)
    assert files(tmp_path / "mine") == {"control.toml", "lists/customers.csv", "messages/webinar.eml"}


def test_rules_programs_and_personas_that_a_scenario_names_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "shipped"
    (shipped / "rules").mkdir(parents=True)
    (tmp_path / "secret.eml").write_text("", "utf-8")
    for name in ("rules/a.toml", "rules/b.toml", "words.pl", "mine.toml", "not-named.csv"):
        (shipped / name).write_text("", "utf-8")
    (shipped / "all.toml").write_text(
        'title = "It is not like other.toml"\nstory = ""\n'
        'classifiers = ["rules:rules/a.toml,rules/b.toml", "program:perl words.pl", "code"]\n'
        '[[campaign]]\nmessage = "../secret.eml"\n[[gateway]]\npersona = "mine.toml"\n',
        "utf-8",
    )
    (shipped / "other.toml").write_text('title = ""\nstory = ""\ngateway = [{}]\n', "utf-8")
    monkeypatch.setattr(shipped_files, "FOLDER", shipped)
    shipped_files.copy("all", tmp_path / "copied")
    assert files(tmp_path / "copied") == {"all.toml", "rules/a.toml", "rules/b.toml", "words.pl", "mine.toml"}


def test_copies_share_their_messages_and_overwrite_nothing_that_was_changed(tmp_path: Path) -> None:
    for name in ("control", "pause_in_time", "control"):
        assert fivefifty("scenarios", "copy", name, cwd=tmp_path).returncode == PASSED
    mine = tmp_path / "scenarios" / "messages" / "webinar.eml"
    mine.write_text("mine", "utf-8")
    sentence = complaint(fivefifty("scenarios", "copy", "hourly_limit", cwd=tmp_path))
    assert sentence == (
        "scenarios/messages/webinar.eml: exists already; move it away, or choose another folder with --to"
    )
    assert mine.read_text("utf-8") == "mine"
    assert not (tmp_path / "scenarios" / "hourly_limit.toml").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "scenarios").write_text("", "utf-8")
    sentence = complaint(fivefifty("scenarios", "copy", "control", cwd=tmp_path))
    assert sentence.startswith("scenarios: cannot be written (")


@pytest.mark.parametrize(
    ("spelt", "told"), [("control", "control"), ("which-policy", "which_policy"), ("rspamd", "real_filters/rspamd")]
)
def test_a_scenario_is_found_by_its_name_in_any_folder(spelt: str, told: str, tmp_path: Path) -> None:
    done = fivefifty("scenario", "check", spelt, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (PASSED, "")
    assert done.stdout.startswith(f"{SHIPPED / told}.toml: good. ")


def test_whatever_takes_a_scenario_takes_a_name(tmp_path: Path) -> None:
    ran = fivefifty("run", "listing_lifted", "--transport", "memory", cwd=tmp_path)
    assert ran.returncode == PASSED
    swept = fivefifty("sweep", "listing_lifted", "--vary", "seed=550", "--classifier", "code", cwd=tmp_path)
    assert swept.returncode == PASSED
    evaluated = fivefifty("evaluate", "listing_lifted", "--json", cwd=tmp_path)
    assert evaluated.returncode == PASSED
    assert {path.name for path in tmp_path.iterdir()} == {"runs"}


def test_a_file_of_that_name_comes_first_and_a_folder_is_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "gmail_outage").mkdir()
    assert fivefifty("scenario", "check", "gmail_outage", cwd=tmp_path).returncode == PASSED
    (tmp_path / "control.toml").write_text("mine", "utf-8")
    sentence = complaint(fivefifty("scenario", "check", "control.toml", cwd=tmp_path))
    assert sentence.startswith("control.toml: is not valid TOML")


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("contrl", "did you mean control? "),
        ("Dont-Blame-The-Mesenger", "did you mean dont_blame_the_messenger? "),
        ("scenarios/gmail_outtage.toml", "did you mean gmail_outage? "),
        ("scenarios/gmail_outage.toml", "did you mean gmail_outage? "),
        ("rspamdd", "did you mean real_filters/rspamd? "),
        ("dont_blame", "did you mean dont_blame_the_messenger? "),
        ("real-filters", "did you mean real_filters/rspamd? "),
        ("newsletter-of-march", ""),
    ],
)
def test_an_unknown_name_is_one_sentence_with_what_may_be_meant(named: str, meant: str, tmp_path: Path) -> None:
    for command in ("run", "serve", "evaluate"):
        sentence = complaint(fivefifty(command, named, cwd=tmp_path))
        assert sentence == (
            f"{named}: is not a file, and no scenario of this name comes with fivefifty; {meant}{LISTS_ALL}"
        )


def test_an_unknown_name_is_not_copied(tmp_path: Path) -> None:
    sentence = complaint(fivefifty("scenarios", "copy", "contrl", cwd=tmp_path))
    assert sentence == (
        f"contrl: is not the name of a scenario that comes with fivefifty; did you mean control? {LISTS_ALL}"
    )


def test_a_path_of_a_file_that_does_not_exist_is_told_as_a_path(tmp_path: Path) -> None:
    sentence = complaint(fivefifty("run", "mine/newsletter-of-march.toml", cwd=tmp_path))
    assert sentence == (
        "mine/newsletter-of-march.toml: cannot be read (No such file or directory); "
        "check the file name and its permissions"
    )


def test_evaluate_leaves_out_what_is_no_scenario_and_says_so(tmp_path: Path) -> None:
    assert fivefifty("scenarios", "copy", "hourly_limit", "--to", "mine", cwd=tmp_path).returncode == PASSED
    for name in ("baseline.toml", "rules.toml"):
        (tmp_path / "mine" / name).write_text('[[rule]]\nname = "one"\n', "utf-8")
    given = fivefifty("evaluate", "mine", "--json", cwd=tmp_path)
    assert (given.returncode, given.stderr) == (
        PASSED,
        "2 of 3 files are left out, as they are no scenarios: mine/baseline.toml and 1 more\n",
    )
    assert list(json.loads(given.stdout)["scenarios"]) == ["hourly-limit"]
    named = fivefifty("evaluate", "mine/hourly_limit.toml", "mine/rules.toml", "--json", cwd=tmp_path)
    assert named.stdout == given.stdout
    assert named.stderr == "1 of 2 files are left out, as they are no scenarios: mine/rules.toml\n"


def test_evaluate_does_not_leave_out_a_scenario_that_it_cannot_read(tmp_path: Path) -> None:
    text = (SHIPPED / "control.toml").read_text("utf-8")
    (tmp_path / "rules.toml").write_text('[[rule]]\nname = "one"\n', "utf-8")
    (tmp_path / "utf16.toml").write_text(text, "utf-16")
    assert complaint(fivefifty("evaluate", tmp_path)).startswith(f"{tmp_path}/utf16.toml: is a UTF-16 file")
    (tmp_path / "utf16.toml").write_text(f"{text}\n= broken", "utf-8")
    assert complaint(fivefifty("evaluate", tmp_path)).startswith(f"{tmp_path}/utf16.toml: is not valid TOML")


def test_evaluate_says_what_a_file_lacks_if_none_is_a_scenario(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text('[[rule]]\nname = "one"\n', "utf-8")
    assert complaint(fivefifty("evaluate", tmp_path, cwd=tmp_path)).startswith(f"{tmp_path}/rules.toml: ")
    assert "No such file" in complaint(fivefifty("evaluate", "rules.toml", "mine/gone.toml", cwd=tmp_path))
