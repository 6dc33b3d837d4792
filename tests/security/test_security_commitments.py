"""Digests that are the same each time, differ between cases, and can be checked by whoever holds the code."""

import hashlib
import hmac

from security.sealing import CaseKey

CONTENT = "身份证号 11010519491231002X".encode()


def test_a_case_commits_to_the_same_content_in_the_same_way() -> None:
    key = CaseKey.generate("4419-2026-000017")
    assert key.commit(CONTENT, "receipt") == key.commit(CONTENT, "receipt")
    assert key.commit(CONTENT, "receipt").code != key.commit(CONTENT, "notice").code


def test_the_same_content_of_another_case_has_another_digest() -> None:
    one, other = (CaseKey.generate(number).commit(CONTENT, "receipt") for number in ("A-2026-000001", "A-2026-000002"))
    assert one.digest != other.digest


def test_the_holder_checks_it_without_any_code_of_ours() -> None:
    commitment = CaseKey.generate("4419-2026-000017").commit(CONTENT, "receipt")
    suite_name, _, digest = commitment.digest.partition(":")
    assert suite_name == "international"
    assert hmac.new(bytes.fromhex(commitment.code), CONTENT, hashlib.sha256).hexdigest() == digest
