"""Expressions of other dialects, run by RE2 and by the engines they were written for: node's, perl's, and Rust's.

Rust's is in polars, which the project does not need: where it is not installed the comparison is skipped.
"""

from __future__ import annotations

import importlib
import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from typing import Final

import pytest
import re2
from deadline import DEADLINE_S
from rule_files import PUBLIC, rules

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.expressions import Dialect, UnsupportedExpressionError, for_re2, options
from probe.classify.rules.files import load
from probe.classify.rules.persona_replies import known_replies
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import RuleSet

pytestmark = pytest.mark.foreign

NODE: Final = """
const [sources, texts, flags] = JSON.parse(require('fs').readFileSync(0, 'utf-8'));
const compiled = sources.map(source => new RegExp(source, flags));
console.log(JSON.stringify(texts.map(text => compiled.flatMap((each, place) => each.test(text) ? [place] : []))));
"""
PERL: Final = r"""
use strict; use warnings; use JSON::PP; use open qw(:std :utf8);
my $asked = decode_json(do { local $/; open(my $in, '<:raw', '/dev/stdin'); <$in> });
my @compiled = map { my $source = $_; qr/$source/ia } @{$asked->[0]};
print encode_json([map { my $text = $_; [grep { $text =~ $compiled[$_] } 0..$#compiled] } @{$asked->[1]}]);
"""
SOURCES: Final = [
    r"^5\d\d.*(unknown|User)", r"^550[ \-]+5\.1\.1\s+\S", r"\[?[\d\.]+\]? (blocked|listed)", r"\buser\b", r"[^\w@.<> ]",
    r"mail(box)? (is )?full$", r"x{2,3}|y{0}", r"a+?b*?c??", r"[\]\-a]", r"\x41|\t", r"(?:block|black) ?list(?!ed)",
    r"spam(?=)", r"\.\*\+", r"[A-C]{2}", r"\W\d", "",
]  # fmt: skip


def texts() -> list[str]:
    """Return the known replies on one line, some with letters, digits and blanks changed."""
    chance = random.Random(1)
    found = []
    for known in known_replies():
        plain = known.reply.wire.replace("\n", " ")
        found += [plain, re.sub(r"[a-z ]", lambda each: chance.choice([each[0]] * 9 + ["", "\u00e9", "X", "-"]), plain)]
    return [*found, "", "AB xx [a]-", "\u0663 \u00fcser", "x\ty"]


def by_node(sources: list[str], asked: list[str], flags: str = "im") -> list[list[int]]:
    """Return which expressions node finds in each text."""
    return ask(["node", "-e", NODE], [sources, asked, flags])


def by_perl(sources: list[str], asked: list[str]) -> list[list[int]]:
    """Return which expressions perl finds in each text."""
    return ask(["perl", "-e", PERL], [sources, asked])


def ask(command: list[str], question: object) -> list[list[int]]:
    """Let a program answer in JSON."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(
        command, input=json.dumps(question), capture_output=True, check=True, encoding="utf-8", timeout=DEADLINE_S
    )
    answer: list[list[int]] = json.loads(done.stdout)
    return answer


def by_rust(sources: list[str], asked: list[str]) -> list[list[int]]:
    """Return which expressions Rust's engine finds in each text."""
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        pytest.skip("polars is not installed")
    series = polars.Series(asked)
    columns = [series.str.contains(source, literal=False).to_list() for source in sources]
    return [[place for place, column in enumerate(columns) if column[number]] for number in range(len(asked))]


def by_re2(sources: list[str], asked: list[str], dialect: Dialect, *, any_case: bool) -> list[list[int]]:
    """Return which expressions RE2 finds in each text."""
    compiled = [re2.compile(for_re2(source, dialect), options(any_case=any_case)) for source in sources]
    return [[place for place, each in enumerate(compiled) if each.search(text)] for text in asked]


@pytest.mark.parametrize(
    ("dialect", "by", "any_case"), [("js", by_node, True), ("pcre", by_perl, True), ("rust", by_rust, False)]
)
def test_re2_finds_what_the_dialects_own_engine_finds(
    dialect: Dialect, by: Callable[[list[str], list[str]], list[list[int]]], *, any_case: bool
) -> None:
    sources = [source for source in SOURCES if said(source, dialect)]
    assert len(sources) > 10
    assert by_re2(sources, texts(), dialect, any_case=any_case) == by(sources, texts())


def said(source: str, dialect: Dialect) -> bool:
    """Whether RE2 can say an expression."""
    try:
        for_re2(source, dialect)
    except UnsupportedExpressionError:
        return False
    return True


def asked_of(rule_set: RuleSet) -> Iterator[tuple[ReceivedReply, str]]:
    """Yield the known replies, and what the rules are asked about each."""
    for known in known_replies():
        yield known.reply, rule_set.ask(known.reply)


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public rule files are not at hand")
def test_zone_mtas_own_file_finds_what_node_finds() -> None:
    rule_set = load("zone-mta", [PUBLIC / "zone-mta" / "bounces.txt"])
    compare(rule_set, by_node)


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public rule files are not at hand")
def test_kumomtas_own_files_find_what_rust_finds() -> None:
    compare(load("kumomta", [PUBLIC / "kumomta" / f"{name}.toml" for name in ("community", "iana")]), by_rust)


def test_powermtas_patterns_find_what_perl_finds() -> None:
    patterns = "".join(f"/{source}/ other\n" for source in SOURCES if said(source, "pcre"))
    compare(rules("powermta", patterns), by_perl)


def compare(rule_set: RuleSet, by: Callable[[list[str], list[str]], list[list[int]]]) -> None:
    """Compare all rules that match with those that the other engine finds."""
    classifier = RuleClassifier(rule_set)
    asked = list(asked_of(rule_set))
    theirs = by([rule.source for rule in rule_set.rules], [text for _, text in asked])
    ours = [[rule.number - 1 for rule in classifier.matching(heard)] for heard, _ in asked]
    assert ours == theirs
