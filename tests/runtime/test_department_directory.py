"""The directory of departments and the sandbox's credentials, read from files."""

import os
from pathlib import Path

import asyncssh
import pytest
import yaml

from runtime.department_directory import DirectoryUnusable, load_directory
from runtime.embedded.department_secrets import DepartmentSecrets
from runtime.sandbox_credentials import CredentialsUnusable, load_sandbox_credentials
from security.signing_keys import SigningKey

KEY = SigningKey.generate("tax.1")
SSH_KEY = asyncssh.generate_private_key("ssh-ed25519")
HOST_KEY = SSH_KEY.export_public_key().decode().strip()
_NOBODY = 65534
PEM = KEY.verification_key().to_pem()


def pem() -> str:
    return SigningKey.generate("any.1").verification_key().to_pem()


def write(file: Path, content: object) -> Path:
    file.write_text(yaml.safe_dump(content))
    return file


def entry(code: str = "tax", **changes: object) -> dict[str, object]:
    return {
        "url": "http://127.0.0.1:9/tax/",
        "token": {"variable": "TAX_TOKEN"},
        "keys": {f"{code}.1": pem() if code != "tax" else PEM},
        **changes,
    }


def moving(**changes: object) -> dict[str, object]:
    reason = {"zh": "搬迁（测试）", "en": "It moves (test)"}
    return {"from": "2026-06-04", "to": "2026-06-05", "reason": reason, **changes}


def own_days(**calendar: object) -> dict[str, object]:
    return entry(calendar=calendar)


def away(**window: object) -> dict[str, object]:
    return entry(maintenance=[window])


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAX_TOKEN", "from the environment")


def faults(file: Path) -> list[tuple[int, str]]:
    """Line and code of everything that is wrong with the file; each has a reason and a fix in both languages."""
    with pytest.raises(DirectoryUnusable) as unusable:
        load_directory(file)
    found = unusable.value.faults
    assert all(one.file == str(file) and one.reason.zh and one.reason.en and one.fix.zh and one.fix.en for one in found)
    return [(one.line, one.code) for one in found]


def codes(file: Path) -> list[str]:
    return [code for _, code in faults(file)]


