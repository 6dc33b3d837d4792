"""Three small roles with real servers, as the product's are wired.

`python traced_city.py ROLE TEMPORAL_ADDRESS FOLDER` prints its port, or `ready`, on stdout and ends on SIGTERM.
"""

import asyncio
import logging
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker
from traced_workflow import EnterpriseExit

from observability import logs
from observability.correlation import bind
from observability.metrics_server import metrics_route
from observability.temporal import temporal_runtime
from observability.tracing import Tracing, setup

TASK_QUEUE = "traced"
log = logging.getLogger("city")


@activity.defn
async def submit(department: str) -> str:
    """Hand an item in; the answer is the trace the department was told."""
    log.info("submitting an item of 11010519491231002X")
    assert _client is not None
    answer = await _client.post(f"{department}/submissions?name=测试申请人甲", json={"phone": "13800138000"})
    return str(answer.json()["traceparent"])


_client: httpx.AsyncClient | None = None


def departments(tracing: Tracing) -> FastAPI:
    """Answers with the trace context that arrived."""
    app = FastAPI()

    @app.post("/submissions")
    async def take(request: Request) -> dict[str, str]:
        log.info("taken")
        return {"traceparent": request.headers.get("traceparent", "")}

    tracing.instrument_app(app)
    return app


def gateway(tracing: Tracing, temporal: Client) -> FastAPI:
    """Starts cases and takes decisions."""
    app = FastAPI()

    @app.post("/cases/{case_no}")
    async def open_case(case_no: str, request: Request) -> dict[str, Any]:
        with bind(case_no=case_no):
            log.info("opening the case", extra={"bundle": "enterprise-exit", "applicant": "测试申请人甲"})
            department = (await request.json())["department"]
            handle = await temporal.start_workflow("enterprise-exit", department, id=case_no, task_queue=TASK_QUEUE)
            return {"started": handle.id}

    @app.post("/cases/{case_no}/decisions")
    async def decide(case_no: str) -> dict[str, Any]:
        with bind(case_no=case_no):
            handle = temporal.get_workflow_handle(case_no)
            await handle.execute_update("decide")
            return {"arrived": await handle.result()}

    @app.get("/cases/{case_no}/panorama/stream")
    async def stream(case_no: str) -> dict[str, str]:
        return {"case_no": case_no}

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/broken")
    async def broken() -> None:
        raise ValueError("no such person: 测试申请人甲")

    app.router.routes.append(metrics_route())
    tracing.instrument_app(app)
    return app


async def serve(app: FastAPI) -> None:
    """Serve on a free port until SIGTERM."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    print(listening.getsockname()[1], flush=True)
    await server.serve(sockets=[listening])


async def main(role: str, address: str, folder: Path) -> None:
    """Run one role."""
    global _client
    logs.setup(role)
    tracing = setup(role, span_directory=folder)
    runtime = temporal_runtime() if role != "departments" else None
    with tracing:
        if role == "departments":
            await serve(departments(tracing))
            return
        temporal = await Client.connect(address, plugins=tracing.temporal_plugins(), runtime=runtime)
        if role == "gateway":
            await serve(gateway(tracing, temporal))
            return
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        async with httpx.AsyncClient() as _client:
            tracing.instrument_client(_client)
            # No cache: every workflow task replays the whole history, as after a crash.
            async with Worker(
                temporal,
                task_queue=TASK_QUEUE,
                workflows=[EnterpriseExit],
                activities=[submit],
                max_cached_workflows=0,
            ):
                print("ready", flush=True)
                await stopped.wait()


if __name__ == "__main__":
    # uvicorn raises the signal again once it has stopped; by then there must be a handler that lets the role end.
    signal.signal(signal.SIGTERM, lambda *_: None)
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
