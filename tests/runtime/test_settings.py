"""Settings: complete for a role, or every fault at once in words that name the variable and the way out."""

import os
from pathlib import Path

import pytest

from runtime.settings import PREFIX, SECRETS_DIR_VARIABLE, Role, Settings
from runtime.settings_loading import SettingsFault, describe_settings, load_settings
from security.keys import MasterKeyRing

KEY = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def faults(*roles: Role) -> dict[str, str]:
    with pytest.raises(SettingsFault) as refused:
        load_settings(*roles)
    return {fault.variable: str(fault) for fault in refused.value.faults}


def test_without_a_role_nothing_is_needed() -> None:
    settings = load_settings()
    assert settings.gateway_url == "http://127.0.0.1:8080"
    assert settings.city_code == "4419"


@pytest.mark.parametrize("role", list(Role))
def test_every_missing_setting_of_a_role_is_named_at_once_with_an_example(role: Role) -> None:
    needed = {described.variable for described in describe_settings() if role.value in described.needed_by}
    if not needed:
        load_settings(role)
        return
    found = faults(role)
    assert needed <= set(found)
    for variable, text in found.items():
        assert f"for example {variable}=" in text


def test_no_secret_has_a_default() -> None:
    secret = [described for described in describe_settings() if described.secret]
    assert {"ONETHING_MASTER_KEYS", "ONETHING_PAYLOAD_KEYS", "ONETHING_DATABASE_URL", "ONETHING_TEMPORAL_API_KEY"} <= {
        described.variable for described in secret
    }
    assert all(described.default is None for described in secret)


def test_every_setting_is_described_with_an_example() -> None:
    for described in describe_settings():
        assert described.meaning.endswith("."), described.variable
        assert described.example, described.variable


def test_the_gateway_needs_the_issuers_keys_one_way_or_the_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "ONETHING_OIDC_JWKS_URL" in faults(Role.GATEWAY)
    (tmp_path / "keys.json").write_text("{}")
    monkeypatch.setenv("ONETHING_OIDC_JWKS_FILE", str(tmp_path / "keys.json"))
    assert "ONETHING_OIDC_JWKS_URL" not in faults(Role.GATEWAY)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("ONETHING_TEMPORAL_ADDRESS", "temporal", "is not host:port ('temporal')"),
        ("ONETHING_GATEWAY_PORT", "99999", "('99999')"),
        ("ONETHING_GATEWAY_PORT", "http", "('http')"),
        ("ONETHING_CITY_CODE", "Dongguan", "('Dongguan')"),
        ("ONETHING_DATABASE_URL", "mysql://user:hidden@db/x", "is not a PostgreSQL URL"),
        ("ONETHING_MASTER_KEYS", "hidden", "must be written id:base64"),
        ("ONETHING_PAYLOAD_KEYS", "p1:aGlkZGVu", "instead of 32"),
        ("ONETHING_RECEIPT_KEYS", "hidden", "must be written id:base64"),
        ("ONETHING_RECEIPT_KEYS", "r1:hidden", "'r1' cannot be read"),
        ("ONETHING_RECORD_MAC_KEY", "hidden!", "is not base64"),
        ("ONETHING_RECORD_MAC_KEY", "aGlkZGVu", "shorter than 32 bytes"),
        ("ONETHING_CRYPTO_SUITE", "rot13", "choose one of: international"),
        ("ONETHING_DEPARTMENT_DIRECTORY", "/nowhere", "No such file"),
        ("ONETHING_LOG_LEVEL", "loud", "('loud')"),
        ("ONETHING_TEMPORAL_ADRESS", "t:7233", "did you mean ONETHING_TEMPORAL_ADDRESS?"),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(variable, value)
    text = faults()[variable]
    assert expected in text
    assert "hidden" not in text
    assert "aGlkZGVu" not in text


def test_a_certificate_needs_its_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "certificate.pem").write_text("-")
    monkeypatch.setenv("ONETHING_TEMPORAL_TLS_CERTIFICATE", str(tmp_path / "certificate.pem"))
    assert "ONETHING_TEMPORAL_TLS_CERTIFICATE is" in faults()["ONETHING_TEMPORAL_TLS_KEY"]


def test_wrong_and_missing_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETHING_GATEWAY_PORT", "0")
    monkeypatch.setenv("ONETHING_OIDC_ISUER", "x")
    assert {"ONETHING_GATEWAY_PORT", "ONETHING_DATABASE_URL", "ONETHING_OIDC_ISUER"} <= set(faults(Role.GATEWAY))


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETHING_DATABASE_URL", "")
    assert "is not set" in faults(Role.MIGRATE)["ONETHING_DATABASE_URL"]


def test_secrets_come_from_a_folder_and_stay_out_of_sight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ring = MasterKeyRing.generate("m7")
    (tmp_path / "onething_master_keys").write_text(ring.to_setting())
    (tmp_path / "onething_record_mac_key").write_text(KEY + "\n")
    (tmp_path / "onething_database_url").write_text("postgresql://u:hidden@127.0.0.1:1/x\n")
    monkeypatch.setenv(SECRETS_DIR_VARIABLE, str(tmp_path))
    settings = load_settings(Role.VERIFY)
    assert settings.master_key_ring().current() == ring.current()
    assert len(settings.record_mac_key_bytes()) == 32
    assert settings.database_address().endswith("/x")
    assert "hidden" not in repr(settings)
    assert KEY not in repr(settings)


def test_a_missing_secrets_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRETS_DIR_VARIABLE, "/nowhere")
    assert "/nowhere" in faults()[SECRETS_DIR_VARIABLE]


def test_tls_follows_from_what_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load_settings().uses_tls
    monkeypatch.setenv("ONETHING_TEMPORAL_API_KEY", "secret")
    assert load_settings().uses_tls


def test_fields_and_variables_are_one() -> None:
    assert [described.variable for described in describe_settings()] == [
        f"{PREFIX}{name.upper()}" for name in Settings.model_fields
    ]
