"""Which command is one too many for a session."""

from __future__ import annotations

import pytest
from lone_gateway import session_view

from fake_gateways.persona import Counted, Limit
from fake_gateways.session.patience import Patience


def limits(**most: int) -> dict[Counted, Limit]:
    """Return limits of these kinds."""
    made = [
        Limit(of=kind, most=number, code=421, text=f"Too many {kind}", source="a test") for kind, number in most.items()
    ]
    return {limit.of: limit for limit in made}


def test_errors_are_counted_until_a_message_is_accepted() -> None:
    view = session_view()
    patience = Patience(limits(errors=2), view)
    assert patience.mistake() is None
    view.errors += 1  # a command was refused
    for verb in ("NOOP", "MAIL", "RCPT", "DATA", "QUIT", "BOGUS"):
        over = patience.over(verb)
        assert over is not None
        assert over.of == "errors"
    assert patience.mistake() is patience.over("NOOP")
    patience.message_ended(accepted=False)
    assert patience.over("NOOP") is not None
    patience.message_ended(accepted=True)
    assert (view.errors, patience.over("NOOP"), patience.mistake()) == (0, None, None)


@pytest.mark.parametrize(
    ("kind", "counted"),
    [("mistakes", [True, True, True]), ("syntax", [True, True, False]), ("unrecognized", [True, False, False])],
)
def test_a_limit_is_of_some_mistakes(kind: str, counted: list[bool]) -> None:
    mistakes = [{"unrecognized": True}, {}, {"without_recipients": True}]
    beyond = []
    for mistake in mistakes:
        patience = Patience(limits(**{kind: 1}), session_view())
        assert patience.mistake(**mistake) is None
        beyond.append(patience.mistake(**mistake) is not None)
    assert beyond == counted


def test_mistakes_count_as_errors_whatever_else_is_limited() -> None:
    view = session_view()
    Patience(limits(syntax=3), view).mistake(without_recipients=True)
    assert view.errors == 1


def test_commands_besides_mail_are_counted_but_for_those_before_each_message() -> None:
    patience = Patience(limits(nonmail=1), session_view())
    before = ["EHLO", "STARTTLS", "AUTH", "RSET", "MAIL", "RCPT", "BOGUS"]
    assert [patience.over(verb) for verb in before] == [None] * len(before)
    assert patience.over("RSET") is None
    beyond = patience.over("RSET")
    assert beyond is not None
    assert beyond.of == "nonmail"
    patience.message_ended(accepted=False)
    assert [patience.over(verb) for verb in ("RSET", "DATA", "QUIT")] == [None] * 3
    assert patience.over("NOOP") is beyond


def test_the_commands_after_encryption_are_not_counted_again() -> None:
    patience = Patience(limits(nonmail=1), session_view())
    said = [patience.over("EHLO"), patience.over("AUTH"), patience.over("STARTTLS")]
    patience.encrypted()
    said += [patience.over("EHLO"), patience.over("AUTH"), patience.over("HELP")]
    assert said == [None] * 6
    assert patience.over("HELP") is not None
