"""HTTP message signatures (RFC 9421) with Ed25519, as the platform wants them. Nothing but `cryptography`.

Compare with the test vectors of the contract if you change anything: docs/department-api/signature-vectors.json.
"""

import base64
import hashlib
import time
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def read_key(file: Path) -> Ed25519PrivateKey:
    """The private key. Raises TypeError when it is of another kind."""
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{file} holds no Ed25519 key")
    return key


def signed_headers(method: str, url: str, content_type: str, body: bytes, key: Ed25519PrivateKey, key_id: str,
                   created: int | None = None) -> dict[str, str]:
    """The headers of a request: its type and digest, and the signature over them, the method and the path."""
    parts = urlsplit(url)
    lines = {"@method": method.upper(), "@path": parts.path or "/"}
    if parts.query:
        lines["@query"] = f"?{parts.query}"
    headers = {}
    if body:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers = {"Content-Type": content_type, "Content-Digest": f"sha-256=:{digest}:"}
        lines |= {"content-digest": headers["Content-Digest"], "content-type": content_type}
    names = " ".join(f'"{name}"' for name in lines)
    moment = int(time.time()) if created is None else created
    parameters = f'({names});created={moment};keyid="{key_id}";alg="ed25519"'
    base = "\n".join([*(f'"{name}": {value}' for name, value in lines.items()), f'"@signature-params": {parameters}'])
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return {**headers, "Signature-Input": f"sig1={parameters}", "Signature": f"sig1=:{signature}:"}
