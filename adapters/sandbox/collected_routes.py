"""Switches of the control for departments that send nothing: who is polled, and who exchanges files."""

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException

from adapters.sandbox.control_routes import TheCity
from adapters.sandbox.folder_desk import ExchangedFolder


def collected_routes(departments: Collection[str]) -> APIRouter:
    """The routes under `/control`; ``departments`` are those that are served."""
    router = APIRouter()

    def known(department: str) -> str:
        if department not in departments:
            raise HTTPException(404, f"the sandbox has no department {department!r}")
        return department

    @router.put("/departments/{department}/polled", status_code=204)
    async def keep_decisions(city: TheCity, department: str, polled: Annotated[bool, Body()]) -> None:
        """From now on the department keeps its decisions until they are fetched, or sends them again."""
        (city.ledger.keep_for_polling if polled else city.ledger.send_again)(known(department))

    @router.put("/departments/{department}/folder", status_code=204)
    async def exchange_files(city: TheCity, department: str, folder: ExchangedFolder) -> None:
        """From now on the department reads its batches from one folder and lays its own down in the other."""
        city.folders.begin(known(department), folder)

    @router.delete("/departments/{department}/folder", status_code=204)
    async def exchange_no_more(city: TheCity, department: str) -> None:
        """From now on it calls and is called again."""
        city.folders.end(known(department))

    return router
