"""Recorded histories: one compressed file for each branch of a case, its payloads in the clear.

They hold test data only, and what an applicant wrote is sealed in them under keys that no longer exist. What says where
they were recorded (who polled, stack traces) is left out: a replay does not look at it.
"""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.converter import PayloadCodec

from security.payload_codec import ENCODING

FOLDER = Path(__file__).parent
_ENDING = ".json.gz"
_WHERE_RECORDED = {"identity", "stackTrace"}


def names() -> list[str]:
    """The names of all recorded histories."""
    return sorted(file.name.removesuffix(_ENDING) for file in FOLDER.glob(f"*{_ENDING}"))


def text_of(name: str) -> str:
    """A recorded history as the text it is."""
    return gzip.decompress((FOLDER / f"{name}{_ENDING}").read_bytes()).decode()


def load(name: str) -> WorkflowHistory:
    """A recorded history, as a replayer takes it."""
    document = json.loads(text_of(name))
    return WorkflowHistory.from_json(document["workflow_id"], document["history"])


async def keep(name: str, history: WorkflowHistory, codec: PayloadCodec) -> int:
    """Write a history down; how many bytes that took. The same history gives the same bytes."""
    clear = await _in_the_clear(json.loads(history.to_json()), codec)
    text = json.dumps({"workflow_id": history.workflow_id, "history": clear}, ensure_ascii=False, separators=(",", ":"))
    data = gzip.compress(text.encode(), mtime=0)
    (FOLDER / f"{name}{_ENDING}").write_bytes(data)
    return len(data)


async def _in_the_clear(node: Any, codec: PayloadCodec) -> Any:
    """The same document with every encrypted payload decrypted, wherever it stands (markers hold some as well)."""
    if isinstance(node, list):
        return [await _in_the_clear(part, codec) for part in node]
    if not isinstance(node, dict):
        return node
    if _is_encrypted(node):
        payload = (await codec.decode([json_format.ParseDict(node, Payload())]))[0]
        return _without_traces(json_format.MessageToDict(payload))
    return {name: await _in_the_clear(part, codec) for name, part in node.items() if name not in _WHERE_RECORDED}


def _without_traces(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload without the stack trace that the encoded attributes of a failure hold."""
    content = base64.b64decode(payload.get("data", ""))
    if b'"stack_trace"' not in content:
        return payload
    attributes = {**json.loads(content), "stack_trace": ""}
    return {**payload, "data": base64.b64encode(json.dumps(attributes).encode()).decode()}


def _is_encrypted(node: dict[str, Any]) -> bool:
    metadata = node.get("metadata")
    encoding = metadata.get("encoding", "") if isinstance(metadata, dict) else ""
    return isinstance(encoding, str) and base64.b64decode(encoding or b"") == ENCODING
