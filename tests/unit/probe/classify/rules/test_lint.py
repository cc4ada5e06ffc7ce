"""Mistakes in rules: each kind is found in a small file, and not in a correct one."""

from __future__ import annotations

import pytest
from rule_files import rules

from fake_gateways.truth import Cause
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.lint import FindingKind, lint, overview, shown
from probe.classify.rules.persona_replies import PersonaReply, known_replies
from probe.classify.rules.reply import parse_reply
from probe.classify.rules.rule_set import RuleSet

KNOWN = (
    PersonaReply(parse_reply("550 5.1.1 User unknown"), "honest", Cause.USER_UNKNOWN),
    PersonaReply(parse_reply("550 5.7.1 Message looks like spam"), "honest", Cause.CONTENT),
    PersonaReply(parse_reply("550 permanent failure (ann@acme.example:blocked)"), "barracuda", Cause.CONTENT),
)


def found(rule_set: RuleSet, *kinds: FindingKind) -> list[tuple[int, str]]:
    """Return line and sentence of findings of some kinds."""
    findings = lint(RuleClassifier(rule_set), KNOWN)
    return [(finding.place.line, finding.sentence) for finding in findings if finding.kind in kinds]


def kumomta(*lines: str) -> RuleSet:
    """Return KumoMTA's rules, each line a class and one expression."""
    return rules("kumomta", "[rules]\n" + "".join(f"{line}\n" for line in lines))


def test_an_unsupported_expression_is_found() -> None:
    read = rules("zone-mta", "(?!a)b,defer,spam,x\n")
    assert found(read, FindingKind.REFUSED) == [
        (1, "(?!a)b: a look-ahead (?!a), which RE2 does not have; the rule never matches")
    ]


def test_a_malformed_line_is_found() -> None:
    ((line, sentence),) = found(rules("zone-mta", "\n^550 a{1,2},reject,recipient,x\n"), FindingKind.ODD)
    assert line == 2
    assert sentence.startswith("'2}' is not an action")


def test_a_repeated_rule_is_found() -> None:
    read = kumomta('InvalidRecipient = ["unknown"]', 'SpamBlock = ["unknown", "blocked", "blocked"]')
    assert found(read, FindingKind.DUPLICATE) == [
        (3, "is the same as rule 1 (line 2, InvalidRecipient); its class SpamBlock is never used"),
        (3, "is the same as rule 3 (line 3, SpamBlock)"),
    ]


def test_the_same_expression_under_other_conditions_is_another_rule() -> None:
    table = '[[rule]]\nclass = "policy"\npattern = "lunch"\ncode = "{}"\n'
    assert found(rules("rules", table.format("550") + table.format("554")), *FindingKind) == [
        (1, "code 550, lunch matches no known reply"),
        (5, "code 554, lunch matches no known reply"),
    ]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        (r'InvalidRecipient = ["^5\\.5\\.0.+unavailable"]', "550 5.5.0 unavailable"),
        ('InvalidRecipient = ["^User unknown"]', "550 User unknown"),
    ],
)
def test_a_rule_that_no_reply_can_match_is_found(line: str, asked: str) -> None:
    ((_, sentence),) = found(kumomta(line), FindingKind.IMPOSSIBLE)
    assert sentence.endswith(f" matches no reply; the system would present one as '{asked}'")


def test_a_rule_for_spaces_that_the_system_removes_is_found() -> None:
    ((_, sentence),) = found(rules("zone-mta", r"^553\s+ Rejected,defer,blacklist,x"), FindingKind.IMPOSSIBLE)
    assert sentence.endswith("the system would present one as '553 Rejected'")


def test_a_shadowed_rule_is_found() -> None:
    read = kumomta('PolicyRelated = ["denied"]', 'InvalidRecipient = ["User denied", "User"]')
    assert found(read, FindingKind.SHADOWED) == [
        (3, "rule 1 (line 2, PolicyRelated) comes first: made up: 550 User denied")
    ]


def test_a_shadowed_rule_is_shown_with_a_known_reply_if_there_is_one() -> None:
    read = kumomta('ContentRelated = ["spam"]', 'SpamBlock = ["^550 5.7.1 Message.*spam$"]')
    assert found(read, FindingKind.SHADOWED) == [
        (3, "rule 1 (line 2, ContentRelated) comes first: 550 5.7.1 Message looks like spam")
    ]


def test_a_rule_that_decides_some_of_its_replies_is_not_shadowed() -> None:
    read = kumomta('ContentRelated = ["spam"]', 'SpamBlock = ["Message"]')
    assert found(read, FindingKind.SHADOWED) == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (
            r"^4\d\d.*unknown,reject,recipient,x",
            "only temporary replies match, but reject,recipient suppresses the address: ",
        ),
        (
            r"^\d{3}[ \-]+4\.1\.1\b,reject,recipient,x",
            "only temporary replies match, but reject,recipient suppresses the address: ",
        ),
        (
            r"^\d{3}[ \-]+5\.1\.1\b,reject,policy,x",
            "5.1.1 means user-unknown, but here it alone gives reject,policy (policy)",
        ),
        (
            r"^5\d\d[ \-]+5\.1\.8\b,reject,recipient,x",
            "5.1.8 means sender-rejected, but here it alone gives reject,recipient (user-unknown)",
        ),
    ],
)
def test_a_class_that_contradicts_the_code_or_status_is_found(rule: str, sentence: str) -> None:
    ((_, told),) = found(rules("zone-mta", rule), FindingKind.CONTRADICTION)
    assert told.startswith(sentence)


