"""Case keys are wrapped anew by the current master key, so that an older one can be taken away.

What is sealed under a case key is not touched, and so neither is the record.
"""

from event_store.case_keys import CaseKeys
from event_store.errors import KeyConflict, KeyDestroyed
from security.keys import MasterKeyRing
from security.sealing import rewrap


async def rotate(keys: CaseKeys, master_keys: MasterKeyRing) -> int:
    """Wrap every case key by the current master key; how many this run wrapped anew.

    May be interrupted and repeated, and several may run at once. Raises MasterKeyUnknown, CaseKeyUnusable: keys up to
    there are wrapped anew, and all others are as they were.
    """
    wrapped_anew = 0
    last = ""
    while page := await keys.held_after(last):
        for case_no, wrapped in page:
            last = case_no
            fresh = rewrap(wrapped.decode(), case_no, master_keys).encode()
            if fresh == wrapped:
                continue
            try:
                await keys.replace(case_no, wrapped, fresh)
            except (KeyConflict, KeyDestroyed):
                continue  # another rotation wrapped it meanwhile, or the person was erased
            wrapped_anew += 1
    return wrapped_anew
