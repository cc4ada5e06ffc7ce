"""Checks of a domain's records: SPF, DKIM keys, DMARC with alignment, MTA-STS, TLS-RPT."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from fake_gateways.policies import dmarc, spf
from fake_gateways.policies.dns_replay import Lookup, text_of
from probe.listed.posture.finding import Finding, Grade, Identity
from probe.listed.posture.with_answers import must_answer

MOST_SPF_LOOKUPS: Final = 10
"""RFC 7208 section 4.6.4."""
_SPF: Final = {
    "pass": Grade.GOOD,
    "softfail": Grade.WEAK,
    "neutral": Grade.WEAK,
    "none": Grade.WRONG,
    "fail": Grade.WRONG,
    "permerror": Grade.WRONG,
    "temperror": Grade.UNKNOWN,
}
_ED25519_OCTETS: Final = 32
_SHORT_BITS: Final = 1024
_ENOUGH_BITS: Final = 2048
"""RFC 8301 section 3.2: keys of less than 1024 bits are not valid; signers should use 2048."""
_POLICY_ID: Final = re.compile(r"[A-Za-z0-9]{1,32}")


def sender_policy(domain: str, address: str, helo: str, lookup: Lookup) -> Finding:
    """Check SPF for an address (RFC 7208), and count the lookups that it needs."""
    result, lookups = spf.counted(address, f"postmaster@{domain}", helo or domain, lookup)
    counted = f"{lookups} of {MOST_SPF_LOOKUPS} lookups"
    return Finding(domain, "spf", _SPF[result], f"{result} for {address} ({counted})")


def signing_key(signer: str, selector: str, lookup: Lookup) -> Finding:
    """Check that a DKIM key is there and sound (RFC 6376 section 3.6.1, RFC 8301, RFC 8463)."""
    check = f"dkim {selector}"
    records = [text_of(each) for each in must_answer(lookup)(f"{selector}._domainkey.{signer}", "TXT").records]
    keys = [tags for each in records if "p" in (tags := _tags(each))]
    if not keys:
        return Finding(signer, check, Grade.WRONG, "there is no key")
    if len(keys) > 1:
        return Finding(signer, check, Grade.WRONG, "there are several keys under one name")
    tags = keys[0]
    if not tags["p"]:
        return Finding(signer, check, Grade.WRONG, "the key is revoked (p= is empty)")
    grade, says = _strength(tags)
    if grade is Grade.GOOD and "y" in tags.get("t", "").split(":"):
        grade, says = Grade.WEAK, f"{says}, in test mode (t=y)"
    return Finding(signer, check, grade, says)


def _strength(tags: dict[str, str]) -> tuple[Grade, str]:
    try:
        octets = base64.b64decode("".join(tags["p"].split()), validate=True)
    except (binascii.Error, ValueError):
        return Grade.WRONG, "the key is not valid Base64"
    kind = tags.get("k", "rsa").lower()
    if kind == "ed25519":
        is_whole = len(octets) == _ED25519_OCTETS
        return (Grade.GOOD, "an Ed25519 key") if is_whole else (Grade.WRONG, "the key is no Ed25519 key")
    if kind != "rsa":
        return Grade.WRONG, "the key is of an unknown kind"
    try:
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        return Grade.WRONG, "the key cannot be read"
    if not isinstance(key, rsa.RSAPublicKey):
        return Grade.WRONG, "the key is no RSA key"
    if key.key_size < _SHORT_BITS:
        return Grade.WRONG, f"the RSA key has only {key.key_size} bits"
    return Grade.GOOD if key.key_size >= _ENOUGH_BITS else Grade.WEAK, f"an RSA key of {key.key_size} bits"


def dmarc_policy(domain: str, identity: Identity, lookup: Lookup) -> Finding:
    """Check that there is a DMARC policy, and that SPF or DKIM is aligned with the From domain (RFC 7489).

    Google and Yahoo ask for one from whoever sends much (support.google.com/a/answer/81126).
    """
    published = dmarc.discover(domain, must_answer(lookup))
    if published is None:
        return Finding(domain, "dmarc", Grade.WRONG, "there is no policy that can be read")
    says = f"policy {published.policy}"
    aligned = []
    if identity.return_path and dmarc.is_aligned(domain, identity.return_path, is_strict=published.is_spf_strict):
        aligned.append("SPF")
    signers = [signer for signer, _ in identity.keys_of(domain)]
    if any(dmarc.is_aligned(domain, each, is_strict=published.is_dkim_strict) for each in signers):
        aligned.append("DKIM")
    if aligned:
        return Finding(domain, "dmarc", Grade.GOOD, f"{says}, {' and '.join(aligned)} aligned")
    if not identity.return_path and not signers:
        return Finding(domain, "dmarc", Grade.WEAK, f"{says}; whether SPF or DKIM is aligned was not asked")
    return Finding(domain, "dmarc", Grade.WRONG, f"{says}, but neither SPF nor DKIM is aligned")


def transport_policy(domain: str, lookup: Lookup) -> Finding:
    """Check the record of MTA-STS (RFC 8461 section 3.1). The policy itself is a web page, and is not fetched."""
    records = _versions(must_answer(lookup)(f"_mta-sts.{domain}", "TXT").records, "STSv1")
    if not records:
        return Finding(domain, "mta-sts", Grade.ABSENT, "there is no record")
    if len(records) > 1 or not _POLICY_ID.fullmatch(records[0].get("id", "")):
        return Finding(domain, "mta-sts", Grade.WRONG, "the record is not valid, so it counts as absent")
    return Finding(domain, "mta-sts", Grade.GOOD, "there is a record; the policy itself is not fetched")


def transport_reports(domain: str, lookup: Lookup) -> Finding:
    """Check the record of TLS-RPT (RFC 8460 section 3)."""
    records = _versions(must_answer(lookup)(f"_smtp._tls.{domain}", "TXT").records, "TLSRPTv1")
    if not records:
        return Finding(domain, "tls-rpt", Grade.ABSENT, "there is no record")
    reported = records[0].get("rua", "")
    if len(records) > 1 or not reported.startswith(("mailto:", "https:")):
        return Finding(domain, "tls-rpt", Grade.WRONG, "the record is not valid, so it counts as absent")
    return Finding(domain, "tls-rpt", Grade.GOOD, "there is a record")


def _versions(records: tuple[str, ...], version: str) -> list[dict[str, str]]:
    return [tags for each in records if (tags := _tags(text_of(each))).get("v") == version]


def _tags(record: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in record.split(";"))
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}
