"""SPF, DKIM keys, DMARC, MTA-STS and TLS-RPT of a domain."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fake_gateways.policies.dns_replay import Lookup
from fake_gateways.verdict import UNANSWERED, Answer
from probe.listed.posture.domains import (
    dmarc_policy,
    sender_policy,
    signing_key,
    transport_policy,
    transport_reports,
)
from probe.listed.posture.finding import Grade, Identity

DOMAIN, KEY = "acme.example", "s1._domainkey.acme.example"
ADDRESS = "192.0.2.1"


def texts(records: Mapping[str, str | tuple[str, ...]]) -> Lookup:
    """Return a lookup of TXT records."""

    def lookup(name: str, kind: str) -> Answer:
        found = records.get(name, ()) if kind == "TXT" else ()
        values = (found,) if isinstance(found, str) else found
        return Answer(tuple(f'"{each}"' for each in values))

    return lookup


def rsa_key(bits: int) -> str:
    """Return an RSA key in Base64."""
    key = rsa.generate_private_key(65537, bits).public_key()
    return base64.b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.mark.parametrize(
    ("record", "grade", "says"),
    [
        (f"v=spf1 ip4:{ADDRESS} -all", Grade.GOOD, "pass for 192.0.2.1 (0 of 10 lookups)"),
        ("v=spf1 a:mta.acme.example ip4:192.0.2.0/24 -all", Grade.GOOD, "pass for 192.0.2.1 (1 of 10 lookups)"),
        ("v=spf1 ~all", Grade.WEAK, "softfail"),
        ("v=spf1 ?all", Grade.WEAK, "neutral"),
        ("v=spf1 -all", Grade.WRONG, "fail"),
        ("v=spf1 nonsense:x -all", Grade.WRONG, "permerror"),
        ("no spf", Grade.WRONG, "none"),
    ],
)
def test_spf_is_checked_for_an_address_and_its_lookups_are_counted(record: str, grade: Grade, says: str) -> None:
    found = sender_policy(DOMAIN, ADDRESS, "mta.acme.example", texts({DOMAIN: record}))
    assert found.grade is grade
    assert says in found.says


def test_too_many_lookups_are_an_error_of_the_record() -> None:
    many = " ".join(f"include:i{number}.example" for number in range(11))
    records = {DOMAIN: f"v=spf1 {many} -all", **{f"i{number}.example": "v=spf1 ?all" for number in range(11)}}
    assert "permerror" in sender_policy(DOMAIN, ADDRESS, "", texts(records)).says


def test_spf_without_an_answer_is_unknown() -> None:
    assert sender_policy(DOMAIN, ADDRESS, "", lambda *_: UNANSWERED).grade is Grade.UNKNOWN


@pytest.fixture(scope="module")
def keys() -> dict[str, str]:
    """Keys of several kinds in Base64; short ones are made up, because nobody makes them any more."""
    ed = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    return {
        "2048": rsa_key(2048),
        "1024": rsa_key(1024),
        "ed25519": base64.b64encode(ed).decode(),
        "curve": base64.b64encode(curve.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode(),
    }


@pytest.mark.parametrize(
    ("record", "grade", "says"),
    [
        ("v=DKIM1; k=rsa; p={2048}", Grade.GOOD, "an RSA key of 2048 bits"),
        ("p={2048}", Grade.GOOD, "2048"),
        ("v=DKIM1; t=y; p={2048}", Grade.WEAK, "test mode"),
        ("v=DKIM1; p={1024}", Grade.WEAK, "1024"),
        ("v=DKIM1; k=ed25519; p={ed25519}", Grade.GOOD, "an Ed25519 key"),
        ("v=DKIM1; k=ed25519; p={2048}", Grade.WRONG, "no Ed25519 key"),
        ("v=DKIM1; k=rsa; p={curve}", Grade.WRONG, "no RSA key"),
        ("v=DKIM1; k=dsa; p={2048}", Grade.WRONG, "unknown kind"),
        ("v=DKIM1; p=", Grade.WRONG, "revoked"),
        ("v=DKIM1; p=???", Grade.WRONG, "not valid Base64"),
        ("v=DKIM1; p=AAAA", Grade.WRONG, "cannot be read"),
        ("v=DKIM1; k=rsa", Grade.WRONG, "no key"),
    ],
)
def test_a_key_is_there_and_sound(record: str, grade: Grade, says: str, keys: dict[str, str]) -> None:
    for name, key in keys.items():
        record = record.replace(f"{{{name}}}", key)
    found = signing_key(DOMAIN, "s1", texts({KEY: record}))
    assert (found.grade, found.check) == (grade, "dkim s1")
    assert says in found.says


def test_several_keys_under_one_name_are_none() -> None:
    assert "several keys" in signing_key(DOMAIN, "s1", texts({KEY: ("p=AA", "p=BB")})).says
    assert "no key" in signing_key(DOMAIN, "s1", texts({})).says


@pytest.mark.parametrize(
    ("record", "identity", "grade", "says"),
    [
        ("v=DMARC1; p=reject", Identity(return_path="bounce.acme.example"), Grade.GOOD, "policy reject, SPF aligned"),
        ("v=DMARC1; p=none", Identity(selectors=("s1",)), Grade.GOOD, "policy none, DKIM aligned"),
        ("v=DMARC1; p=none; aspf=s", Identity(return_path="bounce.acme.example"), Grade.WRONG, "neither"),
        (
            "v=DMARC1; p=none",
            Identity(return_path="esp.example", selectors=("esp.example:s1",)),
            Grade.WRONG,
            "neither",
        ),
        ("v=DMARC1; p=none", Identity(), Grade.WEAK, "was not asked"),
        ("v=DMARC1; p=perhaps", Identity(), Grade.WRONG, "no policy"),
    ],
)
def test_dmarc_needs_a_policy_and_something_aligned(record: str, identity: Identity, grade: Grade, says: str) -> None:
    found = dmarc_policy(DOMAIN, identity, texts({f"_dmarc.{DOMAIN}": record}))
    assert found.grade is grade
    assert says in found.says


@pytest.mark.parametrize(
    ("record", "grade"),
    [
        ("", Grade.ABSENT),
        ("v=STSv1; id=20261130T0000", Grade.GOOD),
        ("v=STSv1", Grade.WRONG),
        ("v=STSv1; id=a-b", Grade.WRONG),
    ],
)
def test_the_record_of_mta_sts(record: str, grade: Grade) -> None:
    assert transport_policy(DOMAIN, texts({f"_mta-sts.{DOMAIN}": record})).grade is grade


@pytest.mark.parametrize(
    ("record", "grade"),
    [
        ("", Grade.ABSENT),
        ("v=TLSRPTv1; rua=mailto:tls@acme.example", Grade.GOOD),
        ("v=TLSRPTv1; rua=tls@acme.example", Grade.WRONG),
        ("v=TLSRPTv1", Grade.WRONG),
    ],
)
def test_the_record_of_tls_reports(record: str, grade: Grade) -> None:
    assert transport_reports(DOMAIN, texts({f"_smtp._tls.{DOMAIN}": record})).grade is grade
