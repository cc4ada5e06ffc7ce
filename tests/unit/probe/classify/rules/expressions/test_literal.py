"""Operators of an expression that seem to be meant as characters of a reply."""

from __future__ import annotations

import pytest

from probe.classify.rules.expressions.literal import meant_literally


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (r"mailbox is disabled (554\.30)", r"(554\.30) is a group and matches no parentheses; write \( and \) for"),
        (r"full (\d+ MB) too much", r"(\d+ MB) is a group"),
        ("quota exceeded (#5.2.2)", "(\\#5.2.2) is a group"),
        ("a(?:b (c d))", "(c d) is a group"),
        ("(?:b (c d))+", "(c d) is a group"),
        ("blocked, see /ip=[ip]", r"[ip] matches one of its characters; write \[ and \] for the characters"),
        (r"from [192.0.2.1]", "[192.0.2.1] matches one of its characters"),
        (r"from [192\.0\.2\.1]", r"[192\.0\.2\.1] matches one of its characters"),
        ("x.example/?q=1", r"? after '/' makes the character before it optional; write \? for the character itself"),
        ("over quota? yes", "? after 'a' makes"),
        ("who are you?", "? after 'u' makes"),
        ("ann+news@acme", r"+ after 'n' repeats the character before it; write \+ for"),
        ("user* unknown", r"* after 'r' repeats"),
        ("costs $5", r"$ matches only at the end of the text; write \$ for the character itself"),
        ("see ^here", r"^ matches only at the beginning of the text"),
        ("denied | see below", r"| separates two alternatives; write \| for"),
        ("error {550}", r"{550} after ' ' repeats the character before it; write \{550} for"),
        (r"5\\.1\\.1 unknown", r"\\ matches a backslash; write one backslash before"),
    ],
)
def test_an_operator_that_is_meant_literally_is_told_with_the_remedy(expression: str, said: str) -> None:
    (told,) = meant_literally(expression)
    assert told.startswith(said)


@pytest.mark.parametrize(
    "expression",
    [
        "^(550) unknown",
        "(?i)(user unknown)",
        ".*(user unknown).*",
        "mailbox (full|disabled)",
        "mailbox (is )?full",
        r"full \((\d+ MB)\)",
        r"\(554\.30\)",
        "gr[ae]ylist",
        "[Uu]ser",
        "[45]\\.1\\.1",
        "[^ip] x",
        r"^550[ \-]5[.]1",
        "users? unknown",
        "colou?r",
        "mail, ?box",
        "unknown$|^gone",
        "^(^a|b$)$",
        r"5\.1\.1 +x[a-z]+",
        r"a {2}b\d{3}",
        r"first\\nsecond",
        "spam|virus",
        "(unclosed",
        "",
    ],
)
def test_an_ordinary_expression_is_left_alone(expression: str) -> None:
    assert meant_literally(expression) == []


def test_each_is_told_once() -> None:
    assert len(meant_literally("a+b c+d e (f) g (f)")) == 3
