"""What a scenario leaves to its persona: numbers, the usual policies, lies by name; and personas of the user's own."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from small_scenario import bent, write

from fake_gateways import persona as personas
from fake_gateways.loopback import OutsideError
from fake_gateways.truth import Cause
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

CLAIMS = 'claims = { content = "user-unknown" }'
NUMBERS = "[numbers.velocity]\nlimit = '3/1h'\n\n[numbers.greylisting]\nwait = '60s'\n\n"
LIE = """[[lie]]
name = "spam-is-gone"
claims = { content = "user-unknown" }
words.content = "550 No"
note = "n"
source = "s"

"""


def complaint(path: Path) -> InputError:
    """Return the error that loading a scenario ends in."""
    with pytest.raises(InputError) as caught:
        load(path)
    return caught.value


@pytest.fixture
def own_persona(tmp_path: Path) -> str:
    """A persona of the user's own beside the scenario; returns a scenario that uses it."""
    text = (resources.files("fake_gateways") / "personas" / "eset.toml").read_text("utf-8")
    text = text.replace("[says]", f"{NUMBERS}{LIE}[says]").replace('name = "eset"', 'name = "own"', 1)
    (tmp_path / "own.toml").write_text(text, "utf-8")
    return bent('persona = "proofpoint"', 'persona = "own.toml"')


def test_a_persona_may_be_a_file_beside_the_scenario(own_persona: str, tmp_path: Path) -> None:
    gateway = load(write(tmp_path, own_persona)).scenario.gateway[0]
    assert personas.load(gateway.persona).name == "own"


def test_a_policy_has_its_personas_numbers_where_the_scenario_gives_none(own_persona: str, tmp_path: Path) -> None:
    without = load(write(tmp_path, bent('  limit = "600/1h"\n', "", own_persona))).scenario.gateway[0]
    assert [policy.limit.most for policy in without.policy if policy.type == "velocity"] == [3]
    with_own = load(write(tmp_path, own_persona)).scenario.gateway[0]
    assert [policy.limit.most for policy in with_own.policy if policy.type == "velocity"] == [600]


def test_usual_adds_the_policies_the_persona_has_numbers_for(own_persona: str, tmp_path: Path) -> None:
    text = bent('name = "acme"\n', 'name = "acme"\nusual = true\n', own_persona)
    found = load(write(tmp_path, text)).scenario.gateway[0]
    assert [policy.type for policy in found.policy] == ["content", "velocity", "greylisting"]
    assert [policy.wait for policy in found.policy if policy.type == "greylisting"] == [60.0]


def test_a_lie_of_the_personas_goes_by_its_name(own_persona: str, tmp_path: Path) -> None:
    found = load(write(tmp_path, bent(CLAIMS, 'claims = "spam-is-gone"', own_persona))).scenario.gateway[0]
    assert found.claims == {Cause.CONTENT: Cause.USER_UNKNOWN}
    assert found.words[Cause.CONTENT].text == "No"


DNS = '[[dns]]\nname = "acme.example"\ntype = "MX"\nvalue = "10 mx.acme.example"\n\n[[campaign]]'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"10 mx.acme.example"',
            '"mx.acme.example"',
            "is not a valid MX record; write for example 10 mx.northwind.example",
        ),
        ('"10 mx.acme.example"', '"10 mx acme"', "is not a valid MX record"),
        ('type = "MX"\nvalue = "10 mx.acme.example"', 'type = "A"\nvalue = "127.0.0.256"', "is not a valid A record"),
        ('type = "MX"\nvalue = "10 mx.acme.example"', 'type = "A"\nvalue = "::1"', "is not a valid A record"),
        (
            'type = "MX"\nvalue = "10 mx.acme.example"',
            'type = "TXT"\nvalue = "v=spf1 -all"',
            "is not a valid TXT record",
        ),
        (
            'type = "MX"\nvalue = "10 mx.acme.example"',
            'type = "TXT"\nvalue = "\\"a\\nb\\""',
            "is not a valid TXT record",
        ),
        ('type = "MX"', 'type = "MX"\nfrom = "2h"\nuntil = "1h"', "until is not later than from"),
        ('name = "acme.example"', 'name = "acme example"', "has another form than expected"),
    ],
)
def test_a_record_that_no_zone_file_would_hold_is_refused(old: str, new: str, problem: str, tmp_path: Path) -> None:
    error = complaint(write(tmp_path, bent("[[campaign]]", DNS.replace(old, new))))
    assert problem in error.problem + "; " + error.remedy
    assert ": dns[0]" in error.place


def test_mail_cannot_be_led_past_the_gateways(tmp_path: Path) -> None:
    away = 'name = "acme.example"\ntype = "MX"\nvalue = "1 out.example"\n\n'
    address = '[[dns]]\nname = "out.example"\ntype = "A"\nvalue = "192.0.2.1"\n\n[[campaign]]'
    prepared = prepare(load(write(tmp_path, bent("[[campaign]]", f"[[dns]]\n{away}{address}"))))
    with pytest.raises(OutsideError, match=r"192\.0\.2\.1"):
        run_scenario(prepared, Options(transport="tcp", out=tmp_path / "run", classifiers=choose(["code"])))


def test_an_exchanger_without_an_address_is_a_mistake(tmp_path: Path) -> None:
    away = '[[dns]]\nname = "acme.example"\ntype = "MX"\nvalue = "1 out.example"\n\n[[campaign]]'
    loaded = load(write(tmp_path, bent("[[campaign]]", away)))
    with pytest.raises(InputError, match=r"acme\.example to out\.example, which has no address"):
        prepare(loaded)


def test_a_policy_that_would_never_be_asked_is_a_mistake(tmp_path: Path) -> None:
    error = complaint(write(tmp_path, bent('type = "content"', 'type = "content"\n  from = "2h"\n  until = "1h"')))
    assert error.problem == "until is not later than from, so the policy would never be asked"


@pytest.mark.parametrize("where", ["rspamd", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "mx.example:25", "11333"])
def test_a_scanner_is_at_an_address_and_a_port(where: str, tmp_path: Path) -> None:
    error = complaint(write(tmp_path, bent("[[campaign]]", f'[scanners]\nrspamd = "{where}"\n\n[[campaign]]')))
    assert error.place.endswith(": scanners.rspamd")


def test_a_backend_has_to_be_a_persona(tmp_path: Path) -> None:
    verifying = 'type = "recipient-verification"\n  backend = "pigeon"'
    error = complaint(write(tmp_path, bent('type = "content"', verifying, bent(CLAIMS, ""))))
    assert error.place.endswith(": gateway.acme.policy[0].backend")
    assert error.problem == "'pigeon' is not a persona"


def test_a_persona_file_that_is_wrong_is_told_with_its_fault(own_persona: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("name = 1", "utf-8")
    error = complaint(write(tmp_path, own_persona))
    assert re.search(r": gateway\.acme\.persona: \S*own\.toml: name$", error.place)
    assert error.problem == "is 1, which is not text"
    assert "says: is missing; add it" in str(error)
    (tmp_path / "own.toml").unlink()
    assert "cannot be read (No such file or directory)" in complaint(write(tmp_path, own_persona)).problem
