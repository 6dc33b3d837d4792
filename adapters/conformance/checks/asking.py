"""Asking: what arrived, what never did, and what it has become."""

from adapters.conformance.check import FaultFound, NotTried, check
from adapters.conformance.platform import Platform
from adapters.port import Done, NeverArrived, Taken


@check("asked-what-arrived")
async def asked_what_arrived(platform: Platform) -> None:
    """What was taken is known when it is asked for."""
    submission = platform.submission()
    taken = await platform.taken(submission)
    asked = await platform.ask(submission.key)
    standing = platform.known_standing(asked)
    if isinstance(standing, NeverArrived):
        raise FaultFound("denies-what-it-took", f"{taken.line()}, and yet {asked.line()}: {asked.came()}")
    if isinstance(platform.known(taken), Done) and asked.said() != taken.said():
        raise FaultFound("asking-contradicts", f"answered {taken.came()}, asked {asked.came()}")


@check("asked-what-never-arrived")
async def asked_what_never_arrived(platform: Platform) -> None:
    """Of a key that never came it is said so, in the words of the contract."""
    asked = await platform.ask(platform.submission().key, note="a key that was never sent")
    said = asked.json
    if asked.trouble or asked.status != 404 or not isinstance(said, dict) or said.get("code") != "never-arrived":
        raise FaultFound("never-arrived-not-said", f"{asked.line()}: {asked.came()}")


@check("asked-after-the-decision")
async def asked_after_the_decision(platform: Platform) -> None:
    """After its decision the department answers a question with what it decided."""
    decided = await platform.decided()
    if not decided.heard:
        raise NotTried("nothing-called-back")
    verdict = decided.heard[0].named("verdict")
    asked = await platform.ask(decided.submission.key, note="after the decision")
    standing = platform.known_standing(asked)
    fits = isinstance(standing, Done) if verdict == "approved" else not isinstance(standing, Done | Taken)
    if not fits or isinstance(standing, NeverArrived):
        raise FaultFound("asking-contradicts", f"it decided {verdict!r}, and asked it says {asked.came()}")
    if isinstance(standing, Done):
        told = {result.get("reference") for result in decided.heard[0].body.get("results", ())}
        if told != {result.reference for result in standing.results}:
            raise FaultFound("asking-contradicts", f"other results than in its decision: {asked.came()}")
