"""Replays `history.json` of a folder with tracing set up: `python traced_replay.py FOLDER`."""

import asyncio
import json
import os
import sys
from pathlib import Path

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from traced_workflow import EnterpriseExit

from observability.tracing import setup


async def main(folder: Path) -> None:
    """Replay; an exception when it differs."""
    kept = json.loads((folder / "history.json").read_text())
    with setup("replay", span_directory=folder) as tracing:
        replayer = Replayer(workflows=[EnterpriseExit], plugins=tracing.temporal_plugins())
        await replayer.replay_workflow(WorkflowHistory.from_json(kept["id"], kept["history"]))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
    # All is written. The interpreter's own end would now and then (1 in 80) be crashed by a thread of the SDK's core.
    os._exit(0)