def test_secrets_are_found_by_reference_in_a_file_or_a_variable(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    customs = entry("customs", token={"file": "token"})
    found = load_directory(write(tmp_path / "departments.yaml", {"departments": {"tax": entry(), "customs": customs}}))
    assert found.departments["tax"].url == "http://127.0.0.1:9/tax"
    assert found.departments["tax"].token.get_secret_value() == "from the environment"
    assert found.departments["customs"].token.get_secret_value() == "from a file"
    assert sorted(found.keys) == ["customs.1", "tax.1"]
    assert "from the environment" not in repr(found)


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "departments.yaml"
    file.write_text("""\
departments:
  tax:
    url: https://tax.example.org
    token: {variable: NOT_SET_ANYWHERE}
    keys: {tax.1: nonsense}
  customs:
    url: https://customs.example.org
    token: {file: /nowhere/at-all}
    keys:
      tax.2: nonsense
  bank:
    url: https://bank.example.org
    tokn: {variable: TAX_TOKEN}
    limits: {concurrency: many}
  court: {kind: carrier-pigeon}
""")
    assert faults(file) == [
        (4, "secret-missing"),
        (5, "key-unreadable"),
        (8, "secret-missing"),
        (10, "key-of-another"),
        (10, "key-unreadable"),
        (13, "model-extra-forbidden"),
        (14, "model-int-type"),
        (15, "model-enum"),
    ]


@pytest.mark.parametrize("key_id", ["customs.1", "tax", "tax.", "taxes.1", "tax.old.1"])
def test_a_key_belongs_to_the_department_that_its_id_names(tmp_path: Path, key_id: str) -> None:
    keys = {"tax.1": PEM, key_id: pem()}
    assert codes(write(tmp_path / "departments.yaml", {"departments": {"tax": entry(keys=keys)}})) == ["key-of-another"]


def test_two_departments_with_one_key_could_decide_for_each_other(tmp_path: Path) -> None:
    customs = entry(keys={"customs.1": PEM})
    file = write(tmp_path / "departments.yaml", {"departments": {"tax": entry(), "customs": customs}})
    assert codes(file) == ["key-shared"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"departments": {}}, "model-too-short"),
        ({"department": {"tax": entry()}}, "model-missing"),
        ({"departments": [entry()]}, "model-dict-type"),
        ({"departments": {"Tax Office": entry()}}, "model-string-pattern-mismatch"),
        ({"departments": {"tax": entry(kind="http-pigeon")}}, "model-enum"),
        ({"departments": {"tax": entry(token={})}}, "model-credential-unclear"),
        ({"departments": {"tax": entry(token={"file": "a", "variable": "B"})}}, "model-credential-unclear"),
        ({"departments": {"tax": entry(secret="x")}}, "model-extra-forbidden"),
        ({"departments": {"tax": entry(url="tax")}}, "model-url-parsing"),
        ({"departments": {"tax": entry(url="ftp://tax.example.org")}}, "model-url-scheme"),
        ({"departments": {"tax": entry(url="https://tax.example.org/?a=b")}}, "url-with-query"),
        ({"departments": {"tax": entry(polling={"every_seconds": 5})}}, "no-effect"),
        ({"departments": {"tax": {"url": "https://tax.example.org", "keys": {"tax.1": PEM}}}}, "token-missing"),
        ({"departments": {"tax": entry(keys={})}}, "keys-missing"),
        ({"departments": {"tax": entry(limits={})}}, "model-limits-nothing"),
        ({"departments": {"tax": entry(limits={"concurrency": True})}}, "model-int-type"),
        ({"departments": {"tax": entry(retries={"longest_seconds": 0.1})}}, "model-longest-shorter"),
        ({"departments": {"tax": entry(contract=99)}}, "model-less-than-equal"),
        ({"departments": {"tax": entry(codes={"items": {"a": "1", "b": "1"}})}}, "code-twice"),
        ({"departments": {"tax": away(**{"from": 1, "to": 2})}}, "model-not-a-moment"),
        ({"departments": {"tax": away(days=["sat"], **{"from": 1320, "to": "23:00"})}}, "model-string-type"),
        ({"departments": {"tax": away(days=["sat"], **{"from": "01:00", "to": "01:00"})}}, "model-window-of-no-length"),
        ({"departments": {"tax": own_days(closed=[moving(to="2026-06-03")])}}, "model-days-end-first"),
        ({"departments": {"tax": own_days(closed=[moving(to="2027-06-03")])}}, "model-days-too-many"),
        ({"departments": {"tax": own_days(closed=[moving(**{"from": 20260604})])}}, "model-not-a-day"),
        ({"departments": {"tax": own_days(closed=[{"from": "2026-06-04"}])}}, "model-missing"),
        ({"departments": {"tax": own_days(closed=[moving()], open=[moving()])}}, "day-twice"),
        ({"departments": {"tax": own_days(closed=[moving(), moving(**{"from": "2026-06-05"})])}}, "day-twice"),
        ({"departments": {"tax": own_days(shut=[moving()])}}, "model-extra-forbidden"),
        (
            {"departments": {"tax": own_days(closed=[moving()]) | {"kind": "instant", "keys": {}}}},
            "no-effect",
        ),
        ({"departments": {"tax": away(days=["sun"], **{"from": "1:00", "to": "2"})}}, "model-string-pattern-mismatch"),
        ({"departments": {"tax": entry(keys={"tax.1": {"pem": PEM, "valid_until": "2026"}})}}, "model-not-a-moment"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_with_its_reason(tmp_path: Path, content: object, code: str) -> None:
    assert code in codes(write(tmp_path / "departments.yaml", content))


def test_a_day_that_stands_twice_is_told_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "departments.yaml"
    file.write_text("""departments:
  bank:
    kind: workbench
    calendar:
      closed:
        - {from: 2026-06-04, to: 2026-06-05, reason: {zh: 搬迁（测试）, en: It moves (test)}}
      open:
        - {from: 2026-06-06, reason: {zh: 周末延时服务（测试）, en: Open (test)}}
        - {from: 2026-06-05, reason: {zh: 周末延时服务（测试）, en: Open (test)}}
""")
    assert faults(file) == [(9, "day-twice")]
    file.write_text(file.read_text().replace("- {from: 2026-06-05, r", "- {from: 2026-06-07, r"))
    calendar = load_directory(file).departments["bank"].entry.calendar
    assert [period.last.day for period in (*calendar.closed, *calendar.open)] == [5, 6, 7]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "hidden"}, "model-secret-in-file"),
        ({"token": {"value": "hidden"}}, "model-extra-forbidden"),
        ({"url": "https://user:hidden@tax.example.org"}, "url-with-credentials"),
        ({"keys": {"tax.1": KEY.to_pem().replace("\n", "\nhidden", 1)}}, "model-private-key-in-file"),
    ],
)
def test_a_secret_in_the_file_itself_is_refused_and_never_repeated(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    file = write(tmp_path / "departments.yaml", {"departments": {"tax": entry(**changes)}})
    assert code in codes(file)
    with pytest.raises(DirectoryUnusable) as unusable:
        load_directory(file)
    assert "hidden" not in str(unusable.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("departments: [", "not-yaml"),
        ("departments:\n\ttax: {}", "not-yaml"),
        ("departments: &a {tax: {}}\nmore: *a", "alias"),
        ("departments: {}\ndepartments: {}", "key-twice"),
        ("departments: {tax: {url: a, url: b}}", "key-twice"),
        ("", "file-empty"),
        ("[1, 2]", "model-model-type"),
        ("{" * 3000, "not-yaml"),
        ("#" * 1_000_001, "file-too-large"),
    ],
)
def test_what_is_no_directory_at_all_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "broken.yaml").write_text(text)
    assert codes(tmp_path / "broken.yaml") == [code]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "latin.yaml").write_bytes("title: ä".encode("latin-1"))
    assert codes(tmp_path / "loop.yaml") == codes(tmp_path / "nowhere.yaml") == codes(tmp_path) == ["file-unreadable"]
    assert codes(tmp_path / "latin.yaml") == ["file-not-utf-8"]


