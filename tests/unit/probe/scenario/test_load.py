"""A scenario file with a mistake: every message says where it is, what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_scenario import SCENARIO, bent, write

from fake_gateways import persona as personas
from fake_gateways.reports.dsn import Layout
from probe.input_error import InputError
from probe.lab.prepare import prepare
from probe.scenario.load import MAX_OCTETS, load
from probe.scenario.sending import Sender

DOMAINS = 'domains = ["acme.example"]'
CLAIMS = 'claims = { content = "user-unknown" }'
CONTENT = 'type = "content"'
LIMIT = 'limit = "600/1h"'
SENDER_IP = 'address = "127.10.0.1" }'
STARTS = "starts = 2026-03-02T08:00:00Z"
RECIPIENTS = "recipients = { count = 10 }"

NO_RATE = 'is not a rate with a unit of time; write for example "120/10m" for 120 in ten minutes'
NO_DURATION = 'is not a duration with a unit; write for example "90s", "5m", "2h" or "1d"'
NO_DOMAIN = "is not a domain name; write for example northwind.example"
NO_MOMENT = "is not a time with a time zone; write for example 2026-03-02T08:00:00Z"
NO_VALUE = "which is not among the known values; use one of:"
LAYOUTS = ", ".join(Layout)
NO_KEY = "is not a known key; did you mean {}?"

# What is written in the file, what is written there instead, the place, and problem and remedy as they are told.
SPOKEN = [
    ("seed = 7\n", "", "seed", "is missing; add it"),
    # A misspelt key is told rather than the missing one that it leaves behind.
    ("seed = 7", "sead = 7", "sead", NO_KEY.format("seed")),
    (
        "rate =",
        "speed =",
        "sender.speed",
        "is not a known key; use one of: " + ", ".join(Sender.model_fields),
    ),
    (RECIPIENTS, "recipients = { cuont = 10 }", "campaign[0].recipients.cuont", NO_KEY.format("count")),
    (CONTENT, f"{CONTENT}\n  refuse = 3", "gateway.acme.policy[0].refuse", NO_KEY.format("refuse_at")),
    ("schema = 1", "schema = 2", "schema", f"is 2, {NO_VALUE} 1"),
    ("seed = 7", 'seed = 7\nclock = "sun"', "clock", f"is 'sun', {NO_VALUE} virtual, wall"),
    (STARTS, "starts = 2026-03-02T08:00:00", "starts", f"2026-03-02 08:00:00 {NO_MOMENT}"),
    (STARTS, "starts = 2026-03-02", "starts", f"2026-03-02 {NO_MOMENT}"),
    (
        STARTS,
        "starts = 0001-01-01T00:00:00+05:00",
        "starts",
        "0001-01-01 00:00:00+05:00 is too far away; write a year from 1970 to 2100",
    ),
    (
        'rate = "10/1s"',
        'rate = "1/9999999d"',
        "sender.rate",
        "'9999999d' is longer than ten years; write a shorter time",
    ),
    (
        SENDER_IP,
        'address = "127.10.0.1", share = inf }',
        "sender.ips[0].share",
        "is inf, which is not a finite number; write for example 0.5",
    ),
    (
        'first = "5m"',
        'first = "0s"',
        "sender.retry",
        'first is less than a second, so retries would never end; write at least "1s"',
    ),
    (
        CLAIMS,
        'claims = { content = "content" }',
        "gateway.acme",
        "claims names a cause as its own claim, which is not a lie; remove it",
    ),
    (DOMAINS, 'domains = ["-x-.example"]', "gateway.acme.domains[0]", f"'-x-.example' {NO_DOMAIN}"),
    (
        LIMIT,
        f'{LIMIT}\n  at = "connect"\n  per = ["sender-domain"]',
        "gateway.acme.policy[1]",
        "per sender-domain cannot be counted at connect, where no sender is known yet; set at to mail",
    ),
    (STARTS, "starts = 8", "starts", f"8 {NO_MOMENT}"),
    ('"mta1.sender.example"', '"localhost"', "sender.helo", f"'localhost' {NO_DOMAIN}"),
    ('"bounce.sender.example"', '"b..example"', "sender.return_path", f"'b..example' {NO_DOMAIN}"),
    ('"bounce.sender.example"', '"b_1.example"', "sender.return_path", f"'b_1.example' {NO_DOMAIN}"),
    (
        SENDER_IP,
        'address = "mta1" }',
        "sender.ips[0].address",
        "'mta1' is not an IP address; write for example 127.10.0.1",
    ),
    ('rate = "10/1s"', "rate = 10", "sender.rate", f"10 {NO_RATE}"),
    ('rate = "10/1s"', 'rate = "0/1s"', "sender.rate", f"'0/1s' {NO_RATE}"),
    ('first = "5m"', "first = 5", "sender.retry.first", f"5 {NO_DURATION}"),
    ('first = "5m"', 'first = "5 minutes"', "sender.retry.first", f"'5 minutes' {NO_DURATION}"),
    ("[[campaign]]", "[[campain]]", "campain", NO_KEY.format("campaign")),
    (DOMAINS, 'domains = ["acme"]', "gateway.acme.domains[0]", f"'acme' {NO_DOMAIN}"),
    (
        DOMAINS,
        "companies = 30",
        "gateway.acme",
        "20 mailboxes are too few for 30 companies; raise mailboxes.count",
    ),
    (
        DOMAINS,
        'companies = 3\naddress = "127.2.0.1"',
        "gateway.acme",
        "has companies and also mailbox, address or foreign, which belong to one gateway; remove one of them",
    ),
    (
        DOMAINS,
        f'{DOMAINS}\nmailbox = [{{ address = "x@acme.example", state = "asleep" }}]',
        "gateway.acme.mailbox[0].state",
        f"is 'asleep', {NO_VALUE} present, full, departed, disabled",
    ),
    (
        "departed = 0.1",
        "departed = 0.6, full = 0.6",
        "gateway.acme.mailboxes",
        "departed, full and disabled add up to more than 1; lower one of them",
    ),
    (
        CLAIMS,
        f"{CLAIMS}\nsize_limit = 10",
        "gateway.acme.size_limit",
        '10 is not a size with a unit; write for example "500 kB" or "10 MB"',
    ),
    (
        'persona = "proofpoint"',
        'persona = "pigeon"',
        "gateway.acme.persona",
        f"'pigeon' is not a persona; use one of: {', '.join(personas.names())}, a file that ends in .toml",
    ),
    (
        CLAIMS,
        'claims = "white-lie"',
        "gateway.acme.claims",
        "'white-lie' is not one of the persona's lies; see fivefifty personas show, or write a table",
    ),
    (
        CONTENT,
        'type = "contents"',
        "gateway.acme.policy[0]",
        "has a type that is none of the policies; did you mean content?",
    ),
    (CONTENT, "refuse_at = 3", "gateway.acme.policy[0]", "has no type; name the policy with type"),
    (
        CONTENT,
        f'{CONTENT}\n  at = "connect"',
        "gateway.acme.policy[0].at",
        "content cannot act at connect; use one of: end-of-data",
    ),
    (
        CONTENT,
        f'{CONTENT}\n  at = "lunch"',
        "gateway.acme.policy[0].at",
        f"is 'lunch', {NO_VALUE} connect, ehlo, mail, rcpt, data, end-of-data, report",
    ),
    (
        CONTENT,
        f"{CONTENT}\n  junk_at = 9",
        "gateway.acme.policy[0]",
        "junk_at 9.0 is above refuse_at 7.0, so no message would be junk; lower it",
    ),
    (
        CONTENT,
        f'{CONTENT}\n  rules = [{{ where = "words", pattern = "(", points = 1 }}]',
        "gateway.acme.policy[0].rules[0].pattern",
        (
            "'(' is not a regular expression that RE2 can read (missing ): (); "
            "correct it, or escape special characters with \\"
        ),
    ),
    (
        CONTENT,
        f"{CONTENT}\n\n  [[gateway.policy]]\n  {CONTENT}",
        "gateway.acme",
        "policy content is given twice; put its settings into one",
    ),
    (LIMIT, 'limit = "600"', "gateway.acme.policy[1].limit", f"'600' {NO_RATE}"),
    (
        CLAIMS,
        f'{CLAIMS}\nreports = {{ layout = "postcard" }}',
        "gateway.acme.reports.layout",
        f"is 'postcard', {NO_VALUE} {LAYOUTS}",
    ),
    (
        CONTENT,
        'type = "ip-reputation"\n  deny = ["127.10.0.1/8"]',
        "gateway.acme.policy[0].deny[0]",
        (
            "'127.10.0.1/8' is not an address or network (127.10.0.1/8 has host bits set); "
            'write for example "127.10.0.1" or "127.10.0.0/24"'
        ),
    ),
    (
        "[[gateway]]\n",
        '[[gateway]]\nname = "acme"\npersona = "consumer"\ndomains = ["b.example"]\n\n[[gateway]]\n',
        "",
        "two gateways are called acme; give one another name",
    ),
]

# The problem is pydantic's to word; place and the value found are ours to tell.
FOUND = [
    ("seed = 7", 'seed = "many"', "seed", "'many'"),
    ('name = "small"', 'name = "Small One"', "name", "'Small One'"),
    ('name = "small"', "name = 5", "name", "5"),
    (STARTS, 'starts = "soon"', "starts", "'soon'"),
    ('[{ address = "127.10.0.1" }]', "[]", "sender.ips", "is empty"),
    (SENDER_IP, 'address = "127.10.0.1", share = 0 }', "sender.ips[0].share", "0"),
    ('first = "5m"', "factor = 0.5", "sender.retry.factor", "0.5"),
    ('rate = "10/1s"', 'rate = "10/1s"\nconnections_per_gateway = 0', "sender.connections_per_gateway", "0"),
    (RECIPIENTS, "recipients = { count = 0 }", "campaign[0].recipients.count", "0"),
    ("departed = 0.1", "departed = 6", "gateway.acme.mailboxes.departed", "6"),
    (
        CLAIMS,
        'claims = { virus = "user-unknown" }',
        "gateway.acme.claims.virus",
        "no policy of the gateway refuses for virus",
    ),
    (CLAIMS, f"{CLAIMS}\nlies = 2", "gateway.acme.lies", "2"),
    (CLAIMS, 'claims = { contend = "user-unknown" }', "gateway.acme.claims.contend", "'contend'"),
    (CLAIMS, 'claims = { content = "nobody" }', "gateway.acme.claims.content", "'nobody'"),
    (LIMIT, f"{LIMIT}\n  per = []", "gateway.acme.policy[1].per", "is empty"),
    (DOMAINS, "", "gateway.acme", "has neither domains nor companies"),
    (DOMAINS, f"{DOMAINS}\ncompanies = 3", "gateway.acme", "has domains and companies"),
    (
        SENDER_IP,
        'address = "127.10.0.1", listed = [{ zone = "bl.example", from = "2h", until = "1h" }] }',
        "sender.ips[0].listed[0]",
        "until is not later than from",
    ),
]


def complaint(path: Path) -> InputError:
    """Load a scenario that is wrong and return what is said of it, checked to be one sentence of three parts."""
    with pytest.raises(InputError) as caught:
        load(path)
    error = caught.value
    assert str(error) == f"{error.place}: {error.problem}; {error.remedy}"
    assert error.problem
    assert error.remedy
    assert "\n" not in str(error)
    return error


def test_a_scenario_without_a_mistake_is_loaded_with_its_folder(tmp_path: Path) -> None:
    path = write(tmp_path)
    loaded = load(path)
    assert loaded.scenario.name == "small"
    assert (loaded.folder, loaded.path) == (tmp_path, str(path))


@pytest.mark.parametrize(("old", "new", "place", "sentence"), SPOKEN)
def test_a_mistake_is_told_in_words(old: str, new: str, place: str, sentence: str, tmp_path: Path) -> None:
    path = write(tmp_path, bent(old, new))
    error = complaint(path)
    assert error.place == f"{path}: {place}".removesuffix(": ")
    assert f"{error.problem}; {error.remedy}" == sentence


@pytest.mark.parametrize(("old", "new", "place", "found"), FOUND)
def test_a_value_out_of_bounds_is_told_with_its_place(
    old: str, new: str, place: str, found: str, tmp_path: Path
) -> None:
    path = write(tmp_path, bent(old, new))
    error = complaint(path)
    assert error.place == f"{path}: {place}"
    assert found in error.problem


def test_a_gateway_is_named_in_places_whatever_its_number(tmp_path: Path) -> None:
    more = '[[gateway]]\nname = "other"\npersona = "consumer"\ndomains = ["other.example"]\n\n[[gateway]]\n'
    text = bent("[[gateway]]\n", more, bent('persona = "proofpoint"', 'persona = "pigeon"'))
    assert complaint(write(tmp_path, text)).place.endswith(": gateway.acme.persona")


def test_a_gateway_without_a_name_is_told_by_its_number(tmp_path: Path) -> None:
    error = complaint(write(tmp_path, bent('name = "acme"\n', "")))
    assert error.place.endswith(": gateway[0].name")


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        pytest.param(b"seed =\n", "is not valid TOML (Invalid value (at line 1, column 7))", id="no value"),
        pytest.param(b"seed = 1\nseed = 2\n", "is not valid TOML (Cannot overwrite a value", id="a key twice"),
        pytest.param(b"x = " + b"[" * 200_000, "is not valid TOML (", id="nested without end"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_the_line(octets: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(octets)
    error = complaint(path)
    assert error.place == str(path)
    assert error.problem.startswith(problem)
    assert error.remedy == "correct the line it names"


def test_every_mistake_of_a_file_is_reported(tmp_path: Path) -> None:
    """Unknown keys come first. A list whose entries are all wrong is not reported as empty as well."""
    text = bent("seed = 7", "sead = 7", bent(DOMAINS, 'domains = ["acme"]', bent(LIMIT, 'limit = "600"')))
    with pytest.raises(InputError) as raised:
        load(write(tmp_path, text))
    error = raised.value
    assert [each.place.partition(": ")[2] for each in (error, *error.others)] == [
        "sead",
        "gateway.acme.domains[0]",
        "gateway.acme.policy[1].limit",
    ]
    assert str(error).count("\n") == 2


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    error = complaint(tmp_path / "none.toml")
    assert str(error) == (
        f"{tmp_path}/none.toml: cannot be read (No such file or directory); check the file name and its permissions"
    )


def test_a_file_beyond_sixteen_mebibytes_is_not_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * (MAX_OCTETS + 1))
    error = complaint(path)
    assert error.problem == "cannot be read (it has more than 16 MiB)"
    assert error.remedy == "move lists of recipients into a CSV file (seed_list)"
    path.write_bytes(SCENARIO.encode().ljust(MAX_OCTETS, b"#"))
    write(tmp_path)
    assert load(path).scenario.name == "small"


def test_a_message_that_is_no_file_is_told_with_the_folder(tmp_path: Path) -> None:
    path = write(tmp_path, message=None)
    assert str(complaint(path)) == (
        f"{path}: campaign[0].message: news.eml is not a file in {tmp_path}; correct the file name"
    )


# What shows only once companies and recipients are made up.
UNFIT = [
    (
        "[[gateway]]\n",
        f'[[gateway]]\nname = "other"\npersona = "consumer"\n{DOMAINS}\n\n[[gateway]]\n',
        "gateway.acme: acme.example is already gateway other's; give it to one of the two",
    ),
    (
        DOMAINS,
        f'{DOMAINS}\nmailbox = [{{ address = "x@other.example" }}]',
        "gateway.acme.mailbox[0].address: x@other.example is in none of the gateway's domains; correct the domain",
    ),
    (
        RECIPIENTS,
        "recipients = { count = 100 }",
        (
            "campaign[0].recipients.count: 100 recipients are wanted, but there are 0 listed and 20 other mailboxes; "
            "change count, or mailboxes.count of the gateways"
        ),
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "sentence"), UNFIT, ids=[sentence.partition(":")[0] for _, _, sentence in UNFIT]
)
def test_what_cannot_be_set_up_is_told_with_its_place(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    path = write(tmp_path, bent(old, new))
    with pytest.raises(InputError) as caught:
        prepare(load(path))
    assert str(caught.value) == f"{path}: {sentence}"


def test_a_campaign_without_anybody_to_mail_is_told(tmp_path: Path) -> None:
    empty = bent("mailboxes = { count = 20, departed = 0.1 }\n", "", bent(RECIPIENTS, ""))
    path = write(tmp_path, empty)
    with pytest.raises(InputError) as caught:
        prepare(load(path))
    assert str(caught.value) == (
        f"{path}: campaign[0]: has no recipients; give the gateways mailboxes, or name a seed_list"
    )


def test_a_recipient_whose_domain_has_no_gateway_is_told(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("email\nann@nowhere.example\n")
    path = write(tmp_path, bent(RECIPIENTS, 'recipients = { seed_list = "list.csv" }'))
    with pytest.raises(InputError) as caught:
        prepare(load(path))
    assert str(caught.value) == (
        f"{path}: campaign[0].recipients.seed_list: ann@nowhere.example: no gateway takes mail for nowhere.example, "
        "so it has no MX; add nowhere.example to a gateway's domains or to absent_domains, or remove the address"
    )
