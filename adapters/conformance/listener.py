"""Where the department's callbacks arrive during a check: proves each, remembers it, and answers as it is told."""

import asyncio
import hashlib
import socket
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.conformance.heard import Heard
from security.signatures import SignatureRefused, verify
from security.signing_keys import VerificationKey

_LARGEST_BODY: Final = 1024 * 1024
MATERIAL: Final = b"%PDF-1.4\n% a material of the check, without any content\n%%EOF\n"
MATERIAL_DIGEST: Final = f"sha-256:{hashlib.sha256(MATERIAL).hexdigest()}"


@dataclass
class Listener:
    """Callbacks in the order in which they came; ``told`` are the next answers about a case, by its number."""

    key: VerificationKey | None
    url: str = ""
    callbacks: list[Heard] = field(default_factory=list)
    told: dict[str, list[int]] = field(default_factory=dict)
    _counted: set[str] = field(default_factory=set)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def of(self, case_no: str, kind: str = "decisions") -> list[Heard]:
        """What came about a case."""
        return [one for one in self.callbacks if one.kind == kind and one.named("case_no") == case_no]

    async def wait_for(self, case_no: str, count: int, seconds: float) -> list[Heard]:
        """What came about a case: as soon as it is so many, else what there is after so many seconds."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: len(self.of(case_no)) >= count)
        except TimeoutError:
            pass
        return self.of(case_no)

    async def take(self, request: Request) -> Response:
        """A decision or an act."""
        raw = await request.body()
        kind = request.url.path.rpartition("/")[2]
        refused, why = self._proved(request, raw)
        callback = Heard(kind, request.url.path, raw, time.monotonic(), 0, refused, why)
        told = self.told.get(callback.named("case_no"))
        status = told.pop(0) if told else 401 if refused else 413 if len(raw) > _LARGEST_BODY else 200
        async with self._changed:
            self.callbacks.append(Heard(kind, callback.path, raw, callback.at, status, refused, why))
            self._changed.notify_all()
        if status != 200:
            return JSONResponse({"code": refused or "told-to", "detail": why, "status": status}, status)
        number = callback.named("decision_id") or callback.named("act_id")
        outcome = "repeat" if number in self._counted else "counted"
        self._counted.add(number)
        return JSONResponse({"outcome": outcome})

    async def give_material(self, request: Request) -> Response:
        """The content of the one material that every submission of the check names."""
        refused, why = self._proved(request, b"")
        known = request.path_params["digest"] == MATERIAL_DIGEST
        status = 401 if refused else 200 if known else 404
        path = request.url.path
        self.callbacks.append(Heard("materials", path, b"", time.monotonic(), status, refused, why))
        if status != 200:
            code = refused or "unknown-content"
            return JSONResponse({"code": code, "detail": why, "status": status}, status)
        digest = b64encode(hashlib.sha256(MATERIAL).digest()).decode()
        return Response(MATERIAL, 200, {"Repr-Digest": f"sha-256=:{digest}:"}, media_type="application/pdf")

    def _proved(self, request: Request, raw: bytes) -> tuple[str, str]:
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace").partition("?")[0]
        url = path + (f"?{request.url.query}" if request.url.query else "")
        try:
            verify(request.method, url, request.headers.items(), raw, self._key_named)
        except SignatureRefused as refused:
            return refused.code, str(refused)
        return "", ""

    def _key_named(self, key_id: str) -> VerificationKey | None:
        return self.key if self.key is not None and self.key.id == key_id else None


@asynccontextmanager
async def open_listener(
    key: VerificationKey | None, host: str = "127.0.0.1", port: int = 0, public_url: str = ""
) -> AsyncIterator[Listener]:
    """A listener on this address (port 0: any free one). Raises OSError when the address cannot be used."""
    listener = Listener(key)
    app = Starlette(
        routes=[
            Route("/departments/{department}/decisions", listener.take, methods=["POST"]),
            Route("/departments/{department}/acts", listener.take, methods=["POST"]),
            Route(
                "/departments/{department}/cases/{case_no}/materials/{digest}",
                listener.give_material,
                methods=["GET"],
            ),
        ]
    )
    with socket.create_server((host, port)) as listening:
        # Else an answer waits for the other side's delayed acknowledgement, 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.url = public_url.rstrip("/") or f"http://{host}:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield listener
        finally:
            server.should_exit = True
            await serving
