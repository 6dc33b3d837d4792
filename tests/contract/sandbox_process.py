"""The sandbox city as a process of its own, so that it can be killed; run as a script it serves until it is ended."""

import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr

from adapters.configuration.connection import DepartmentConnection
from adapters.configuration.entry import DepartmentEntry
from adapters.sandbox.application import create_app
from adapters.sandbox.callbacks import Sign
from adapters.sandbox.departments import DESCRIBED
from adapters.sandbox.settings import KnownItem, SandboxSettings
from runtime.embedded.ports import RememberedPorts
from security.signatures import sign
from security.signing_keys import SigningKey

CONTROL_TOKEN = "control-of-the-sandbox"
SEED = 7
NOTICE = KnownItem(department="market-regulation", item="general-notice", notice=True)


def credential_of(department: str) -> str:
    return f"credential-of-{department}"


def signers(keys: Mapping[str, SigningKey]) -> dict[str, Sign]:
    return {department: partial(_sign, keys[department]) for department in DESCRIBED}


def _sign(key: SigningKey, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
    return sign(method, url, headers, body, key)


def settings(database: str) -> SandboxSettings:
    return SandboxSettings(
        database=database,
        seed=SEED,
        control_token=SecretStr(CONTROL_TOKEN),
        credentials={department: SecretStr(credential_of(department)) for department in DESCRIBED},
        items=(NOTICE,),
        decision_seconds=0.05,
        repeat_first_seconds=0.05,
        repeat_longest_seconds=0.2,
    )


class SandboxProcess:
    """Starts, kills and restarts the city on one port with one database."""

    def __init__(self, database: Path, keys: Mapping[str, SigningKey]) -> None:
        self._port = RememberedPorts(database.with_suffix(".ports")).claim("departments")
        self._told = {"database": str(database), "port": self._port, "keys": {c: k.to_pem() for c, k in keys.items()}}
        self._process: asyncio.subprocess.Process | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def connection(self, department: str, **entry: Any) -> DepartmentConnection:
        """How one of its departments is reached; ``entry`` says more of it, as the directory's file would."""
        written = {"url": f"{self.url}/{department}", "time_outs": {"answer_seconds": 10}, **entry}
        return DepartmentConnection(
            department, DepartmentEntry.model_validate(written), SecretStr(credential_of(department)), Path()
        )

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.contract.sandbox_process", stdin=asyncio.subprocess.PIPE
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(self._told).encode())
        self._process.stdin.write_eof()
        async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as client:
            while not await self._answers(client):
                assert self._process.returncode is None, "the sandbox ended at its start"
                await asyncio.sleep(0.02)

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/health")).status_code == 200
        except httpx.TransportError:
            return False

    async def kill(self) -> None:
        """End it without any chance to tidy up."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """End it in good order; returns its exit code."""
        return await self._end(signal.SIGINT)

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return await self._process.wait()


def _serve() -> None:
    told = json.load(sys.stdin)
    keys = {code: SigningKey.from_pem(f"{code}.1", pem) for code, pem in told["keys"].items()}
    app = create_app(settings(told["database"]), signers(keys))
    # Dropped connections are what this server is for: they are no news worth a line.
    uvicorn.run(app, host="127.0.0.1", port=told["port"], log_level="critical", access_log=False)


if __name__ == "__main__":
    _serve()
