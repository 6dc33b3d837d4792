"""One running sandbox city: its memory, its switches, its front desks and the sender of its decisions."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from adapters.sandbox.callbacks import CallbackSender, Sign
from adapters.sandbox.folder_desk import FolderDesk
from adapters.sandbox.handling import Handler
from adapters.sandbox.kept_decisions import KeptDecisions
from adapters.sandbox.ledger import Ledger
from adapters.sandbox.licences import Licences, licences_of
from adapters.sandbox.reception import Reception
from adapters.sandbox.records import Records, made_of
from adapters.sandbox.settings import SandboxSettings
from adapters.sandbox.switchboard import Switchboard


@dataclass(frozen=True)
class City:
    """The parts that the routes work with."""

    ledger: Ledger
    switchboard: Switchboard
    records: Records
    reception: Reception
    sender: CallbackSender
    kept: KeptDecisions
    folders: FolderDesk

    def forget(self) -> None:
        """Forget everything: submissions, decisions, switches and records."""
        self.ledger.clear()
        self.switchboard.forget()
        self.records.forget()


@asynccontextmanager
async def open_city(settings: SandboxSettings, signers: Mapping[str, Sign]) -> AsyncIterator[City]:
    """The city, sending decisions until the end of the context. An error of the sender ends the context with it."""
    ledger = Ledger(settings.database)
    try:
        switchboard = Switchboard(ledger, settings.known_items)
        records = Records(ledger, settings.seed, made_of(settings.bundles) | licences_of(settings.bundles))
        licences = Licences(records, settings.bundles)
        reception = Reception(ledger, switchboard, records, licences, Handler(settings))
        sender = CallbackSender(ledger, settings, signers)
        async with asyncio.TaskGroup() as background:
            sending = background.create_task(sender.run())
            folders = FolderDesk(ledger, reception, signers)
            exchanging = background.create_task(folders.run())
            kept = KeptDecisions(ledger, switchboard, signers)
            yield City(ledger, switchboard, records, reception, sender, kept, folders)
            exchanging.cancel()
            sending.cancel()
    finally:
        ledger.close()
