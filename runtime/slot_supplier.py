"""The slots of a department's worker, when the department bears only so many calls at once over all workers."""

import asyncio
import logging
from typing import Final

from temporalio.worker import (
    CustomSlotSupplier,
    SlotMarkUsedContext,
    SlotPermit,
    SlotReleaseContext,
    SlotReserveContext,
)

from event_store.department_slots import DepartmentSlots

_LOG = logging.getLogger("onething.departments")
_BETWEEN_TRIES: Final = 1.0  # seconds


class DepartmentPermit(SlotPermit):
    """Leave for one call."""

    def __init__(self, slot: int) -> None:
        super().__init__()
        self.slot = slot


class DepartmentSlotSupplier(CustomSlotSupplier):
    """Temporal asks for a slot before it asks for work: a worker that waits for work holds one slot meanwhile.

    That is no loss: Temporal gives the next work to whoever holds the slot. Made in the loop that it works in.
    """

    def __init__(self, slots: DepartmentSlots, department: str, most: int) -> None:
        self._slots = slots
        self._department = department
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._out: set[int] = set()
        self._returning: set[asyncio.Task[None]] = set()

    async def reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit:
        """Waits for a slot."""
        while True:
            try:
                slot = await self._slots.take(self._department, self._most)
            except Exception:  # Temporal would take it for no slot, log it and ask again at once
                _LOG.exception("no slot for %s", self._department)
                await asyncio.sleep(_BETWEEN_TRIES)
                continue
            self._out.add(slot)
            return DepartmentPermit(slot)

    def try_reserve_slot(self, ctx: SlotReserveContext) -> SlotPermit | None:
        """Nothing is begun on this queue without waiting."""
        return None

    def mark_slot_used(self, ctx: SlotMarkUsedContext) -> None:
        """It counts from the reservation on."""

    def release_slot(self, ctx: SlotReleaseContext) -> None:
        """Comes from a thread of Temporal's core."""
        if isinstance(ctx.permit, DepartmentPermit):
            self._loop.call_soon_threadsafe(self._give_back, ctx.permit.slot)

    async def close(self) -> None:
        """The worker has ended: what its core never gave back is free."""
        for slot in tuple(self._out):
            self._give_back(slot)
        await asyncio.gather(*self._returning)

    def _give_back(self, slot: int) -> None:
        if slot not in self._out:
            return
        self._out.discard(slot)
        task = asyncio.create_task(self._slots.give_back(self._department, slot))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)
