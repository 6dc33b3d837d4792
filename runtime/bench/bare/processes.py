"""The two bare processes: a worker with two activities, and a gateway with two doors."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio import activity
from temporalio.client import Client
from temporalio.service import GrpcCompression
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from adapters.configuration.connection import DepartmentConnection
from adapters.http_push import HttpPushSettings, open_client
from observability.temporal import temporal_runtime
from runtime.bench.bare import workflow as bare
from runtime.process import settle
from runtime.settings import Settings
from runtime.wiring import known_departments

TASK_QUEUE = "bench-bare"
PORT_VARIABLE = "BENCH_PORT"


async def connect(settings: Settings) -> Client:
    """A client with the SDK's own data converter: nothing is encrypted."""
    return await Client.connect(
        settings.temporal_address or "",
        namespace=settings.temporal_namespace,
        grpc_compression=GrpcCompression.NONE,
        runtime=temporal_runtime(),
    )


class BareActivities:
    """Submits and looks up over HTTP, with the same connections as ours."""

    def __init__(self, departments: Mapping[str, DepartmentConnection], gateway_url: str) -> None:
        self._departments = departments
        self._gateway_url = gateway_url
        self._clients = {
            code: open_client(HttpPushSettings.model_validate({"endpoint": known.url, "credential": known.token}))
            for code, known in departments.items()
        }

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()

    @activity.defn(name=bare.SUBMIT)
    async def submit(self, asked: dict[str, Any]) -> str:
        """Submit one item; what it was taken under."""
        department = asked["department"]
        key = f"{asked['case_no']}:{asked['item']}:1"
        answer = await self._post(
            department,
            "submissions",
            {
                "key": key,
                "case_no": asked["case_no"],
                "item": asked["item"],
                "attempt": 1,
                "department": department,
                "fields": asked["fields"],
                "materials": asked["materials"],
                "callback_url": f"{self._gateway_url}/departments/{department}/decisions",
                "requested_at": asked["at"],
            },
            {"Idempotency-Key": key},
        )
        return str(answer["reference"])

    @activity.defn(name=bare.LOOK_UP)
    async def look_up(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The fields that a department holds, as form fields."""
        found = await self._post(
            asked["department"],
            f"datasets/{asked['dataset']}/lookups",
            {
                "subject": {asked["about"]: asked["by"]},
                "purpose": {"case_no": asked["case_no"], "basis": "bench"},
            },
        )
        return {ours: found["fields"][theirs] for ours, theirs in asked["fields"].items() if theirs in found["fields"]}

    async def _post(
        self, department: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        known = self._departments[department]
        answer = await self._clients[department].post(
            f"{str(known.url).rstrip('/')}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {known.token.get_secret_value()}", **(headers or {})},
        )
        answer.raise_for_status()
        return dict(answer.json())


async def work(settings: Settings) -> None:
    """Be the bare worker until SIGTERM."""
    client = await connect(settings)
    activities = BareActivities(
        known_departments(settings).departments, f"http://127.0.0.1:{os.environ[PORT_VARIABLE]}"
    )
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[bare.BareExit, bare.BareListener],
        activities=[activities.submit, activities.look_up],
        workflow_runner=UnsandboxedWorkflowRunner(),
        max_concurrent_activities=200,
        max_concurrent_workflow_tasks=100,
        max_cached_workflows=2000,
        max_eager_activity_reservations_per_workflow_task=10,
    ):
        await stopping.wait()
    await activities.close()


def gateway(settings: Settings) -> Starlette:
    """Two doors: apply, and decide."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.temporal = await connect(settings)
        yield

    async def apply(request: Request) -> Response:
        case = json.loads(await request.body())
        client: Client = request.app.state.temporal
        await client.start_workflow(bare.WORKFLOW, case, id=case["case_no"], task_queue=TASK_QUEUE)
        return JSONResponse({"case_no": case["case_no"]}, 201)

    async def decide(request: Request) -> Response:
        decision = json.loads(await request.body())
        client: Client = request.app.state.temporal
        outcome = await client.get_workflow_handle(decision["case_no"]).execute_update(bare.DECIDE, decision)
        return JSONResponse({"outcome": outcome})

    async def ready(_: Request) -> Response:
        return JSONResponse({})

    return Starlette(
        routes=[
            Route("/cases", apply, methods=["POST"]),
            Route("/departments/{department}/decisions", decide, methods=["POST"]),
            Route("/ready", ready),
        ],
        lifespan=lifespan,
    )


def serve(settings: Settings) -> None:
    """Be the bare gateway until SIGTERM."""
    settle()
    uvicorn.run(gateway(settings), host="127.0.0.1", port=int(os.environ[PORT_VARIABLE]), log_level="warning")
