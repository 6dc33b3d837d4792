"""Cases of three bundles against departments with every fault at once, while our processes are killed all the time.

`ONETHING_FAULTS_CASES=300 ONETHING_FAULTS_SEED=7` makes it larger, or another one.
"""

import os

from adapters.sandbox.behaviours import AtRandom
from tests.faults.many.decided import differences
from tests.faults.many.run import assert_all_well, run
from tests.flows.town import Town

CASES = int(os.environ.get("ONETHING_FAULTS_CASES", "12"))
SEED = int(os.environ.get("ONETHING_FAULTS_SEED", "7"))
AGAIN = 3
"""Of the cases, how many are run a second time, in peace."""


async def test_every_case_ends_as_its_decisions_say_and_the_seed_alone_decides(town: Town) -> None:
    at_random = AtRandom(seed=SEED)

    outcome = await run(town, at_random, CASES)
    await assert_all_well(town, outcome)
    in_peace = await run(town, at_random, AGAIN, chaos=False)

    assert outcome.done["worker killed"] + outcome.done["serve killed"] >= 1
    assert outcome.done["callbacks refused"] > 0, "stray and contradicting decisions were sent"
    assert len(outcome.decided) == CASES
    assert outcome.decided.keys() >= in_peace.decided.keys()
    assert differences(outcome.decided, in_peace.decided) == []
