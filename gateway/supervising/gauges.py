"""What lies with departments, as metrics: read now and then, for who is woken by numbers and does not look at pages."""

import asyncio
import logging
from datetime import UTC, datetime

from event_store.errors import StoreUnavailable
from gateway.services import GatewayServices
from gateway.supervising.views import Lies
from observability import metrics

_LOG = logging.getLogger(__name__)


class DepartmentGauges:
    """Sets the gauges of every department that has had anything, and of those of the directory."""

    def __init__(self, services: GatewayServices) -> None:
        self._services = services
        self._shown: set[str] = set()

    async def run(self) -> None:
        """Go on without end; while the database is away the gauges stay as they were."""
        while True:
            try:
                await self.renew()
            except StoreUnavailable as error:
                _LOG.warning("the gauges of departments wait: %s", error)
            await asyncio.sleep(self._services.settings.supervision_interval)

    async def renew(self) -> None:
        """Set them once. Raises StoreUnavailable."""
        lies = await self._services.supervision.lies(None, datetime.now(UTC))
        cards = self._services.department_cards()
        by_code = {place.department: found for place, found in lies.items()}
        self._shown |= {*by_code, *cards}
        for code in self._shown:
            for standing, count in by_code.get(code, Lies()).model_dump().items():
                metrics.DEPARTMENT_ITEMS.labels(code, standing).set(count)
            card = cards.get(code)
            away = card is not None and card.maintenance_until is not None
            metrics.IN_MAINTENANCE.labels(code).set(away)
