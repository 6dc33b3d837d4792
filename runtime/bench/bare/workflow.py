"""The bare workflow: every item as soon as its predecessors are decided; submit, wait for the decision, go on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow

from runtime.bench.bare.shape import Shape, ShapeItem, load_shape

WORKFLOW = "bare-exit"
LISTENER = "bare-listener"
DECIDE = "decide"
SUBMIT = "bare-submit"
LOOK_UP = "bare-look-up"
_PATIENCE = timedelta(seconds=15)


class Loaded:
    """The errand, once per process."""

    shape: Shape | None = None

    @classmethod
    def get(cls) -> Shape:
        """Read it with the first case."""
        if cls.shape is None:
            cls.shape = load_shape()
        return cls.shape


@workflow.defn(name=WORKFLOW)
class BareExit:
    """One errand without anything around it."""

    def __init__(self) -> None:
        self._shape = Loaded.get()
        self._decided: dict[str, asyncio.Future[None]] = {
            item: asyncio.get_running_loop().create_future() for item in self._shape["items"]
        }
        self._facts: dict[str, asyncio.Task[dict[str, Any]]] = {}

    @workflow.run
    async def run(self, case: dict[str, Any]) -> str:
        """Carry it out; the result says that it ended."""
        await asyncio.gather(*(self._item(case, item, planned) for item, planned in self._shape["items"].items()))
        return "completed"

    @workflow.update(name=DECIDE)
    def decide(self, decision: dict[str, Any]) -> str:
        """A department's decision."""
        waiting = self._decided[decision["item"]]
        if waiting.done():
            return "repeat"
        waiting.set_result(None)
        return "counted"

    async def _item(self, case: dict[str, Any], item: str, planned: ShapeItem) -> None:
        for earlier in planned["after"]:
            await self._decided[earlier]
        known = dict(case["form"])
        for lookup in planned["lookups"]:
            known |= await self._fact(case, lookup)
        await workflow.execute_activity(
            SUBMIT,
            {
                "case_no": case["case_no"],
                "item": item,
                "department": planned["department"],
                "fields": {field: known[field] for field in planned["fields"] if field in known},
                "materials": planned["materials"],
                "at": workflow.now().isoformat(),
            },
            start_to_close_timeout=_PATIENCE,
        )
        await self._decided[item]

    async def _fact(self, case: dict[str, Any], lookup: str) -> dict[str, Any]:
        if lookup not in self._facts:
            planned = self._shape["lookups"][lookup]
            about = planned["by"]
            asked = {**planned, "about": about, "by": case["form"][about], "case_no": case["case_no"]}
            self._facts[lookup] = asyncio.create_task(
                workflow.execute_activity(LOOK_UP, asked, result_type=dict, start_to_close_timeout=_PATIENCE)
            )
        return await self._facts[lookup]


@workflow.defn(name=LISTENER)
class BareListener:
    """Only listens: for the round trip of an update and nothing else."""

    def __init__(self) -> None:
        self._told = 0

    @workflow.run
    async def run(self, updates: int) -> None:
        """End after so many updates."""
        await workflow.wait_condition(lambda: self._told >= updates)

    @workflow.update(name=DECIDE)
    def decide(self, decision: dict[str, Any]) -> str:
        """Count it."""
        self._told += 1
        return "counted"