def test_a_file_that_this_process_may_not_read_is_told(tmp_path: Path) -> None:
    file = write(tmp_path / "departments.yaml", {"departments": {"tax": entry()}})
    file.chmod(0)
    user = os.geteuid()
    if user == 0:  # root may read everything
        os.seteuid(_NOBODY)
    try:
        assert codes(file) == ["file-unreadable"]
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe", None, "loop", "folder"])
def test_a_secret_that_is_not_there_is_told(tmp_path: Path, content: bytes | str | None) -> None:
    secret = tmp_path / "token"
    if content == "loop":
        secret.symlink_to(secret)
    elif content == "folder":
        secret.mkdir()
    elif isinstance(content, bytes):
        secret.write_bytes(content)
    file = write(tmp_path / "departments.yaml", {"departments": {"tax": entry(token={"file": "token"})}})
    assert codes(file) == ["secret-missing"]


def on_a_server(**changes: object) -> dict[str, object]:
    sftp = {"host": "files.tax.example.org", "user": "onething", "host_keys": [HOST_KEY], "key": {"file": "sftp-key"}}
    written = {name: value for name, value in (sftp | changes).items() if value is not None}
    folder = {"out": "/exchange/out", "in": "/exchange/in"}
    return {"kind": "file-exchange", "folder": folder, "sftp": written, "keys": {"tax.1": PEM}}


