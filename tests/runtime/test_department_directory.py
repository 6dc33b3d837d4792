"""The directory of departments and the sandbox's credentials, read from files."""

from pathlib import Path

import pytest
import yaml

from runtime.department_directory import DirectoryUnusable, load_directory
from runtime.sandbox_credentials import CredentialsUnusable, load_sandbox_credentials
from security.signing_keys import SigningKey

KEY = SigningKey.generate("tax.1")


def write(file: Path, content: object) -> Path:
    file.write_text(yaml.safe_dump(content))
    return file


def entry(**changes: object) -> dict[str, object]:
    return {
        "url": "http://127.0.0.1:9/tax/",
        "token": {"variable": "TAX_TOKEN"},
        "keys": {"tax.1": KEY.verification_key().to_pem()},
        **changes,
    }


def test_secrets_are_found_by_reference_in_a_file_or_a_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAX_TOKEN", "from the environment")
    (tmp_path / "token").write_text("from a file\n")
    customs = entry(token={"file": str(tmp_path / "token")}, keys={"customs.1": KEY.verification_key().to_pem()})
    file = write(
        tmp_path / "departments.yaml",
        {"departments": {"tax": entry(), "customs": customs}},
    )
    found = load_directory(file)
    assert found["tax"].url == "http://127.0.0.1:9/tax"
    assert found["tax"].token.get_secret_value() == "from the environment"
    assert found["customs"].token.get_secret_value() == "from a file"
    assert [key.id for key in found["tax"].keys] == ["tax.1"]
    assert "from the environment" not in repr(found)


def test_every_missing_credential_is_named_at_once(tmp_path: Path) -> None:
    file = write(
        tmp_path / "departments.yaml",
        {
            "departments": {
                "tax": entry(token={"variable": "NOT_SET_ANYWHERE"}),
                "customs": entry(token={"file": "/nowhere"}, keys={"customs.1": KEY.verification_key().to_pem()}),
                "bank": entry(keys={"bank.1": "nonsense"}, token={"file": __file__}),
            }
        },
    )
    with pytest.raises(DirectoryUnusable, match=r"bank: .*PEM.*; customs: /nowhere .*; tax: NOT_SET_ANYWHERE "):
        load_directory(file)


@pytest.mark.parametrize("key_id", ["customs.1", "tax", "tax.", "taxes.1", "tax.old.1"])
def test_a_key_belongs_to_the_department_that_its_id_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key_id: str
) -> None:
    monkeypatch.setenv("TAX_TOKEN", "from the environment")
    keys = {"tax.1": KEY.verification_key().to_pem(), key_id: KEY.verification_key().to_pem()}
    file = write(tmp_path / "departments.yaml", {"departments": {"tax": entry(keys=keys)}})
    with pytest.raises(DirectoryUnusable, match=f"tax: the key id {key_id} does not read tax.<version>"):
        load_directory(file)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"departments": {}}, "departments"),
        ({"departments": {"tax": entry(token={})}}, "name either a file or a variable"),
        ({"departments": {"tax": entry(token="plain")}}, "departments.tax.token"),
        ({"departments": {"tax": entry(secret="x")}}, "departments.tax.secret"),
        ({"departments": {"tax": entry(url="tax")}}, "departments.tax.url"),
    ],
)
def test_a_wrong_entry_is_named_by_its_place(tmp_path: Path, content: object, expected: str) -> None:
    with pytest.raises(DirectoryUnusable, match=expected):
        load_directory(write(tmp_path / "departments.yaml", content))


def test_what_is_no_yaml_or_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("departments: [")
    with pytest.raises(DirectoryUnusable, match="is not YAML"):
        load_directory(tmp_path / "broken.yaml")
    with pytest.raises(DirectoryUnusable, match="cannot be read"):
        load_directory(tmp_path / "nowhere.yaml")


def test_the_sandboxs_credentials_are_read_and_never_quoted(tmp_path: Path) -> None:
    good = {"tax": {"token": "hidden", "key_id": "tax.1", "signing_key": KEY.to_pem()}}
    read = load_sandbox_credentials(write(tmp_path / "good.yaml", good))
    assert read["tax"].signing().id == "tax.1"
    assert "hidden" not in repr(read)
    for wrong in ({"tax": {"token": "hidden"}}, {"tax": {**good["tax"], "signing_key": "hidden"}}, ["hidden"], None):
        with pytest.raises(CredentialsUnusable) as refused:
            load_sandbox_credentials(write(tmp_path / "wrong.yaml", wrong))
        assert "hidden" not in str(refused.value)
