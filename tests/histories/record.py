"""`python -m tests.histories.record [NAME …]`: run branches of a case in a city and keep their Temporal histories.

Record **before** workflow code is changed; what is recorded once must replay for as long as such cases may run. Record
**after** it, too, what it adds: `python -m tests.histories.branches` says of every branch which histories take it.
"""

import asyncio
import sys

from runtime.embedded.places import scratch_data_dir
from tests.flows.away_stories import AWAY_STORIES
from tests.flows.clock_stories import CLOCK_STORIES
from tests.flows.delivery_stories import DELIVERY_STORIES
from tests.flows.event_stories import EVENT_STORIES
from tests.flows.people_stories import PEOPLE_STORIES
from tests.flows.shop_stories import SHOP_STORIES
from tests.flows.stories import STORIES as ERRAND_STORIES
from tests.flows.town import BUNDLES, open_town
from tests.flows.unpublished_stories import UNPUBLISHED_STORIES
from tests.histories.kept import keep

STORIES = {
    **ERRAND_STORIES,
    **EVENT_STORIES,
    **AWAY_STORIES,
    **UNPUBLISHED_STORIES,  # before a story publishes the calendars
    **CLOCK_STORIES,
    **SHOP_STORIES,
    **PEOPLE_STORIES,
    **DELIVERY_STORIES,
}


async def record(names: list[str]) -> None:
    """Run the stories of these names, one after another, and keep each one's history."""
    with scratch_data_dir("onething-histories") as folder:
        async with open_town(folder / "city", ONETHING_BUNDLE_DIRECTORY=str(BUNDLES)) as town:
            codec = town.temporal.data_converter.payload_codec
            assert codec is not None
            for name in names:
                case_no = await STORIES[name](town)
                handle = town.cases.handle(case_no)
                await handle.result()
                size = await keep(name, await handle.fetch_history(), codec)
                print(f"{name}: {size} bytes")


def main() -> None:
    """Record what is named, or everything."""
    names = sys.argv[1:] or list(STORIES)
    if unknown := [name for name in names if name not in STORIES]:
        sys.exit(f"no such branch: {', '.join(unknown)}; there are {', '.join(STORIES)}")
    asyncio.run(record(names))


if __name__ == "__main__":
    main()