def test_a_server_is_named_with_its_host_keys_and_our_key_by_reference(tmp_path: Path) -> None:
    (tmp_path / "sftp-key").write_bytes(SSH_KEY.export_private_key())
    for credential in ({}, {"key": None, "password": {"variable": "TAX_TOKEN"}}):
        tax = on_a_server(**credential)
        known = load_directory(write(tmp_path / "departments.yaml", {"departments": {"tax": tax}})).departments["tax"]
        assert known.entry.sftp is not None
        assert (known.entry.sftp.port, known.entry.sftp.host_keys) == (22, (HOST_KEY,))
        secret = known.token.get_secret_value()
        assert secret == "from the environment" if credential else secret.startswith("-----BEGIN OPENSSH PRIVATE KEY")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host_keys": None}, "model-missing"),
        ({"host_keys": []}, "model-host-keys-missing"),
        ({"host_keys": ["files.tax.example.org ssh-ed25519 AAAA"]}, "model-host-key-unreadable"),
        ({"host_keys": [SSH_KEY.export_private_key().decode()]}, "model-private-key-in-file"),
        ({"key": None}, "model-sftp-credential-unclear"),
        ({"password": {"variable": "TAX_TOKEN"}}, "model-sftp-credential-unclear"),
        ({"key": SSH_KEY.export_private_key().decode()}, "model-secret-in-file"),
        ({"key": {"file": "nowhere"}}, "secret-missing"),
        ({"key": {"variable": "TAX_TOKEN"}}, "sftp-key-unreadable"),
        ({"key": {"file": "with-passphrase"}}, "sftp-key-unreadable"),
        ({"host": "sftp://files.tax.example.org"}, "model-string-pattern-mismatch"),
        ({"port": "22"}, "model-int-type"),
        ({"user": ""}, "model-string-too-short"),
        ({"known_hosts": "none"}, "model-extra-forbidden"),
    ],
)
def test_a_wrong_server_is_refused_at_its_line_and_no_secret_is_repeated(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    (tmp_path / "sftp-key").write_bytes(SSH_KEY.export_private_key())
    (tmp_path / "with-passphrase").write_bytes(SSH_KEY.export_private_key("pkcs8-pem", passphrase="hidden"))
    file = write(tmp_path / "departments.yaml", {"departments": {"tax": on_a_server(**changes)}})
    ((line, found),) = faults(file)
    assert found == code
    name = next(iter(changes))
    about = "sftp" if found == "model-missing" or found.endswith("unclear") else name
    assert about in file.read_text().splitlines()[line - 1] or "host_keys" in changes
    with pytest.raises(DirectoryUnusable) as unusable:
        load_directory(file)
    assert "PRIVATE KEY" not in str(unusable.value)
    assert "from the environment" not in str(unusable.value)


@pytest.mark.parametrize(
    "tax",
    [
        entry(sftp=on_a_server()["sftp"]),
        {"kind": "file-exchange", "folder": {"out": "a", "in": "b"}, "keys": {"tax.1": PEM}, "time_outs": {}},
    ],
)
def test_what_is_said_of_a_server_where_there_is_none_has_no_effect(tmp_path: Path, tax: dict[str, object]) -> None:
    (tmp_path / "sftp-key").write_bytes(SSH_KEY.export_private_key())
    assert "no-effect" in codes(write(tmp_path / "departments.yaml", {"departments": {"tax": tax}}))


def test_the_sandboxs_credentials_are_read_and_never_quoted(tmp_path: Path) -> None:
    good = {"tax": {"token": "hidden", "key_id": "tax.1", "signing_key": KEY.to_pem()}}
    read = load_sandbox_credentials(write(tmp_path / "good.yaml", good))
    assert read["tax"].signing().id == "tax.1"
    assert "hidden" not in repr(read)
    for wrong in ({"tax": {"token": "hidden"}}, {"tax": {**good["tax"], "signing_key": "hidden"}}, ["hidden"], None):
        with pytest.raises(CredentialsUnusable) as refused:
            load_sandbox_credentials(write(tmp_path / "wrong.yaml", wrong))
        assert "hidden" not in str(refused.value)


def test_what_was_written_by_hand_into_the_embedded_directory_outlives_a_restart(tmp_path: Path) -> None:
    made = DepartmentSecrets(tmp_path)
    made.make("http://127.0.0.1:9", ["tax", "land-registry"])
    written = yaml.safe_load(made.directory_file.read_text())
    written["departments"]["tax"]["limits"] = {"concurrency": 2}
    keys = written["departments"]["land-registry"]["keys"]
    by_hand = {"kind": "file-exchange", "folder": {"out": "out", "in": "in"}, "keys": keys}
    written["departments"]["land-registry"] = by_hand
    made.directory_file.write_text(yaml.safe_dump(written))

    made.make("http://127.0.0.1:10", ["tax", "land-registry"])

    departments = yaml.safe_load(made.directory_file.read_text())["departments"]
    assert departments["land-registry"] == by_hand
    assert departments["tax"]["limits"] == {"concurrency": 2}
    assert departments["tax"]["url"] == "http://127.0.0.1:10/tax"
    load_directory(made.directory_file)
