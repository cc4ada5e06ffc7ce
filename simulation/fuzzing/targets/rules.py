"""Rule files of every format, and the expressions in them."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.expressions import Dialect, UnsupportedExpressionError, examples, for_re2, is_wild
from probe.classify.rules.expressions.literal import meant_literally
from probe.classify.rules.formats import PARSERS, guess
from probe.classify.rules.formats.own import parse_tests
from probe.classify.rules.lint import lint
from probe.classify.rules.reply import parse_reply
from probe.classify.rules.rule_set import RuleText
from probe.classify.rules.search import Search
from simulation.fuzzing.target import Target

_WORDS: Final = (
    b"[[rule]]\n", b"[[test]]\n", b'class = "user-unknown"\n', b"pattern = ", b'code = "55x"\n',
    b'enhanced = "5.x.x"\n', b"stage = ", b"matches = [", b"[labels]\n", b"[rules]\n", b"InvalidRecipient = [\n",
    b"bad-mailbox", b"/", b"bounce", b"<bounce-category-patterns>\n", b"</bounce-category-patterns>\n", b'"""', b"'''",
    b"#", b",",
)  # fmt: skip
_OPERATORS: Final = (
    b"(?i)", b"(?:", b"(?=", b"(?!", b"(?<n>", b"(?P<n>", b"(?s-i:", b"{1,50}", b"{1000}", b"{2,}", b"*", b"+?", b"|",
    b"^", b"$", b"\\b", b"\\d", b"\\pL", b"\\p{Greek}", b"\\x{10FFFF}", b"\\xFF", b"\\Q", b"\\E", b"\\C", b"[^",
    b"[[:alpha:]]", b"[a-z&&[b]]", b"[]", b"\\1", b"(?#", b"(?>", b"\\Z", b"\\u00e9", b".*", b"\\K", b"\\R", b"\\N",
)  # fmt: skip
_SAID: Final = tuple(
    map(parse_reply, ("550 5.1.1 User unknown", "452-4.2.2 The mailbox\n452 4.2.2 is full", "no code"))
)
_DIALECTS: Final[tuple[Dialect, ...]] = get_args(Dialect)


def _file(kind: str, data: bytes) -> None:
    file = RuleText("rules", data.decode("utf-8", "replace"))
    classifier = RuleClassifier(PARSERS[kind]([file], {}))
    for reply in _SAID:
        classifier.read(reply)
    lint(classifier, ())


def _guess(data: bytes) -> None:
    file = RuleText("rules", data.decode("utf-8", "replace"))
    guess(file)
    parse_tests(file)


def _expression(data: bytes) -> None:
    """Translate an expression; its examples match, and a search for it finds them."""
    dialect = _DIALECTS[data[0] % len(_DIALECTS)] if data else "re2"
    expression = for_re2(data[1:].decode("utf-8", "replace"), dialect)
    is_wild(expression)
    meant_literally(expression)
    made = examples(expression)
    search = Search([expression], any_case=False)
    assert all(search.matches(text) == [0] for text in made)
    search.matches("550 5.1.1 <ann@acme.example>: user unknown")


TARGETS: Final = (
    *(Target(f"rules-{kind}", partial(_file, kind), words=(*_WORDS, *_OPERATORS), batch=500) for kind in PARSERS),
    Target("rules-guess", _guess, corpus="rules-any", words=_WORDS),
    Target("expression", _expression, allowed=(UnsupportedExpressionError,), words=_OPERATORS, longest=4_096),
)
