"""The sender's list, who is chosen from it, and when each of them is mailed."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning import transactions_to

from probe.input_error import InputError
from probe.scenario.sending import Campaign, Sender
from probe.sender.recipients import Delivery, ListEntry, choose, merge_fields, read_list
from probe.sender.schedule import Quota

BOM = b"\xef\xbb\xbf"
MAILBOXES = [f"person{number}@acme.example" for number in range(50)]


def sender(rate: str = "2/1s", shares: tuple[float, ...] = (1.0,)) -> Sender:
    """Return a sender with an address for each share."""
    ips = [{"address": f"127.10.0.{number}", "share": share} for number, share in enumerate(shares, 1)]
    return Sender.model_validate({"helo": "m.example", "return_path": "b.example", "rate": rate, "ips": ips})


def campaign(**recipients: Any) -> Campaign:
    """Return a campaign to these recipients."""
    return Campaign.model_validate({"name": "news", "message": "m.eml", "recipients": recipients})


def listed(count: int) -> list[ListEntry]:
    """Return so many people on the sender's list."""
    return [ListEntry(f"customer{number}@acme.example") for number in range(count)]


def read(tmp_path: Path, octets: bytes) -> list[ListEntry]:
    """Read a CSV file that holds these octets."""
    path = tmp_path / "list.csv"
    path.write_bytes(octets)
    return read_list(path, "campaign[0].recipients.seed_list")


@pytest.mark.parametrize(
    ("octets", "addresses"),
    [
        pytest.param(b"email\nann@a.example\nbob@a.example\n", ["ann@a.example", "bob@a.example"], id="one column"),
        pytest.param(BOM + b"email\nann@a.example\n", ["ann@a.example"], id="a byte order mark, as spreadsheets write"),
        pytest.param(b"email\r\nann@a.example\r\n", ["ann@a.example"], id="CRLF"),
        pytest.param(b"name,email\nAnn,ann@a.example", ["ann@a.example"], id="no line end at the end"),
        pytest.param(b'name,email\n"Berg, Ann","ann@a.example"\n', ["ann@a.example"], id="quotes around a comma"),
        pytest.param(b'name,email\n"Ann\nBerg",ann@a.example\n', ["ann@a.example"], id="quotes around a line end"),
        pytest.param(b"email\n  ann@a.example \n", ["ann@a.example"], id="blanks around the address"),
        pytest.param(b"email\n\nann@a.example\n\n", ["ann@a.example"], id="empty lines"),
        pytest.param(b"email\nAnn.Berg@A.Example\n", ["Ann.Berg@a.example"], id="the domain alone in lower case"),
        pytest.param(b"email\nann@a.example\nann@A.EXAMPLE\n", ["ann@a.example"], id="a doubled address once"),
        pytest.param(b"email\nann+news=x@a.example\n", ["ann+news=x@a.example"], id="VERP's own signs"),
        pytest.param(b"email\n", [], id="nobody"),
    ],
)
def test_a_list_is_read(octets: bytes, addresses: list[str], tmp_path: Path) -> None:
    assert [each.address for each in read(tmp_path, octets)] == addresses


def test_an_address_in_capitals_is_the_same_recipient(tmp_path: Path) -> None:
    assert len(read(tmp_path, b"email\nAnn@a.example\nann@a.example\n")) == 1


def test_the_other_columns_are_merge_fields(tmp_path: Path) -> None:
    (ann,) = read(tmp_path, b'given_name,email,since\n"Ann ""A."" Berg",ann@a.example,2015\n')
    assert ann.fields == {"given_name": 'Ann "A." Berg', "email": "ann@a.example", "since": "2015"}


