"""Names in an application that its bundle does not declare, reported without repeating what a person may have typed."""

import re
from collections.abc import Collection, Iterator

from one_things.faults import Fault
from one_things.text import Text

MOST_LISTED = 20
"""So many unknown names are listed; a body of nonsense is not answered with as much nonsense."""

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,79}")


def unknown_names(given: Collection[str], known: Collection[str], room: str, what: Text) -> Iterator[Fault]:
    """A fault for each name in ``given`` that is not ``known``; ``room`` is their part of the application.

    A name of another form than a bundle's may hold personal data by a slip of the pen: then only the room is named.
    """
    reason = Text(zh=f"此一件事没有这个{what.zh}。", en=f"This one-thing has no such {what.en}.")
    fix = Text(zh="请删去，或核对名称。", en="Leave it out, or check its name.")
    unknown = [name for name in given if name not in known]
    for name in unknown[:MOST_LISTED]:
        field = f"{room}.{name}" if _NAME.fullmatch(name) else room
        yield Fault(field=field, code=f"{what.en}-unknown", reason=reason, fix=fix)
    more = len(unknown) - MOST_LISTED
    if more > 0:
        count = Text(zh=f"另有 {more} 个未知名称。", en=f"{more} more names are unknown.")
        yield Fault(field=room, code=f"{what.en}-unknown", reason=count, fix=fix)
