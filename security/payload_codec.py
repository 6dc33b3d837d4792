"""Encryption of everything that Temporal stores: arguments, results, updates, queries, failures, summaries.

Workflow ids, search attributes, activity ids and the type of an ApplicationError stay readable: no personal data there.
"""

import dataclasses
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter, pydantic_data_converter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from .errors import SecurityError
from .keys import MasterKeyRing
from .suites import SealBroken, suite

ENCODING: Final = b"binary/encrypted"
_KEY_ID: Final = "encryption-key-id"
_SUITE: Final = "encryption-suite"
_SALT: Final = "encryption-salt"
_SALT_SIZE: Final = 16
# A quarter of what random nonces allow under one key (see the suite); then the codec draws a new salt.
_SEALS_PER_SALT: Final = 2**30


class PayloadNotEncrypted(SecurityError):
    """A payload reached us in the clear, so that it was not written by this system."""

    code = "payload-not-encrypted"


class EncryptingCodec(PayloadCodec):
    """Seals each payload under a key derived from the current master key; opens those of every key in the ring.

    Each codec draws its own salt and derives its key from it: many busy processes share one master key without
    coming near the number of random nonces that one key allows.
    """

    def __init__(self, master_keys: MasterKeyRing) -> None:
        self._master_keys = master_keys
        self._seals = 0
        # Bound to this codec, so that the derived keys go when the codec goes.
        self._payload_key = lru_cache(maxsize=256)(self._derive)
        self._renew_salt()

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal each payload, its metadata included."""
        return [self._seal(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open each payload. Raises PayloadNotEncrypted, MasterKeyUnknown, UnknownSuite, SealBroken."""
        return [self._open(payload) for payload in payloads]

    def _seal(self, payload: Payload) -> Payload:
        if self._seals >= _SEALS_PER_SALT:
            self._renew_salt()
        self._seals += 1
        sealed = self._master_keys.suite.seal(self._key, payload.SerializeToString(), ENCODING)
        return Payload(metadata=self._metadata, data=sealed)

    def _open(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            raise PayloadNotEncrypted(
                "a payload is not encrypted; every client and worker must use this data converter"
            )
        suite_name = payload.metadata.get(_SUITE, b"").decode(errors="replace")
        key_id = payload.metadata.get(_KEY_ID, b"").decode(errors="replace")
        key = self._payload_key(suite_name, key_id, payload.metadata.get(_SALT, b""))
        try:
            return Payload.FromString(suite(suite_name).open(key, payload.data, ENCODING))
        except DecodeError as error:
            raise SealBroken("a payload opened, but holds no payload") from error

    def _renew_salt(self) -> None:
        key_id = self._master_keys.current_id
        salt = os.urandom(_SALT_SIZE)
        self._seals = 0
        self._key = self._payload_key(self._master_keys.suite_name, key_id, salt)
        self._metadata = {
            "encoding": ENCODING,
            _SUITE: self._master_keys.suite_name.encode(),
            _KEY_ID: key_id.encode(),
            _SALT: salt,
        }

    def _derive(self, suite_name: str, key_id: str, salt: bytes) -> bytes:
        return suite(suite_name).derive_key(self._master_keys.by_id(key_id), b"temporal-payload:" + salt)


class PydanticOnce(CompositePayloadConverter):
    """Temporal's converter for pydantic models, with what it has learned of each model kept over all its instances.

    The SDK makes a new one for every activation of every workflow.
    """

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)


_CONVERTERS: Final = tuple(PydanticPayloadConverter().converters.values())


def data_converter(master_keys: MasterKeyRing) -> DataConverter:
    """Pydantic models as JSON, encrypted; messages and stack traces of failures as well."""
    return dataclasses.replace(
        pydantic_data_converter,
        payload_converter_class=PydanticOnce,
        payload_codec=EncryptingCodec(master_keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