def test_cells_without_a_heading_and_missing_cells_are_no_fields(tmp_path: Path) -> None:
    long, short = read(tmp_path, b"email,since\nann@a.example,2015,more\nbob@a.example\n")
    assert long.fields == {"email": "ann@a.example", "since": "2015"}
    assert short.fields == {"email": "bob@a.example"}


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (
            "address\nann@a.example\n",
            "{place}: has no column email (columns: 1); name the column of addresses email",
        ),
        ("", "{place}: has no column email (columns: 0); name the column of addresses email"),
        ("Email\nann@a.example\n", "{place}: has no column email (columns: 1); name the column of addresses email"),
        ("email\nann@a.example\nann\n", "{path}: line 3: 'ann' is not a valid address; correct or remove the line"),
        ("email\n@a.example\n", "{path}: line 2: '@a.example' is not a valid address; correct or remove the line"),
        ("email\nann@\n", "{path}: line 2: 'ann@' is not a valid address; correct or remove the line"),
        ("name,email\nAnn\n", "{path}: line 2: '' is not a valid address; correct or remove the line"),
        (
            "email\na b@a.example\n",
            "{path}: line 2: 'a b@a.example' is not a valid address; correct or remove the line",
        ),
        *(
            (
                f"email\n'{cell}'\n".replace("'", ""),
                f"{{path}}: line 2: {cell!r} is not a valid address; correct or remove the line",
            )
            for cell in (
                "j\u00f6rg@a.example",
                "a@b@a.example",
                "a:b@a.example",
                "a(b@a.example",
                "ann@example",
                "a..b@a.example",
            )
        ),
        (
            f"email\n{'a' * 65}@a.example\n",
            f"{{path}}: line 2: '{'a' * 65}@a.example' is not a valid address; correct or remove the line",
        ),
        (
            f"email,note\nann@a.example,{'x' * 301}\n",
            "{path}: line 2: note has more than 300 characters, too many for a merge field; shorten it",
        ),
        (
            "email\n<ann@a.example>\n",
            "{path}: line 2: '<ann@a.example>' is not a valid address; correct or remove the line",
        ),
        (
            'email\n"ann@a.example\r\nBcc: x@a.example"\n',
            r"{path}: line 3: 'ann@a.example\r\nBcc: x@a.example' is not a valid address; correct or remove the line",
        ),
    ],
)
def test_a_list_with_a_mistake_is_told_with_its_line(octets: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, octets.encode())
    path = tmp_path / "list.csv"
    place = f"campaign[0].recipients.seed_list: {path}"
    assert str(caught.value) == sentence.format(place=place, path=path)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param("email\njörg@a.example\n".encode("latin-1"), id="not UTF-8"),
        pytest.param(b"email\n" + b"x" * 200_000, id="a cell beyond the limit of the csv module"),
    ],
)
def test_a_file_that_is_no_csv_in_utf8_is_told(octets: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(.+\); give a UTF-8 CSV file"):
        read(tmp_path, octets)


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be read \(No such file or directory\)"):
        read_list(tmp_path / "none.csv", "seed_list")


def chosen(on_list: list[ListEntry], seed: int = 1, **recipients: Any) -> list[str]:
    """Return the addresses that a campaign goes to."""
    listed_in_lower_case = {each.address.lower() for each in on_list}
    others = [number for number, address in enumerate(MAILBOXES) if address not in listed_in_lower_case]
    numbered = [*MAILBOXES, *(each.address for each in on_list)]
    on_list_numbers = range(len(MAILBOXES), len(numbered))
    found = choose(on_list_numbers, others, campaign(**recipients), random.Random(seed), "campaign[0]")
    return [numbered[number] for number in found]


def test_without_list_and_count_everybody_is_mailed() -> None:
    assert sorted(chosen([])) == sorted(MAILBOXES)


def test_a_list_without_a_count_is_mailed_and_nobody_else() -> None:
    on_list = listed(7)
    assert sorted(chosen(on_list, seed_list="list.csv")) == sorted(each.address for each in on_list)


@given(st.integers(5, 55), st.integers())
def test_a_count_takes_the_list_and_draws_the_rest_without_repetition(count: int, seed: int) -> None:
    on_list = listed(5)
    found = chosen(on_list, seed, seed_list="list.csv", count=count)
    assert len(set(found)) == len(found) == count
    assert {each.address for each in on_list} <= set(found)
    assert set(found) <= {*MAILBOXES, *(each.address for each in on_list)}


def test_a_mailbox_on_the_list_is_not_drawn_a_second_time_in_another_spelling() -> None:
    found = chosen([ListEntry("Person0@acme.example")], seed_list="list.csv", count=50)
    assert "Person0@acme.example" in found
    assert "person0@acme.example" not in found


def test_the_order_of_sending_mixes_listed_and_drawn_and_depends_on_the_seed() -> None:
    found = chosen(listed(25), seed_list="list.csv", count=50)
    assert found == chosen(listed(25), seed_list="list.csv", count=50)
    assert found != chosen(listed(25), seed=2, seed_list="list.csv", count=50)
    assert any(address.startswith("person") for address in found[:25])


@pytest.mark.parametrize("count", [4, 56])
def test_a_count_that_cannot_be_had_is_told(count: int) -> None:
    with pytest.raises(InputError) as caught:
        chosen(listed(5), seed_list="list.csv", count=count)
    assert str(caught.value) == (
        f"campaign[0].recipients.count: {count} recipients are wanted, but there are 5 listed and 50 other mailboxes; "
        "change count, or mailboxes.count of the gateways"
    )


def planned(count: int, of: Sender, seed: int = 1, starts: float = 0.0) -> list[Delivery]:
    """Return the deliveries of a campaign to so many."""
    transactions = transactions_to(listed(count), campaign(), of, quota=Quota(starts), rng=random.Random(seed))
    return [each for transaction in transactions for each in transaction]


@pytest.mark.parametrize(("rate", "every_s"), [("2/1s", 0.5), ("25/1s", 0.04), ("1/1m", 60.0), ("7200/1h", 0.5)])
def test_deliveries_follow_each_other_at_exactly_the_rate(rate: str, every_s: float) -> None:
    due = planned(100, sender(rate), starts=1000.0)
    assert [each.at for each in due] == pytest.approx([1000.0 + number * every_s for number in range(100)], abs=1e-9)
    assert [each.number for each in due] == list(range(100))
    assert [each.recipient for each in due] == [each.address for each in listed(100)]


def test_sources_are_drawn_by_their_shares() -> None:
    due = planned(10_000, sender(shares=(0.7, 0.3)))
    counts = Counter(each.source for each in due)
    assert set(counts) == {"127.10.0.1", "127.10.0.2"}
    # Binomial with a deviation of 46.
    assert abs(counts["127.10.0.1"] - 7000) < 200


def test_shares_are_weights_and_need_not_add_up_to_one() -> None:
    fractions = planned(200, sender(shares=(0.75, 0.25)), seed=3)
    weights = planned(200, sender(shares=(3, 1)), seed=3)
    assert [each.source for each in fractions] == [each.source for each in weights]


@pytest.mark.parametrize(
    ("address", "given_name"),
    [
        ("ann.berg@a.example", "Ann"),
        ("ann_berg@a.example", "Ann"),
        ("aberg2@a.example", "Aberg2"),
        ("ann@a.example", "Ann"),
    ],
)
def test_an_address_tells_merge_fields_of_its_own(address: str, given_name: str) -> None:
    assert merge_fields(ListEntry(address)) == {"email": address, "domain": "a.example", "given_name": given_name}


def test_the_lists_columns_come_before_what_the_address_tells() -> None:
    fields = merge_fields(ListEntry.of("ann@a.example", ("given_name", "since"), ("Anna", "2015")))
    assert fields == {"email": "ann@a.example", "domain": "a.example", "given_name": "Anna", "since": "2015"}
