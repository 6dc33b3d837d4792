"""An SFTP server as the directory names it: where, as whom, and by which keys it is known to be the right one."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, Strict, StringConstraints, model_validator

from adapters.configuration.credentials import CredentialReference
from adapters.configuration.values import require_one
from one_things.model import Record
from one_things.text import Text
from one_things.yaml_words import mistake

_SSH_PORT: Final = 22


def _readable(written: str) -> str:
    import asyncssh  # here, for whoever reads a directory without such a department need not wait for it

    if "PRIVATE KEY" in written:
        raise mistake(
            "private-key-in-file",
            Text(zh="这是私钥。", en="this is a private key."),
            Text(
                zh="请填写服务器的公钥，并更换这对密钥。",
                en="Write down the server's public key; and replace the pair.",
            ),
        )
    try:
        asyncssh.import_public_key(written)
    except asyncssh.KeyImportError:
        raise mistake(
            "host-key-unreadable",
            Text(zh="主机公钥无法读取。", en="the host key cannot be read."),
            Text(
                zh="请填写 ssh-keyscan 所示的类型和公钥，不含主机名，例如 ssh-ed25519 AAAA…；并向部门核对。",
                en="Write type and key as ssh-keyscan prints them, without the name: ssh-ed25519 AAAA…; and have the "
                "department confirm it on another way.",
            ),
        ) from None
    return written


def _at_least_one(written: tuple[str, ...]) -> tuple[str, ...]:
    if not written:
        raise mistake(
            "host-keys-missing",
            Text(zh="没有主机公钥。", en="no host key is named."),
            Text(zh="请填写 ssh-keyscan 所示的公钥。", en="Write down what ssh-keyscan prints, and have it confirmed."),
        )
    return written


HostKey = Annotated[str, StringConstraints(min_length=1, max_length=10_000), AfterValidator(_readable)]


class Sftp(Record):
    """The folders of a `Folder` lie on this server, as its user sees them."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")]
    port: Annotated[int, Strict(), Field(ge=1, le=65_535)] = _SSH_PORT
    user: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    # Not by min_length: pydantic then calls a list of unreadable keys an empty one as well.
    host_keys: Annotated[
        tuple[HostKey, ...], Field(max_length=10, json_schema_extra={"minItems": 1}), AfterValidator(_at_least_one)
    ]
    """By one of these the server is known; several while it changes its key."""
    key: CredentialReference | None = None
    """Our private key, as OpenSSH or OpenSSL writes it, without a passphrase."""
    password: CredentialReference | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        require_one(
            "sftp-credential-unclear",
            (self.key, self.password),
            Text(zh="须写明密钥或密码之一。", en="it names neither a key nor a password, or both."),
            Text(zh="请写 key（优先）或 password。", en="Name key, which is better, or password."),
        )
        return self
