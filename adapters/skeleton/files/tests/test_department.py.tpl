"""What the contract asks for first. The whole of it: `onething adapter check`, see README.md."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi.testclient import TestClient

from app.main import app

KEY = "4419-2026-000017:some-item:1"


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/token").write_text("the-token")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "secrets/DEPARTMENT_CODE.1.pem").write_bytes(pem)
    monkeypatch.setenv("DEPARTMENT_FOLDER", str(tmp_path))
    monkeypatch.setenv("DEPARTMENT_DECISION_SECONDS", "{% if polled %}0{% else %}3600{% endif %}")
    with TestClient(app, headers={"Authorization": "Bearer the-token"}) as opened:
        yield opened


def submit(client: TestClient, key: str = KEY, **more: Any) -> Any:
    case_no, item, attempt = key.split(":")
    body = {
        "key": key, "case_no": case_no, "item": item, "attempt": int(attempt), "department": "DEPARTMENT_CODE",
        "fields": {}, "callback_url": "http://127.0.0.1:9/departments/DEPARTMENT_CODE/decisions", **more,
    }
    return client.post("/submissions", content=json.dumps(body), headers={"Idempotency-Key": key})


def test_the_same_again_has_the_same_answer(client: TestClient) -> None:
    first, again = submit(client), submit(client)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.status_code == 202


def test_another_body_under_the_same_key_is_refused(client: TestClient) -> None:
    submit(client)
    assert submit(client, fields={"other": 1}).status_code == 409


def test_what_never_arrived_is_said_so(client: TestClient) -> None:
    answer = client.get(f"/submissions/{KEY}")
    assert (answer.status_code, answer.json()["code"]) == (404, "never-arrived")


def test_what_is_undone_before_it_comes_can_no_longer_come(client: TestClient) -> None:
    undone = client.post(f"/submissions/{KEY}/undo", json={"reason": "cancelled"},
                         headers={"Idempotency-Key": f"{KEY}:undo"})
    assert undone.status_code == 200
    assert submit(client).status_code == 400


def test_nobody_else_is_let_in(client: TestClient) -> None:
    assert client.get(f"/submissions/{KEY}", headers={"Authorization": "Bearer other"}).status_code == 401
{% if polled %}


def test_what_was_decided_stands_in_the_list_page_by_page_until_it_is_undone(client: TestClient) -> None:
    other = "4419-2026-000018:some-item:1"
    for key in (KEY, other):
        submit(client, key)
    first = client.get("/decisions?limit=1").json()
    second = client.get("/decisions", params={"limit": 1, "after": first["entries"][0]["cursor"]}).json()
    found = [json.loads(page["entries"][0]["body"])["decision_id"] for page in (first, second)]
    assert found == [f"{KEY}:decision", f"{other}:decision"]
    assert (first["more"], second["more"]) == (True, False)
    client.post(f"/submissions/{KEY}/undo", json={"reason": "cancelled"}, headers={"Idempotency-Key": f"{KEY}:undo"})
    assert [entry["cursor"] for entry in client.get("/decisions?limit=9").json()["entries"]] == ["2"]


def test_a_position_that_was_never_given_is_said_to_be_unknown(client: TestClient) -> None:
    for position in ("3", "another"):
        answer = client.get("/decisions", params={"limit": 9, "after": position})
        assert (answer.status_code, answer.json()["code"]) == (410, "cursor-unknown")
{% endif %}
