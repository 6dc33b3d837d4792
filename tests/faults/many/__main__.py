"""The run by hand: as many cases as one likes, with what it came to at the end."""

import argparse
import asyncio
import sys

from adapters.sandbox.behaviours import AtRandom
from runtime.embedded.places import scratch_data_dir
from tests.faults.many.decided import differences
from tests.faults.many.run import assert_all_well, run
from tests.flows.town import open_town


async def _run(cases: int, seed: int, again: int) -> None:
    with scratch_data_dir("onething-many-faults") as folder:
        async with open_town(folder / "city", ONETHING_WORKER_SANDBOXED="false", ONETHING_LOG_LEVEL="warning") as town:
            outcome = await run(town, AtRandom(seed=seed), cases, progress=_progress)
            await assert_all_well(town, outcome, _progress)
            second = await run(town, AtRandom(seed=seed), again, chaos=False, progress=_progress)
            told = differences(outcome.decided, second.decided)
            assert not told, "\n".join(told)
    print(f"\nseed {seed}: {cases} cases in {outcome.seconds:.0f} s; decisions {outcome.digest}")
    for name, times in sorted(outcome.done.items()):
        print(f"  {name}: {times}")
    print(f"{len(second.ended)} of them once more in {second.seconds:.0f} s, undisturbed: decided alike")


def _progress(said: str) -> None:
    print(f"\r\x1b[K{said}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.faults.many", description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--again", type=int, default=30, help="how many of them are run a second time, in peace")
    given = parser.parse_args()
    asyncio.run(_run(given.cases, given.seed, min(given.again, given.cases)))
