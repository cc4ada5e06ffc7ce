"""Laws of rules: the fast search equals a plain one, the order of rules decides, and no input is a crash."""

from __future__ import annotations

import random
import re

import re2
from book_rows import refused
from hypothesis import given
from hypothesis import strategies as st
from rule_files import rules
from strategies import examples, reply_lines

from fake_gateways.smtp.envelope import Stage
from probe.classify import Evidence
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.example_replies import replies_for
from probe.classify.rules.expressions import Dialect, UnsupportedExpressionError, for_re2, is_wild, options
from probe.classify.rules.expressions import examples as texts_of
from probe.classify.rules.formats import PARSERS
from probe.classify.rules.lint import lint
from probe.classify.rules.persona_replies import PersonaReply, known_replies
from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.classify.rules.rule_set import RuleText
from probe.classify.rules.search import Search
from probe.input_error import InputError

KNOWN = known_replies()
WORDS = [
    "user",
    "User",
    "unknown",
    "spam",
    "s",
    "k",
    "550",
    "5.1.1",
    "blocked",
    " ",
    "-",
    ".",
    "\u017f",
    "\u212a",
    "\u00e9",
    "\u0663",
]

_atom = st.sampled_from(
    [*(re.escape(word) for word in WORDS), ".", r"\d", r"\w", r"\s", r"[^x]", "[a-s]", "[45]", r"\S", "^", "$", r"\b"]
)
_quantified = st.builds("{}{}".format, _atom.filter(lambda each: each not in {"^", "$", r"\b"}),
                        st.sampled_from(["", "*", "+", "?", "{1,2}", "*?"]))  # fmt: skip
_sequence = st.lists(_atom | _quantified, min_size=1, max_size=5).map("".join)
expressions = st.lists(_sequence, min_size=1, max_size=3).map(lambda several: f"({'|'.join(several)})") | _sequence
"""Expressions with the same meaning in Python, JavaScript and RE2 for texts of these letters."""
texts = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)


def mutated(heard: ReceivedReply, seed: int) -> ReceivedReply:
    """Return a reply with other digits, and some letters in the other case, as ids and addresses have them."""
    chance = random.Random(seed)
    text = re.sub(r"\d", lambda found: chance.choice("0123456789") if chance.random() < 0.5 else found[0], heard.text)
    text = "".join(each.swapcase() if chance.random() < 0.1 else each for each in text)
    return heard._replace(text=text, code=chance.choice([heard.code, 450, 554]))


@given(several=st.lists(expressions, max_size=8), asked=st.lists(texts, min_size=1, max_size=5), any_case=st.booleans())
@examples(300)
def test_the_search_finds_what_each_expression_finds_alone(
    several: list[str], asked: list[str], *, any_case: bool
) -> None:
    search = Search(several, any_case=any_case)
    compiled = [re2.compile(each, options(any_case=any_case)) for each in several]
    for text in asked:
        assert search.matches(text) == [place for place, each in enumerate(compiled) if each.search(text)]


@given(expressions, texts)
@examples(300)
def test_an_expression_means_to_re2_what_it_means_to_javascript(expression: str, text: str) -> None:
    compiled = re2.compile(for_re2(expression, "js"), options())
    assert (compiled.search(text) is not None) is (re.search(expression, text, re.ASCII) is not None)


@given(expression=expressions, any_case=st.booleans())
@examples(200)
def test_every_example_is_matched(expression: str, *, any_case: bool) -> None:
    compiled = re2.compile(expression, options(any_case=any_case))
    assert all(compiled.search(text) for text in texts_of(expression, any_case=any_case))
    assert is_wild(expression) in {True, False}


@given(
    st.text("()[]{}|*+?\\^$.:=!<>-ab&,019dDwWsSbBpPxuUzZ", max_size=24), st.sampled_from(["rust", "js", "pcre", "re2"])
)
@examples(600)
def test_any_text_is_an_expression_or_refused(source: str, dialect: Dialect) -> None:
    try:
        said = for_re2(source, dialect)
    except UnsupportedExpressionError:
        return
    re2.compile(said, options())
    texts_of(said)


RULES = "".join(
    f'[[rule]]\nclass = "{known.cause}"\ncode = "{str(known.reply.code)[0]}xx"\npattern = \'{pattern}\'\n'
    for known in KNOWN[::3]
    if "'" not in (pattern := ".*".join(re.findall(r"[A-Za-z]{4,}", known.reply.text)[:3]))
)
CLASSIFIER = RuleClassifier(rules("rules", RULES))


@given(st.sampled_from(KNOWN), st.integers(0, 2**32))
@examples(300)
def test_a_cached_reading_equals_that_of_a_plain_search(known: PersonaReply, seed: int) -> None:
    heard = mutated(known.reply, seed)
    rule_set = CLASSIFIER.rule_set
    plain = [rule for rule in rule_set.rules if rule.conditions.met_by(heard)
             and re2.compile(rule.expression or "", options(any_case=True)).search(rule_set.ask(heard))]  # fmt: skip
    assert CLASSIFIER.matching(heard) == plain
    for _ in range(2):
        reading = CLASSIFIER.classify(evidence_of(heard))
        assert reading.cause is (plain[0].cause if plain else None)


def evidence_of(heard: ReceivedReply) -> Evidence:
    """Return evidence of a refusal that was heard."""
    row = refused(code=heard.code, enhanced=heard.enhanced, text=heard.text, stage=heard.stage)
    return Evidence(row.recipient, (row,))


@given(st.sampled_from(KNOWN), st.sampled_from(sorted(PARSERS)))
@examples(100)
def test_a_reply_is_presented_on_one_line_in_every_format(known: PersonaReply, kind: str) -> None:
    asked = {
        "rules": '[[rule]]\nclass = "policy"\npattern = ""\n',
        "kumomta": '[rules]\nPolicyRelated = [""]\n',
        "zone-mta": ",reject,policy,x\n",
        "powermta": "// other\n",
        "momentum": ",50,|\n",
    }
    rule_set = rules(kind, asked[kind])
    assert "\n" not in rule_set.ask(known.reply)
    heard = known.reply._replace(stage=Stage.RCPT)
    assert [rule.number for rule in RuleClassifier(rule_set).matching(heard)] == [1]


@given(
    st.lists(reply_lines, min_size=1, max_size=4), st.sampled_from([421, 450, 550, 554]), st.sampled_from(["", "7.1"])
)
@examples(200)
def test_a_reply_written_on_the_wire_is_read_back(lines: list[str], code: int, status: str) -> None:
    heard = ReceivedReply(code, f"{code // 100}.{status}" if status else None, "\n".join(lines), "rcpt")
    assert parse_reply(heard.wire) == heard


hostile = st.lists(
    st.sampled_from(
        "[rules]|[[rule]]|[[test]]|class = 'policy'|pattern = '('|SpamBlock = ['(']|a,defer,spam,x|/x/ other|,10,x|\0|"
        "\x1b[31m|# 550 x|\"|'''|[|é|<bounce-category-patterns>|code = 1|= =".split("|")
    ),
    max_size=6,
).map("\n".join)


@given(hostile, st.sampled_from(sorted(PARSERS)))
@examples(300)
def test_any_file_is_read_or_is_a_mistake_with_a_remedy(text: str, kind: str) -> None:
    try:
        rule_set = PARSERS[kind]([RuleText("f", text)], {})
    except InputError:
        return
    classifier = RuleClassifier(rule_set)
    for rule in rule_set.rules:
        replies_for(rule, rule_set)
    lint(classifier, KNOWN[:5])
