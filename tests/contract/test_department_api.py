"""docs/department-api: it follows the code, its examples fit their schemas and are what really happens."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.directory import open_directory
from adapters.http_poll import refusal_of
from adapters.port import Taken, Unknown, UnknownCause
from adapters.sandbox.behaviours import Behaviour, Callback, Correction, Instant, Received, Refuse, Silent
from adapters.skeleton import writing
from runtime.department_api.bodies import BODIES
from runtime.department_api.files import FOLDER, generated
from runtime.department_api.vectors import signature_base
from security.signatures import SignatureRefused, sign, verify
from security.signing_keys import SigningKey, VerificationKey
from tests.contract.control import Control
from tests.contract.given import submission
from tests.contract.inbox import Inbox
from tests.contract.reference.department import TOKEN, serving
from tests.contract.reference.wrong import WRONG
from tests.contract.sandbox_process import SandboxProcess, credential_of

EXAMPLES = [json.loads(file.read_text()) for file in sorted((FOLDER / "examples").glob("*.json"))]
SERVED = [example for example in EXAMPLES if example["called"] == "department"]
VECTORS = json.loads((FOLDER / "signature-vectors.json").read_text())
ITEM = "tax-clearance"


def test_the_files_are_what_the_code_says() -> None:
    """`python -m runtime.department_api` renews them."""
    written = {str(file.relative_to(FOLDER)): file.read_text() for file in FOLDER.rglob("*.json")}
    assert written == generated()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_an_example_fits_its_schemas_and_the_models(example: dict[str, Any]) -> None:
    for side in (example["request"], example["response"]):
        if "schema" in side:
            _check(side["schema"], side["body"])
            BODIES[Path(side["schema"]).stem].model_validate_json(json.dumps(side["body"]))


def test_every_schema_is_one_and_every_body_has_an_example() -> None:
    for name in BODIES:
        jsonschema.Draft202012Validator.check_schema(json.loads((FOLDER / f"schemas/{name}.json").read_text()))
    sides = [side for one in EXAMPLES for side in (one["request"], one["response"])]
    shown = {Path(side["schema"]).stem for side in sides if "schema" in side}
    assert set(BODIES) - shown == {"platform-problem"}, "what goes wrong at our door stands in the table of the page"


@pytest.mark.parametrize("name", ["department", "platform"])
def test_an_openapi_document_refers_to_nothing_that_is_not_there(name: str) -> None:
    document = json.loads((FOLDER / f"{name}.openapi.json").read_text())
    assert document["openapi"].startswith("3.1")
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place: Any = document
        for step in reference.split("/"):
            place = place[step]
    operations = [operation for operations in document["paths"].values() for operation in operations.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations) > 3


BEHAVIOURS: dict[str, tuple[Behaviour, bool]] = {
    "submit-approved": (Instant(), False),
    "submit-received": (Received(), False),
    "submit-refused": (Refuse(), False),
    "submit-correction": (Correction(), False),
    "submit-money": (Instant(), False),
    "same-key-other-body": (Silent(), True),
    "ask-approved": (Instant(), True),
    "ask-open": (Silent(), True),
    "undo": (Silent(), True),
    "undo-refused": (Silent(), True),
    "material-follows": (Silent(), True),
    "list-decisions": (Callback(delay_seconds=0), True),
}
"""How the sandbox is told to behave, and whether the ordinary submission comes first."""


@pytest.mark.parametrize("example", SERVED, ids=lambda example: example["name"])
async def test_an_example_is_what_the_sandbox_does(
    example: dict[str, Any], sandbox: SandboxProcess, control: Control, inbox: Inbox, case_no: str
) -> None:
    behaviour, after_submission = BEHAVIOURS.get(example["name"], (Silent(), False))
    await control.scenario(behaviour, item=ITEM)
    if example["name"] == "undo-refused":
        await control.scenario(Refuse(), item=ITEM, operation="undo")
    if example["name"] == "look-up-licence":
        licence = example["response"]["body"]["licence"]
        place = ("tax", "licence:tax-certificate", licence["holder_number"])
        await control.record(*place, {"entry": "set", "fields": licence})
    if example["name"].startswith("list-"):
        await control.keep_decisions("tax")
    headers = {"Authorization": f"Bearer {credential_of('tax')}"}
    address = f"{sandbox.url}/tax"
    async with httpx.AsyncClient(base_url=address, headers=headers, trust_env=False, verify=False) as client:

        async def play(one: dict[str, Any]) -> httpx.Response:
            text = json.dumps(one["request"]).replace("4419-2026-000017", case_no)
            request = json.loads(text.replace("https://onething.example.org", inbox.url))
            sent = json.dumps(request["body"]) if "body" in request else None
            return await client.request(request["method"], request["path"], content=sent, headers=request["headers"])

        if after_submission:
            assert (await play(_named("submit-taken"))).status_code in {200, 202}
        answer = await play(example)
    expected = example["response"]
    assert answer.status_code == expected["status"], answer.text
    _check(expected["schema"], answer.json())
    if example["name"] == "list-decisions":
        assert [json.loads(entry["body"])["case_no"] for entry in answer.json()["entries"]] == [case_no]
    assert answer.json().get("code", "") == expected["body"].get("code", "") or answer.status_code == 400
    assert answer.headers["content-type"].partition(";")[0] == expected["headers"]["Content-Type"]
    assert answer.headers.get("onething-contract") == expected["headers"].get("Onething-Contract")


async def test_a_department_of_each_version_side_by_side(sandbox: SandboxProcess, inbox: Inbox, case_no: str) -> None:
    first = sandbox.connection("tax", contract=1)
    second = sandbox.connection("customs", contract=2)
    async with open_directory([first, second]) as directory:
        for department in ("tax", "customs"):
            wanted = submission(inbox, case_no, department=department, item=f"{department}-item")
            taken = await directory.port(department).submit(wanted)
            assert isinstance(taken, Taken)
            assert await directory.port(department).submit(wanted) == taken
        decisions = await inbox.wait_for(case_no, 2)
    assert {decision.department for decision in decisions} == {"tax", "customs"}


async def test_an_answer_that_is_not_in_the_version_that_was_asked_is_not_known(inbox: Inbox, case_no: str) -> None:
    """A 404 of something else at the address must not read as "never arrived", nor a 200 as done."""
    async with serving(WRONG["other-contract"](SigningKey.generate("tax.1"))) as url:
        entry = DepartmentEntry.model_validate({"url": url, "contract": 2})
        connection = DepartmentConnection("tax", entry, SecretStr(TOKEN), Path())
        async with open_directory([connection]) as directory:
            wanted = submission(inbox, case_no)
            for outcome in (await directory.port("tax").submit(wanted), await directory.port("tax").ask("a:b:1")):
                assert isinstance(outcome, Unknown)
                assert outcome.cause is UnknownCause.OTHER_CONTRACT


def test_vectors_are_signed_as_we_sign_and_verified_as_we_verify() -> None:
    key, created = _vector_key(), datetime.fromtimestamp(VECTORS["created"], UTC)
    for vector in VECTORS["accepted"]:
        body = vector["body"].encode()
        given = {name: value for name, value in vector["headers"].items() if name == "Content-Type"}
        assert {**given, **sign(vector["method"], vector["url"], given, body, key, created)} == vector["headers"]
        assert signature_base(vector["method"], vector["url"], vector["headers"]) == vector["signature_base"]
        proved = verify(vector["method"], vector["url"], vector["headers"], body, _known, created)
        assert proved.key_id == "tax.1"


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: vector["name"])
def test_a_spoilt_vector_is_refused_with_its_code(vector: dict[str, Any]) -> None:
    received = datetime.fromtimestamp(vector.get("received", VECTORS["created"]), UTC)
    with pytest.raises(SignatureRefused) as refused:
        verify(vector["method"], vector["url"], vector["headers"], vector["body"].encode(), _known, received)
    assert refused.value.code == vector["code"]


def test_entries_of_a_list_are_proved_as_we_prove_them_and_hold_what_would_have_been_sent() -> None:
    created = datetime.fromtimestamp(VECTORS["created"], UTC)
    kept = VECTORS["kept"]
    for entry in kept["accepted"]:
        assert refusal_of("tax", entry["door"], entry["signature"], entry["body"].encode(), _known, created) == ""
        _check(f"schemas/{entry['door'].removesuffix('s')}.json", json.loads(entry["body"]))
    assert kept["accepted"] == _named("list-decisions")["response"]["body"]["entries"]
    sent = VECTORS["accepted"][0]["headers"]
    assert {"Content-Type": "application/json", **kept["accepted"][0]["signature"]} == sent, "what would have been sent"


@pytest.mark.parametrize("entry", VECTORS["kept"]["refused"], ids=lambda entry: entry["name"])
def test_a_spoilt_entry_is_refused_with_its_code(entry: dict[str, Any]) -> None:
    received = datetime.fromtimestamp(entry.get("received", VECTORS["created"]), UTC)
    code = refusal_of("tax", entry["door"], entry["signature"], entry["body"].encode(), _known, received)
    assert code == entry["code"]


def test_the_signer_of_the_skeleton_makes_the_same_signatures() -> None:
    source = (Path(writing.__file__).parent / "files/app/signing.py.tpl").read_text()
    names: dict[str, Any] = {}
    exec(compile(source, "signing.py", "exec"), names)
    signed_headers: Callable[..., dict[str, str]] = names["signed_headers"]
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["key"]["private_seed_hex"]))
    for vector in VECTORS["accepted"]:
        kind, body = vector["headers"].get("Content-Type", ""), vector["body"].encode()
        made = signed_headers(vector["method"], vector["url"], kind, body, private, "tax.1", VECTORS["created"])
        assert made == vector["headers"]


def _vector_key() -> SigningKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["key"]["private_seed_hex"]))
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return SigningKey.from_pem("tax.1", pem)


def _known(key_id: str) -> VerificationKey | None:
    return VerificationKey.from_pem("tax.1", VECTORS["key"]["public_pem"]) if key_id == "tax.1" else None


def _named(name: str) -> dict[str, Any]:
    (example,) = [example for example in EXAMPLES if example["name"] == name]
    return example


def _check(schema: str, body: Any) -> None:
    validator = jsonschema.Draft202012Validator(json.loads((FOLDER / schema).read_text()))
    assert [error.message for error in validator.iter_errors(body)] == []