@pytest.mark.parametrize(
    "rule",
    [
        r"^[45]\d\d.*unknown,reject,recipient,x",  # permanent ones match as well
        r"^4\d\d.*unknown,defer,recipient,x",  # and is sent again
        r"^550[ \-]+5\.1\.1.*too many,slowdown,rate,x",  # the words say better
        r"^550[ \-]+5\.1\.1\b,reject,recipient,x",
        r"^550[ \-]+5\.9\.9\b,reject,recipient,x",  # means nothing
        "unknown,reject,recipient,x",
    ],
)
def test_a_class_that_agrees_with_the_status_or_depends_on_the_text_is_not_a_contradiction(rule: str) -> None:
    assert found(rules("zone-mta", rule), FindingKind.CONTRADICTION) == []


def test_a_contradiction_is_found_in_our_own_format() -> None:
    read = rules(
        "rules", '[[rule]]\nclass = "user-unknown"\ncode = "4xx"\n\n[[rule]]\nclass = "policy"\nenhanced = "5.1.1"\n'
    )
    assert found(read, FindingKind.CONTRADICTION) == [
        (1, "only temporary replies match, but user-unknown suppresses the address: 400"),
        (5, "5.1.1 means user-unknown, but here it alone gives policy (policy)"),
    ]


def test_a_known_reply_with_another_cause_is_found() -> None:
    read = kumomta('InvalidRecipient = ["permanent failure"]', 'PolicyRelated = ["unknown"]')
    assert found(read, FindingKind.MISREAD) == [
        (
            2,
            f"barracuda says this for content, but the rule gives InvalidRecipient: {KNOWN[2].reply.wire}",
        ),
        (3, "honest says this for user-unknown, but the rule gives PolicyRelated: 550 5.1.1 User unknown"),
    ]


def test_a_text_that_is_used_for_both_is_not_a_mistake() -> None:
    lie = PersonaReply(KNOWN[0].reply._replace(stage="end-of-data"), "liar", Cause.CONTENT)
    findings = lint(RuleClassifier(kumomta('InvalidRecipient = ["unknown"]')), (*KNOWN, lie))
    assert [finding for finding in findings if finding.kind is FindingKind.MISREAD] == []


def test_what_a_persona_says_for_two_causes_is_not_a_mistake_of_either_rule() -> None:
    for class_name in ("InvalidRecipient", "PolicyRelated"):
        findings = lint(RuleClassifier(kumomta(f'{class_name} = ["undeliverable address"]')), known_replies())
        assert [finding for finding in findings if finding.kind is FindingKind.MISREAD] == []


@pytest.mark.parametrize(
    ("said", "also"),
    [
        (
            "550 5.4.1 <ann@acme.example>: address refused: closed [mx1]",
            "554 5.7.1 <bob@b.example>: Address refused: closed",
        ),
        ("550 mailbox unavailable", "550 other words"),
        ("550 Requested action not taken: mailbox unavailable", "550 other words"),
    ],
)
def test_the_same_words_with_another_code_and_other_values_are_used_for_both(said: str, also: str) -> None:
    both = (
        PersonaReply(parse_reply(said), "one", Cause.CONTENT),
        PersonaReply(parse_reply(also), "other", Cause.USER_UNKNOWN),
    )
    findings = lint(RuleClassifier(kumomta('InvalidRecipient = ["refused|unavailable|other"]')), both)
    assert [finding for finding in findings if finding.kind is FindingKind.MISREAD] == []


def test_a_class_of_no_known_cause_is_found_once() -> None:
    read = kumomta('Gone = ["unknown", "spam"]', 'Away = ["away"]')
    assert [(line, sentence[:50]) for line, sentence in found(read, FindingKind.UNKNOWN_CLASS)] == [
        (2, "'Gone' is neither a class of kumomta nor a label, "),
        (3, "'Away' is neither a class of kumomta nor a label, "),
    ]


def test_an_operator_that_is_meant_as_a_character_is_found_apart_from_rules_that_never_fire() -> None:
    read = kumomta(
        'QuotaIssues = ["mailbox (of the user) is full", "is full"]', 'InvalidRecipient = ["User (unknown)"]'
    )
    assert found(read, FindingKind.LITERAL) == [
        (2, r"(of the user) is a group and matches no parentheses; write \( and \) for the characters themselves")
    ]
    assert found(read, FindingKind.NEVER_FIRES) == [(2, "is full matches no known reply")]


def test_a_sample_that_another_class_decides_is_found() -> None:
    text = "# 550 spam\n^55x spam,defer,spam,x\n\n# 550 User unknown\nunknown,reject,recipient,x\n^550,reject,other,x\n"
    assert found(rules("zone-mta", text), FindingKind.SAMPLE) == [
        (1, "550 spam: rule 3 (line 6, reject,other) decides; rule 1 (line 2, defer,spam) below it does not match")
    ]


def test_a_rule_that_matches_no_known_reply_and_no_test_is_found() -> None:
    table = '[[rule]]\nclass = "content"\npattern = "{}"\n'
    text = table.format("lunch") + 'matches = ["550 lunch"]\n' + table.format("dinner") + table.format("unknown")
    assert found(rules("rules", text), FindingKind.NEVER_FIRES) == [(5, "dinner matches no known reply")]


def test_the_overview_counts_ambiguous_and_unread_replies() -> None:
    read = kumomta('SpamBlock = ["spam"]', 'InvalidRecipient = ["spam", "^550 5"]')
    view = overview(RuleClassifier(read), [known.reply for known in KNOWN])
    assert view == (3, 1, 1)


def test_a_long_reply_is_shortened() -> None:
    assert shown(parse_reply("550 " + "x" * 200)) == "550 " + "x" * 93 + "..."
