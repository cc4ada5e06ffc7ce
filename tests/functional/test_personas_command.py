"""``fivefifty personas``: who there is, what is known of one, and what an author has forgotten."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from fivefifty_command import fivefifty

from fake_gateways import persona as personas
from fake_gateways.persona_lint import remarks
from fake_gateways.truth import Cause

ESET = (resources.files("fake_gateways") / "personas" / "eset.toml").read_text("utf-8")


def test_every_persona_is_listed_with_its_habit() -> None:
    done = fivefifty("personas")
    assert done.returncode == 0
    listed = " ".join(done.stdout.split())
    for name in personas.names():
        assert name in listed
        assert " ".join(personas.load(name).title.split()[:2]) in listed


@pytest.mark.parametrize("name", personas.names())
def test_one_persona_is_explained(name: str) -> None:
    done = fivefifty("personas", "show", name)
    assert done.returncode == 0
    persona = personas.load(name)
    told = re.sub(r"\s+", "", done.stdout)
    for refusal in persona.refusal:
        assert re.sub(r"\s+", "", refusal.text) in told
        assert re.sub(r"\s+", "", refusal.source) in told
    assert all(lie.name in told for lie in persona.lie)


@pytest.mark.parametrize(
    ("command", "name", "place"),
    [
        ("show", "pigeon", "pigeon: "),
        ("check", "pigeon", "pigeon.toml: "),
        ("show", "pigeon.toml", "pigeon.toml: "),
        ("check", "", '"": is not a persona'),
    ],
)
def test_a_persona_that_is_not_there_is_a_wrong_input(command: str, name: str, place: str) -> None:
    done = fivefifty("personas", command, name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"fivefifty: {place}")
    assert done.stderr.count("\n") == 1


def check(tmp_path: Path, text: str) -> tuple[int, str, str]:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    done = fivefifty("personas", "check", path)
    return done.returncode, done.stdout, done.stderr


def test_an_author_is_told_what_is_missing(tmp_path: Path) -> None:
    code, said, _ = check(tmp_path, ESET)
    assert code == 0
    assert f"{tmp_path / 'mine.toml'}: virus has no wording of this vendor" in said
    assert re.search(r"mine\.toml: good\. \d+ wordings, 3 known lies; \d+ remarks\.$", said.strip())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('stages = ["rcpt"]', 'stages = ["lunch"]', "refusal[2].stages[0]: is 'lunch', which is not among the known"),
        ('name = "eset"', 'name = "eset"\ncolour = "red"', "colour: is not a known key"),
        ("[says]", "[says", "is not valid TOML"),
        ("user-unknown", "\udce4", "is not a UTF-8 file"),
    ],
)
def test_a_file_that_is_no_persona_is_a_wrong_input(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    code, said, complaint = check(tmp_path, ESET.replace(old, new, 1))
    assert (code, said) == (2, "")
    assert complaint.startswith(f"fivefifty: {tmp_path / 'mine.toml'}: {sentence}")
    assert complaint.count(str(tmp_path)) == complaint.count("\n") == 1
    assert "see fivefifty personas check" not in complaint


def test_all_mistakes_of_a_persona_are_listed_at_once(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^(mail|quit) = .*\n", "", ESET).replace('stages = ["rcpt"]', 'stages = ["lunch"]', 1)
    code, said, complaint = check(tmp_path, text)
    assert (code, said) == (2, "")
    places = [line.split(": ")[2] for line in complaint.splitlines()]
    assert places == ["says.mail", "says.quit", "refusal[2].stages[0]"]


def test_an_author_is_told_that_the_name_is_not_that_of_the_file(tmp_path: Path) -> None:
    said = check(tmp_path, ESET)[1]
    assert 'mine.toml: name is "eset", but the file is mine.toml; use the same name for both' in said
    assert "use the same name" not in check(tmp_path, ESET.replace('"eset"', '"mine"', 1))[1]


def test_what_a_persona_says_cannot_reach_the_terminal() -> None:
    assert all("\x1b" not in fivefifty("personas", "show", name).stdout for name in ("eset", "postfix"))


def test_remarks_name_what_can_never_be_said() -> None:
    persona = personas.parse(ESET)
    virus = persona.refusal[0].model_copy(
        update={"cause": Cause.VIRUS, "stages": ("mail",), "by": ("virus",), "source": "from memory"}
    )
    changed = persona.model_copy(update={"refusal": (*persona.refusal, virus), "numbers": {}, "lie": ()})
    found = list(remarks(changed, "eset"))
    assert any("can never be used at mail: virus cannot refuse for virus there" in remark for remark in found)
    assert any("is from memory; find a sample" in remark for remark in found)
    assert any(remark.startswith("numbers are missing") for remark in found)
    assert any(remark.startswith("lie is missing") for remark in found)


@pytest.mark.parametrize("name", personas.names())
def test_nothing_in_the_personas_that_are_shipped_can_never_be_said(name: str) -> None:
    assert [remark for remark in remarks(personas.load(name), name) if "can never be used" in remark] == []
