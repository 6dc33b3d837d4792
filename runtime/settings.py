"""Every setting of the product: environment variables `ONETHING_…` with their meaning, an example and who needs them.

`settings_loading.load_settings` reads them for one role; documentation and `onething settings` come from this module.
No secret has a default: the embedded city makes its own, everybody else has to set them.
"""

from __future__ import annotations

import base64
import binascii
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, HttpUrl, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from security.attestations import AttestationKeys
from security.errors import SecurityError
from security.keys import MasterKeyRing
from security.suites import DEFAULT_SUITE, suite

PREFIX = "ONETHING_"
SECRETS_DIR_VARIABLE = f"{PREFIX}SECRETS_DIR"
"""A folder with one file per secret, named like the variable in lower case (Docker and Kubernetes secrets)."""


class Role(StrEnum):
    """The processes and jobs that read settings."""

    GATEWAY = "serve"
    WORKER = "worker"
    DEPARTMENTS = "departments"
    MIGRATE = "migrate"
    ERASE = "case erase"
    VERIFY = "verify"
    CALENDAR = "calendar"
    ROTATE = "keys rotate"


_TEMPORAL_ROLES = (Role.GATEWAY, Role.WORKER)
_DATABASE_ROLES = (Role.GATEWAY, Role.WORKER, Role.MIGRATE, Role.ERASE, Role.VERIFY, Role.ROTATE, Role.CALENDAR)


def _setting(default: Any, meaning: str, example: str, needed_by: tuple[Role, ...] = ()) -> Any:
    """A field with what the documentation and the faults say of it."""
    return Field(
        default,
        description=meaning,
        examples=[example],
        json_schema_extra={"needed_by": [role.value for role in needed_by]},
    )


