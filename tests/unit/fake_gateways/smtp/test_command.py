"""Command lines as RFC 5321 4.1.1 and 4.1.2 write them, and what is taken beyond that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.smtp.command import Command, SyntaxMistake, parse


@pytest.mark.parametrize(
    ("line", "verb", "argument"),
    [
        (b"QUIT", "QUIT", ""),
        (b"quit", "QUIT", ""),
        (b"QUIT \t ", "QUIT", ""),
        (b"EHLO mta1.messenger.example", "EHLO", "mta1.messenger.example"),
        (b"EHLO   [127.0.0.1] ", "EHLO", "[127.0.0.1]"),
        (b"NOOP some words", "NOOP", "some words"),
        (b"STARTTLS", "STARTTLS", ""),
    ],
)
def test_a_verb_is_read_in_any_case_and_blanks_at_the_end_are_dropped(line: bytes, verb: str, argument: str) -> None:
    command = parse(line)
    assert (command.verb, command.argument, command.path, command.parameters) == (verb, argument, "", {})


@pytest.mark.parametrize(
    ("line", "path", "parameters"),
    [
        (b"MAIL FROM:<>", "", {}),
        (b"mail from:<a@b.example>", "a@b.example", {}),
        (b"MAIL FROM: <a@b.example>", "a@b.example", {}),
        (b"MAIL FROM:<a@b.example> SIZE=100 body=8BITMIME", "a@b.example", {"SIZE": "100", "BODY": "8BITMIME"}),
        (b"MAIL FROM:<a@b.example> SMTPUTF8", "a@b.example", {"SMTPUTF8": ""}),
        (b"MAIL FROM:<@relay.example,@two.example:a@b.example>", "a@b.example", {}),
        (b"RCPT TO:<a+tag@b.example>", "a+tag@b.example", {}),
        (b'RCPT TO:<"a b>@\\" c"@b.example>', '"a b>@\\" c"@b.example', {}),
        (b"RCPT TO:<a@[127.0.0.1]>", "a@[127.0.0.1]", {}),
        (b"RCPT TO:<Postmaster>", "Postmaster", {}),
    ],
)
def test_a_path_is_read_without_brackets_and_source_route(line: bytes, path: str, parameters: dict[str, str]) -> None:
    command = parse(line)
    assert (command.path, command.parameters) == (path, parameters)


@pytest.mark.parametrize(
    "line",
    [
        b"MAIL",
        b"MAIL a@b.example",
        b"MAIL FROM:a@b.example",
        b"MAIL TO:<a@b.example>",
        b"MAIL FROM:<a@b.example",
        b"MAIL FROM:<a@b.example>SIZE=1",
        b"MAIL FROM:<postmaster>",
        b"MAIL FROM:<a b@c.example>",
        b"MAIL FROM:<a@b@c.example>",
        b"MAIL FROM:<a@-b.example>",
        b"MAIL FROM:<a@>",
        b"MAIL FROM:<@b.example>",
        b"RCPT TO:<>",
        b"RCPT TO:<anna>",
        b"RCPT FROM:<a@b.example>",
        b'RCPT TO:<"a"b@c.example>',
    ],
)
def test_a_mistake_in_a_path_is_answered_with_the_right_syntax(line: bytes) -> None:
    with pytest.raises(SyntaxMistake, match=r"Syntax: (MAIL FROM|RCPT TO):<address>"):
        parse(line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "unrecognized"),
        (b" QUIT", "unrecognized"),
        (b"QU", "unrecognized"),
        (b"AVERYLONGVERB", "unrecognized"),
        (b"\x16\x03\x01\x02\x00", "unrecognized"),
        (b"EHLO h\xc3\xa9", "ASCII"),
        (b"EHLO a\0b", "Control characters"),
        (b"NOOP a\rQUIT", "Control characters"),
        (b"NOOP a\nQUIT", "Control characters"),
        (b"MAIL FROM:<a@b.example> =1", "Parameter not understood: =1"),
        (b"MAIL FROM:<a@b.example> SIZE==", "Parameter not understood: SIZE=="),
    ],
)
def test_what_is_no_command_is_told_why(line: bytes, says: str) -> None:
    with pytest.raises(SyntaxMistake, match=says):
        parse(line)


def test_an_unknown_parameter_of_any_length_is_quoted_in_part_only() -> None:
    with pytest.raises(SyntaxMistake) as caught:
        parse(b"MAIL FROM:<a@b.example> " + b"_" * 900)
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (Command("DATA"), b"DATA"),
        (Command("EHLO", "mta1.sender.example"), b"EHLO mta1.sender.example"),
        (Command("MAIL"), b"MAIL FROM:<>"),
        (Command("MAIL", path="a@b.example", parameters={"SIZE": "12", "SMTPUTF8": ""}),
         b"MAIL FROM:<a@b.example> SIZE=12 SMTPUTF8"),
        (Command("RCPT", path="ann+1@acme.example"), b"RCPT TO:<ann+1@acme.example>"),
    ],
)  # fmt: skip
def test_a_command_has_a_line_that_reads_as_that_command(command: Command, line: bytes) -> None:
    assert command.octets == line
    assert command.is_plain
    read = parse(line)
    assert (read.verb, read.path, read.parameters, read.octets) == (
        command.verb,
        command.path,
        command.parameters,
        line,
    )


PATHS = st.from_regex(r"[!-~\u00e4]{0,9}@?[!-~\u00e4]{0,9}", fullmatch=True)


@given(st.sampled_from(["MAIL", "RCPT"]), st.one_of(PATHS, st.from_regex(r"[a-z+=.'-]+@[a-z0-9.-]+", fullmatch=True)))
def test_a_plain_address_is_what_a_server_reads_in_the_line(verb: str, path: str) -> None:
    command = Command(verb, path=path)
    if path and command.is_plain:
        assert parse(command.octets).path == path


@given(
    st.sampled_from(["MAIL FROM:", "RCPT TO:", "RCPT FROM:", "mail from:"]),
    st.one_of(PATHS, st.from_regex(r"[a-z+=.'-]+@[a-z0-9.-]+", fullmatch=True)),
    st.sampled_from(["", " SIZE=12", " SIZE=x", " size=12", " SIZE=12 BODY=8BITMIME", "x"]),
)
def test_the_usual_way_to_write_a_command_is_read_as_any_other(command: str, path: str, tail: str) -> None:
    line = f"{command}<{path}>{tail}".encode()

    def read(line: bytes) -> Command | str:
        try:
            return parse(line, utf8=True)
        except SyntaxMistake as mistake:
            return str(mistake)

    # Blanks at the end are ignored, but are not usual.
    assert read(line) == read(line + b" ")


def test_commands_that_are_said_again_and_again_are_kept_but_nothing_that_logs_in() -> None:
    assert parse(b"EHLO mta1.messenger.example") is parse(b"EHLO mta1.messenger.example")
    for line in (b"AUTH PLAIN AGFubgBzZWNyZXQ=", b"auth PLAIN AGFubgBzZWNyZXQ=", b"NOOP " + b"x" * 100):
        assert parse(line) is not parse(line)
        assert parse(line) == parse(line)
