"""The bounce classes of other systems and our causes: complete maps in both directions."""

from __future__ import annotations

import pytest

from fake_gateways.truth import Cause, Remedy
from probe.classify import taxonomy
from probe.classify.taxonomy import UnknownNameError, cause_of, name_of, system, systems

every_system = pytest.mark.parametrize("name", systems())


@every_system
def test_every_cause_has_a_name_that_the_system_has(name: str) -> None:
    assert set(system(name).names) == set(Cause)
    assert {name_of(name, cause) for cause in Cause} <= set(system(name).causes)


@every_system
def test_every_class_has_a_cause_or_none(name: str) -> None:
    for written in system(name).causes:
        assert cause_of(name, written) in {*Cause, None}


@every_system
def test_translating_a_cause_there_and_back_keeps_it(name: str) -> None:
    for cause in {cause for cause in system(name).causes.values() if cause is not None}:
        assert cause_of(name, name_of(name, cause)) is cause


@every_system
def test_a_living_address_never_comes_back_as_one_to_suppress(name: str) -> None:
    for cause in Cause:
        back = cause_of(name, name_of(name, cause))
        if cause.remedy is not Remedy.SUPPRESS and back is not None:
            assert back.remedy is not Remedy.SUPPRESS, cause


@every_system
def test_an_unknown_reason_gets_no_cause(name: str) -> None:
    if name != "flufl":  # which has no word for it
        assert cause_of(name, name_of(name, Cause.UNKNOWN)) is None


@pytest.mark.parametrize(
    ("name", "written", "cause"),
    [
        ("sisimai", "userunknown", Cause.USER_UNKNOWN),
        ("sisimai", "UserUnknown", Cause.USER_UNKNOWN),
        ("kumomta", "InvalidRecipient", Cause.USER_UNKNOWN),
        ("kumomta", "Uncategorized", None),
        ("sparkpost", "10", Cause.USER_UNKNOWN),
        ("momentum", "51", Cause.IP_REPUTATION),
        ("zone-mta", "blacklist", Cause.IP_REPUTATION),
        ("zone-mta", "defer,recipient", Cause.SYSTEM),
        ("powermta", "bad-mailbox", Cause.USER_UNKNOWN),
        ("ses", "Permanent/General", Cause.USER_UNKNOWN),
        ("ses", "permanent/noemail", Cause.USER_UNKNOWN),
        ("ses", "Transient/General", Cause.SYSTEM),
        ("ses", "Permanent/Suppressed", None),
        ("ses", "Rendering Failure", None),
        ("ses", "Reject", Cause.VIRUS),
        ("sparkpost", "generation_rejection", None),
        ("csv", "Hard", Cause.USER_UNKNOWN),
        ("jsonl", "soft_bounce", Cause.SYSTEM),
        ("sendgrid", "bounce/Invalid Address", Cause.USER_UNKNOWN),
        ("sendgrid", "blocked/Content", Cause.CONTENT),
        ("mailgun", "permanent/bounce/hard", Cause.USER_UNKNOWN),
        ("mailgun", "temporary/greylisted", Cause.GREYLISTED),
        ("postmark", "HardBounce", Cause.USER_UNKNOWN),
        ("mautic", "user_reject", Cause.POLICY),
        ("postalsys", "mailbox_full", Cause.MAILBOX_FULL),
        ("bounceparser", "no_problemo", None),
        ("flufl", "permanent", Cause.USER_UNKNOWN),
        ("mailbounce", "oversized", Cause.TOO_LARGE),
    ],
)
def test_names_are_those_that_the_systems_document(name: str, written: str, cause: Cause | None) -> None:
    assert cause_of(name, written) is cause


@pytest.mark.parametrize(
    ("name", "written"), [("kumomta", "invalidrecipient"), ("zone-mta", "Recipient"), ("sparkpost", "11"), ("ses", "")]
)
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(name: str, written: str) -> None:
    with pytest.raises(
        UnknownNameError, match=rf"'{written}' is not a class of {name}; its classes are .*, "
    ) as raised:
        cause_of(name, written)
    assert all(known in str(raised.value) for known in system(name).causes)


def test_an_unknown_system_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"'pigeon' is not a known system; known are sisimai, "):
        name_of("pigeon", Cause.CONTENT)


def test_an_unknown_cause_is_an_error_that_lists_the_known_ones() -> None:
    assert taxonomy.cause_named("none") is None
    with pytest.raises(UnknownNameError, match=r"'Content' is not a cause; use none, user-unknown, .*, unknown"):
        taxonomy.cause_named("Content")


def test_a_name_of_endless_parts_is_looked_up_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    monkeypatch.setattr(taxonomy.System, "_folded", lambda _, name: looked_up.append(name) or name)
    with pytest.raises(taxonomy.UnknownNameError):
        taxonomy.cause_of("ses", "/" * 100_000)
    assert len(looked_up) < 100