def _postgresql(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("is not a PostgreSQL URL")
    return url


def _host_and_port(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("is not host:port")
    return address


def _readable_file(file: Path) -> Path:
    try:
        with file.open("rb"):
            return file
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def _readable_folder(folder: Path) -> Path:
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    return folder


Port = Annotated[int, Field(ge=1, le=65535)]
ReadableFile = Annotated[Path, AfterValidator(_readable_file)]
ReadableFolder = Annotated[Path, AfterValidator(_readable_folder)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_postgresql)]
Address = Annotated[str, AfterValidator(_host_and_port)]


class Settings(BaseSettings):
    """The settings of one process. Each field's variable is `ONETHING_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, validate_default=False
    )

    # --- Temporal ---
    temporal_address: Address | None = _setting(
        None, "Temporal server, host:port.", "temporal.example.org:7233", _TEMPORAL_ROLES
    )
    temporal_namespace: str = _setting("default", "Temporal namespace.", "onething")
    temporal_task_queue: str = _setting(
        "onething", "Task queue shared by gateway and workers; its name is the prefix of further queues.", "onething"
    )
    temporal_tls: bool = _setting(
        False, "Encrypt the connection to Temporal; implied by a certificate or an API key.", "true"
    )
    temporal_tls_certificate: ReadableFile | None = _setting(
        None, "PEM file of our client certificate for Temporal (mutual TLS).", "/run/secrets/temporal.crt"
    )
    temporal_tls_key: ReadableFile | None = _setting(
        None, "PEM file of the private key of that certificate.", "/run/secrets/temporal.key"
    )
    temporal_tls_authority: ReadableFile | None = _setting(
        None, "PEM file of the authority that signed Temporal's certificate, when it is a private one.", "/etc/ca.pem"
    )
    temporal_tls_server_name: str | None = _setting(
        None, "Name in Temporal's certificate, when it differs from the address.", "temporal.internal"
    )
    temporal_api_key: SecretStr | None = _setting(None, "API key for Temporal.", "(the key)")

    # --- the record ---
    database_url: DatabaseUrl | None = _setting(
        None,
        "PostgreSQL of the record and the read models, with user and password.",
        "postgresql://onething:…@db.example.org:5432/onething",
        _DATABASE_ROLES,
    )
    database_pool_size: Annotated[int, Field(ge=1, le=200)] = _setting(
        10, "Most database connections that one process opens.", "20"
    )

    # --- cryptography ---
    crypto_suite: str = _setting(DEFAULT_SUITE, "Name of the crypto suite for everything new.", DEFAULT_SUITE)
    master_keys: SecretStr | None = _setting(
        None,
        "Keys that wrap the cases' own keys: id:base64, several by comma, the current one first.",
        "m1:… from `openssl rand -base64 32`",
        (Role.GATEWAY, Role.WORKER, Role.ROTATE),
    )
    payload_keys: SecretStr | None = _setting(
        None,
        "Keys for everything that Temporal stores: id:base64, several by comma, the current one first.",
        "p1:… from `openssl rand -base64 32`",
        (Role.GATEWAY, Role.WORKER),
    )
    record_mac_key: SecretStr | None = _setting(
        None,
        "Key, in base64, that authenticates the head of each case's record, so that a cut tail is noticed, and notes "
        "beside exchanged batches.",
        "… from `openssl rand -base64 32`",
        (Role.GATEWAY, Role.WORKER, Role.ERASE, Role.VERIFY),
    )

    receipt_keys: SecretStr | None = _setting(
        None,
        "Keys that sign receipts of hand-in: id:key, several by comma, the current one first; a key is the text "
        "between the marker lines of its PEM, on one line, and of a retired key the public half is enough.",
        "r1:… as `onething new-deployment` makes it",
        (Role.GATEWAY,),
    )

    # --- who may do what ---
    oidc_issuer: str | None = _setting(
        None, "Issuer (`iss`) of the tokens that are accepted.", "https://id.example.org/realms/city", (Role.GATEWAY,)
    )
    oidc_audience: str = _setting("onething", "Audience (`aud`) that a token must name.", "onething")
    oidc_roles_claim: str = _setting(
        "roles", "Where a token names roles, as a dotted path into its claims.", "realm_access.roles"
    )
    oidc_departments_claim: str = _setting(
        "departments", "Where an officer's token names departments, as a dotted path.", "departments"
    )
    oidc_identity_claim: str = _setting(
        "identity_number",
        "Where a token holds the identity number or credit code that the issuer has verified, as a dotted path.",
        "verified.identity_number",
    )
    oidc_jwks_url: HttpUrl | None = _setting(
        None, "Where the issuer publishes its keys; this or ONETHING_OIDC_JWKS_FILE.", "https://id.example.org/jwks"
    )
    oidc_jwks_file: ReadableFile | None = _setting(
        None, "The issuer's public keys as a file (JWKS), instead of a URL.", "/etc/onething/jwks.json"
    )

    # --- the gateway ---
    gateway_host: str = _setting("127.0.0.1", "Address the gateway listens on.", "0.0.0.0")  # noqa: S104 - an example
    gateway_port: Port = _setting(8080, "Port the gateway listens on.", "8080")
    metrics_host: str = _setting("127.0.0.1", "Address of the gateway's /metrics.", "0.0.0.0")  # noqa: S104
    metrics_port: Port | None = _setting(
        None, "Port of the gateway's /metrics, which its public port does not serve; none when unset.", "8082"
    )
    public_url: HttpUrl | None = _setting(
        None, "The gateway's address as applicants see it; by default host and port.", "https://onething.example.org"
    )
    callback_url: HttpUrl | None = _setting(
        None, "The gateway's address as departments see it; by default the public one.", "http://gateway:8080"
    )
    token: SecretStr | None = _setting(
        None, "Token with which `onething case …` asks the gateway of ONETHING_PUBLIC_URL.", "(a token of the issuer)"
    )

    # --- workers ---
    worker_host: str = _setting("127.0.0.1", "Address of the worker's /ready and /metrics.", "0.0.0.0")  # noqa: S104
    worker_port: Port | None = _setting(None, "Port of the worker's /ready and /metrics; none when unset.", "8081")
    worker_sandboxed: bool = _setting(
        False, "Run workflow code in Temporal's sandbox, which refuses what is not deterministic; costs time.", "true"
    )
    worker_graceful_seconds: Annotated[float, Field(gt=0, le=600)] = _setting(
        10.0, "Seconds that running activities get to end when a worker stops.", "10"
    )

    # --- materials ---
    largest_material_megabytes: Annotated[int, Field(ge=1, le=100)] = _setting(
        10, "Most megabytes of one uploaded material.", "10"
    )
    draft_hours: Annotated[float, Field(gt=0, le=720)] = _setting(
        24.0, "Hours after which what was uploaded and never handed in is deleted.", "24"
    )

    # --- departments ---
    department_directory: ReadableFile | None = _setting(
        None,
        "YAML file of the departments: kind, address, credential by reference, public keys; read anew when it changes.",
        "/etc/onething/departments.yaml",
        (Role.GATEWAY, Role.WORKER),
    )

    department_timeout_seconds: Annotated[float, Field(gt=0, le=120)] = _setting(
        5.0, "Seconds after which a department's answer counts as unknown, where its entry says nothing else.", "5"
    )

    # --- the city ---
    city_code: Annotated[str, Field(pattern=r"^\d{4}$")] = _setting(
        "4419", "Four digits that begin every case number of this city.", "4419"
    )
    bundle_directory: ReadableFolder | None = _setting(
        None,
        "Folder of further bundles (YAML); one with the id of a shipped bundle takes its place.",
        "/etc/onething/bundles",
    )

    # --- sandbox departments ---
    sandbox_host: str = _setting("127.0.0.1", "Address the sandbox departments listen on.", "0.0.0.0")  # noqa: S104
    sandbox_port: Port = _setting(8090, "Port the sandbox departments listen on.", "8090")
    sandbox_seed: int = _setting(1, "Seed of everything that is drawn by lot in the sandbox.", "1")
    sandbox_database: Path | None = _setting(
        None,
        "File that keeps what the sandbox departments were told.",
        "/var/lib/onething/sandbox.db",
        (Role.DEPARTMENTS,),
    )
    sandbox_decision_seconds: Annotated[float, Field(ge=0)] = _setting(
        0.3, "About how many seconds a sandbox department takes for a decision.", "0.3"
    )
    sandbox_control_token: SecretStr | None = _setting(
        None,
        "Token that allows to switch how the sandbox departments behave.",
        "… from `openssl rand -hex 32`",
        (Role.DEPARTMENTS,),
    )
    sandbox_credentials: ReadableFile | None = _setting(
        None,
        "YAML file with each sandbox department's accepted token and private signing key.",
        "/run/secrets/sandbox.yaml",
        (Role.DEPARTMENTS,),
    )

    # --- seeing what happens ---
    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "Least level that is logged.", "info")
    otlp_endpoint: HttpUrl | None = _setting(
        None, "OpenTelemetry collector (OTLP over HTTP); without it nothing is sent.", "http://otel-collector:4318"
    )

    span_directory: Path | None = _setting(
        None, "Folder for spans as JSON lines, one file per role; the embedded city sets it.", "/var/log/onething/spans"
    )

    # --- the embedded city ---
    time_can_be_skipped: bool = _setting(
        False, "Days of waiting may be fast-forwarded, and pages say that departments are simulated.", "true"
    )
    data_dir: Path | None = _setting(
        None, "Folder of the embedded city; by default .onething here, for root one in /var/tmp.", "/srv/onething"
    )

    @field_validator("crypto_suite")
    @classmethod
    def _known_suite(cls, name: str) -> str:
        try:
            return suite(name).name
        except SecurityError as error:
            raise ValueError(str(error)) from None

    @field_validator("master_keys", "payload_keys")
    @classmethod
    def _a_key_ring(cls, ring: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        try:
            if ring is not None:
                _ring(ring, info.data.get("crypto_suite", DEFAULT_SUITE))
        except SecurityError as error:
            raise ValueError(str(error)) from None
        return ring

    @field_validator("receipt_keys")
    @classmethod
    def _attestation_keys(cls, keys: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        try:
            if keys is not None:
                AttestationKeys.from_setting(keys.get_secret_value(), info.data.get("crypto_suite", DEFAULT_SUITE))
        except SecurityError as error:
            raise ValueError(str(error)) from None
        return keys

    @field_validator("record_mac_key")
    @classmethod
    def _a_key(cls, key: SecretStr | None) -> SecretStr | None:
        try:
            if key is not None and len(base64.b64decode(key.get_secret_value(), validate=True)) < 32:
                raise ValueError("is shorter than 32 bytes")
        except binascii.Error:
            raise ValueError("is not base64") from None
        return key

    @property
    def gateway_url(self) -> str:
        """The gateway as applicants see it, without a slash at the end."""
        return str(self.public_url or f"http://{self.gateway_host}:{self.gateway_port}").rstrip("/")

    @property
    def gateway_url_for_departments(self) -> str:
        """The gateway as departments see it, without a slash at the end."""
        return str(self.callback_url or self.gateway_url).rstrip("/")

    @property
    def uses_tls(self) -> bool:
        """Whether the connection to Temporal is encrypted."""
        return self.temporal_tls or any(
            (self.temporal_tls_certificate, self.temporal_tls_authority, self.temporal_api_key)
        )

    def master_key_ring(self) -> MasterKeyRing:
        """The keys that wrap case keys. Errors: `MasterKeySettingInvalid` when none is set."""
        return _ring(self.master_keys, self.crypto_suite)

    def payload_key_ring(self) -> MasterKeyRing:
        """The keys of the payload codec. Errors: `MasterKeySettingInvalid` when none is set."""
        return _ring(self.payload_keys, self.crypto_suite)

    def receipt_key_ring(self) -> AttestationKeys:
        """The keys of receipts. Errors: `AttestationKeysInvalid` when none is set."""
        keys = "" if self.receipt_keys is None else self.receipt_keys.get_secret_value()
        return AttestationKeys.from_setting(keys, self.crypto_suite)

    def database_address(self) -> str:
        """The database's URL with its password: not for logs. Errors: `ValueError` when it is not set."""
        if self.database_url is None:
            raise ValueError(f"{PREFIX}DATABASE_URL is not set")
        return self.database_url.get_secret_value()

    def record_mac_key_bytes(self) -> bytes:
        """The key of the record's heads. Errors: `ValueError` when it is not set."""
        if self.record_mac_key is None:
            raise ValueError(f"{PREFIX}RECORD_MAC_KEY is not set")
        return base64.b64decode(self.record_mac_key.get_secret_value())


def _ring(keys: SecretStr | None, suite_name: str) -> MasterKeyRing:
    return MasterKeyRing.from_setting("" if keys is None else keys.get_secret_value(), suite_name)
