"""Tests of the remarks for authors of personas."""

from __future__ import annotations

import pytest

from fake_gateways import persona as personas
from fake_gateways.persona import Lie, Persona, Refusal
from fake_gateways.persona_lint import can_be_used, remarks
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause

CISCO = personas.load("cisco-esa")


def refusal(**settings: object) -> Refusal:
    """Return a refusal of unknown users at RCPT."""
    given = {"cause": "user-unknown", "code": 550, "text": "No", "stages": ["rcpt"], "source": "a test", **settings}
    return Refusal.model_validate(given)


def remarks_on(**changes: object) -> str:
    """Return the remarks on a persona that is changed in some fields."""
    return "\n".join(remarks(CISCO.model_copy(update=changes), "cisco-esa"))


@pytest.mark.parametrize(
    ("lacking", "complete", "remark"),
    [
        ({"lie": ()}, {}, "lie is missing"),
        ({"numbers": {}}, {}, "numbers are missing"),
        ({"order": ()}, {}, "is given, but order does not"),
        ({"refusal": ()}, {"refusal": (refusal(),)}, "user-unknown has no wording of this vendor"),
        ({"refusal": (refusal(source="from memory"),)}, {"refusal": (refusal(),)}, "is from memory"),
        ({"refusal": (refusal(code=450),)}, {"refusal": (refusal(),)}, "(user-unknown, 450) is temporary"),
        ({"refusal": (refusal(text="No (4.1.1)"),)}, {"refusal": (refusal(text="4.1.1.2: 15.4.1.1"),)}, "is temporary"),
        ({"name": "ironport"}, {}, 'name is "ironport", but the file is cisco-esa.toml'),
        ({"refusal": (refusal(by=["virus"]),)}, {"refusal": (refusal(),)}, "can never be used at rcpt"),
    ],
)
def test_what_a_persona_lacks_is_remarked_on(
    lacking: dict[str, object], complete: dict[str, object], remark: str
) -> None:
    lie = Lie(name="blames-users", claims={Cause.CONTENT: Cause.USER_UNKNOWN}, note="A test.", source="a test")
    assert remark in remarks_on(**{"lie": (lie,), **lacking})
    assert remark not in remarks_on(**{"lie": (lie,), **complete})


def test_a_cause_without_a_wording_names_the_policies_that_refuse_for_it() -> None:
    lines = remarks_on(refusal=(), order=("virus",)).splitlines()
    assert [line for line in lines if line.startswith("virus ") and "virus" in line.partition(",")[2]]


@pytest.mark.parametrize("name", personas.names())
def test_every_shipped_persona_has_the_name_of_its_file_and_refuses_unknown_users_for_good(name: str) -> None:
    assert [each for each in remarks(personas.load(name), name) if "is temporary" in each or "same name" in each] == []


@pytest.mark.parametrize("name", personas.names())
def test_every_wording_of_a_shipped_persona_can_be_used(name: str) -> None:
    persona: Persona = personas.load(name)
    assert [each for each in persona.refusal for stage in each.stages if not can_be_used(each, stage)] == []


def test_a_wording_for_every_policy_can_be_used_at_any_stage() -> None:
    assert can_be_used(refusal(cause=Cause.VIRUS), Stage.CONNECT)
    assert not can_be_used(refusal(cause=Cause.VIRUS, by=["virus"]), Stage.CONNECT)


def test_what_is_given_twice_is_remarked_on_once() -> None:
    lie = Lie(name="blames-users", claims={Cause.CONTENT: Cause.USER_UNKNOWN}, note="A test.", source="a test")
    found = remarks_on(order=("virus", "content", "virus"), lie=(lie, lie), refusal=(refusal(), refusal())).splitlines()
    assert [each for each in found if "twice" in each or "two lies" in each or "the same" in each] == [
        "order names virus twice; only the first place counts",
        "two lies are called blames-users; only the first can be used",
        "refusal[1] (user-unknown, 550) says the same as refusal[0]; remove one",
    ]


def test_a_wording_that_can_be_used_at_no_stage_has_one_remark() -> None:
    found = remarks_on(refusal=(refusal(), refusal(cause="virus", by=["virus"], stages=["mail", "rcpt"])))
    assert found.count("can never be used at mail, rcpt: virus cannot refuse for virus there") == 1


def test_a_cause_for_which_the_vendor_never_refuses_needs_no_wording() -> None:
    silent = {"refusal": (refusal(),), "order": ("directory", "content"), "lie": ()}
    assert "virus" not in remarks_on(**silent)
    assert "unknown has no wording" not in remarks_on(**silent).replace("user-unknown", "")
    lie = Lie(name="a", claims={Cause.CONTENT: Cause.VIRUS}, note="A test.", source="a test")
    assert "virus has no wording of this vendor, although a lie claims it" in remarks_on(**{**silent, "lie": (lie,)})
