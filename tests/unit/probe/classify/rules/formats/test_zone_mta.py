"""zone-mta's ``bounces.txt``, read and applied like by its own code."""

from __future__ import annotations

import pytest
from rule_files import decides, lines, matching, rules

from fake_gateways.truth import Cause
from probe.classify.rules.formats.zone_mta import ask
from probe.classify.rules.reply import ReceivedReply, parse_reply

FILE = r"""# regex,action,category,message
# 550 IP 192.0.2.1 is blacklisted
^550[ \-]+IP [\d\.]+ is blacklisted,defer,blacklist,Sender IP blacklisted

^550\b.*unknown,reject,recipient,Unknown user, or so
^550\b,reject,other,Mailbox unavailable
^4\d\d,defer,recipient,Busy
"""


def test_the_first_line_that_matches_decides_in_any_case_of_letters() -> None:
    read = rules("zone-mta", FILE)
    assert decides(read, "550 5.1.1 USER UNKNOWN") == "reject,recipient"
    assert matching(read, "550 User unknown") == [2, 3]
    assert lines(read.rules) == [3, 5, 6, 7]


def test_what_is_deferred_is_not_gone() -> None:
    read = rules("zone-mta", FILE)
    assert [rule.cause for rule in read.rules] == [Cause.IP_REPUTATION, Cause.USER_UNKNOWN, None, Cause.SYSTEM]


@pytest.mark.parametrize(
    ("heard", "asked"),
    [
        (parse_reply("550 5.1.1 User  unknown "), "550 5.1.1 User unknown"),
        (parse_reply("550-5.1.1 User\n550 5.1.1 unknown"), "550-5.1.1 User unknown"),
        (parse_reply("554-mx.example\n554 rejected"), "554-mx.example rejected"),
        (parse_reply("550-5.7.1 [192.0.2.1\n550 5.7.1 12] no"), "550-5.7.1 [192.0.2.1 12] no"),
        (parse_reply("550 5.1.1 551 5.1.6 gone"), "550 5.1.1 gone"),  # a second code is taken out, with its status
        (parse_reply("550 192.0.2.1 is listed"), "550 192.0.2.1 is listed"),
        (
            parse_reply("550\u00a0User\tunknown\u3000"),
            "550\u00a0User unknown",
        ),  # not a reply; blanks of all kinds become one
        (ReceivedReply(550, "5.1.1", "", "rcpt"), "550 5.1.1"),
        (ReceivedReply(550, None, "\u017fo", "rcpt"), "550 \ufffdo"),
    ],
)
def test_a_reply_is_presented_on_one_line(heard: ReceivedReply, asked: str) -> None:
    assert ask(heard) == asked.replace("\u00a0", " ")


def test_a_rule_with_two_blanks_matches_nothing() -> None:
    assert matching(rules("zone-mta", "^553  User,reject,recipient,x\n"), "553  User") == []


def test_a_look_ahead_at_the_end_is_understood_and_any_other_never_fires() -> None:
    read = rules("zone-mta", "listed by (?!recipient),defer,blacklist,x\n(?!a)listed,defer,spam,x\n")
    assert matching(read, "550 listed by recipient") == []
    assert matching(read, "550 listed by zen") == [1]
    assert read.rules[1].refused == "a look-ahead (?!a), which RE2 does not have"


def test_a_comma_ends_the_expression_and_is_reported() -> None:
    read = rules("zone-mta", r"^550 a{1,3} b,reject,recipient,x")
    assert read.rules[0].source == "^550 a{1"
    assert read.rules[0].cause is None
    assert "is not an action (defer, reject, slowdown); an expression ends at its first comma" in read.rules[0].oddity


def test_a_line_without_an_action_is_still_a_rule() -> None:
    read = rules("zone-mta", "^550\n")
    assert decides(read, "550 x") == ","
    assert "'' is not an action" in read.rules[0].oddity


def test_replies_in_comments_are_samples_of_the_rule_below() -> None:
    read = rules("zone-mta", FILE)
    assert [(sample.place.line, sample.reply.wire, sample.rule) for sample in read.samples] == [
        (2, "550 IP 192.0.2.1 is blacklisted", 1)
    ]


def test_a_category_of_the_users_own_has_the_cause_that_a_label_gives_it() -> None:
    read = rules("zone-mta", "x,defer,warmup,y\n", labels={"warmup": Cause.VELOCITY})
    assert read.rules[0].cause is Cause.VELOCITY


def test_a_category_of_no_known_cause_is_kept() -> None:
    (rule,) = rules("zone-mta", "\nx,defer,warmup,y\n").rules
    assert (rule.class_name, rule.cause, rule.is_class_known) == ("defer,warmup", None, False)
    assert rules("zone-mta", "x,defer,warmup,y\n", labels={"warmup": Cause.VELOCITY}).rules[0].cause is Cause.VELOCITY
