"""What ports and sources are opened with that note something beside exchanged batches: one key for all, as in a
deployment."""

from adapters.kinds import Surroundings
from security.suites import suite

NOTING = Surroundings(note_mac=lambda said: suite("international").mac(b"n" * 32, said))
