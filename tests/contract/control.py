"""The control of the sandbox, as tests use it."""

import json
from pathlib import Path
from typing import Any

import httpx

from adapters.sandbox.behaviours import Behaviour
from adapters.sandbox.journal import Journal


class Control:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def department(self, department: str, behaviour: Behaviour) -> None:
        answer = await self._client.put(f"/departments/{department}/behaviour", json=behaviour.model_dump())
        assert answer.status_code == 204, answer.text

    async def reset_department(self, department: str) -> None:
        answer = await self._client.delete(f"/departments/{department}/behaviour")
        assert answer.status_code == 204, answer.text

    async def everything(self, behaviour: Behaviour | None) -> None:
        """How all departments behave to whatever nothing else is said of; None: in their ordinary way."""
        if behaviour is None:
            answer = await self._client.delete("/everything")
        else:
            answer = await self._client.put("/everything", json=behaviour.model_dump())
        assert answer.status_code == 204, answer.text

    async def scenario(self, behaviour: Behaviour, **where: str) -> None:
        answer = await self._client.put("/scenarios", json={**where, "behaviour": behaviour.model_dump()})
        assert answer.status_code == 204, answer.text

    async def keep_decisions(self, department: str, polled: bool = True) -> None:
        """Whether the department sends nothing from now on: its decisions are fetched."""
        answer = await self._client.put(f"/departments/{department}/polled", json=polled)
        assert answer.status_code == 204, answer.text

    async def exchange_files(self, department: str, out: Path, into: Path) -> None:
        """The department reads batches from one folder and lays its own down in the other."""
        answer = await self._client.put(f"/departments/{department}/folder", json={"out": str(out), "in": str(into)})
        assert answer.status_code == 204, answer.text

    async def exchange_no_more(self, department: str) -> None:
        """It calls and is called again."""
        answer = await self._client.delete(f"/departments/{department}/folder")
        assert answer.status_code == 204, answer.text

    async def record(self, department: str, dataset: str, subject: str, entry: dict[str, Any]) -> None:
        told = {"department": department, "dataset": dataset, "subject": subject, "entry": entry}
        answer = await self._client.put("/records", json=told)
        assert answer.status_code == 204, answer.text

    async def decide(self, case_no: str, item: str, **ruling: Any) -> str:
        answer = await self._client.post("/decisions", json={"case_no": case_no, "item": item, "ruling": ruling})
        assert answer.status_code == 202, answer.text
        decision_id: str = answer.json()["decision_id"]
        return decision_id

    async def event(self, department: str, gateway: str, **event: Any) -> tuple[int, dict[str, Any]]:
        """Send an event; the gateway's status and answer."""
        sent = await self._client.post(f"/departments/{department}/events", json={"gateway": gateway, **event})
        assert sent.status_code == 200, sent.text
        return sent.json()["status"], json.loads(sent.json()["answer"])

    async def fetch_materials(self, case_no: str, item: str, *digests: str) -> dict[str, tuple[int, bool]]:
        """The item's department fetches contents: digest → status, and whether the content is the one named."""
        wanted = {"case_no": case_no, "item": item, "digests": digests}
        answer = await self._client.post("/materials", json=wanted)
        assert answer.status_code == 200, answer.text
        return {one["digest"]: (one["status"], one["matches"]) for one in answer.json()["contents"]}

    async def journal(self, case_no: str) -> Journal:
        answer = await self._client.get("/journal", params={"case_no": case_no})
        assert answer.status_code == 200, answer.text
        return Journal.model_validate_json(answer.content)

    async def reset(self) -> None:
        answer = await self._client.post("/reset")
        assert answer.status_code == 204, answer.text
