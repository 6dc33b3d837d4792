"""The shipped bundles, from their files, with answers, choices and materials at random, in a city that does anything.

Whatever somebody applies for is either refused with reasons and ways out, or becomes a case for which everything holds
that holds for every case.
"""

from collections import Counter
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from one_things.admission import rule_faults, usable_answers
from one_things.application import Application, Promise
from one_things.catalogue import Catalogue
from one_things.conditions import Answer, answers_of
from one_things.definition import Bundle
from one_things.plan import HandedIn, Plan
from one_things.planning import application_faults, make_plan, needed_for
from runtime.authoring.sample_form import SAMPLE_DIGEST, sample_application
from tests.one_things.given import OPENED_AT, TODAY, a_digest
from tests.one_things.test_whole_case_properties import EXAMPLES, SEEDS, played
from tests.one_things.whole_cases.city import City
from tests.one_things.whole_cases.course import Course

BUNDLES = ("enterprise-exit", "employee-retirement", "property-transfer-with-mortgage")
_TRIES = 60


class Applicants:
    """Who applies for one bundle, in situations at random."""

    def __init__(self, bundle: Bundle, random: Random) -> None:
        self._bundle = bundle
        self._random = random

    def accepted(self) -> Application | None:
        """The first application that is in order; every other is refused with reasons. None when none is."""
        for _ in range(_TRIES):
            answers = self._answers()
            if any(rule_faults(self._bundle, usable_answers(self._bundle, answers))) and not self._seldom():
                continue  # mostly not even written out
            application = self._application(answers)
            faults = application_faults(self._bundle, application, TODAY)
            for fault in faults:
                assert fault.field
                assert fault.code
                assert all((fault.reason.zh, fault.reason.en, fault.fix.zh, fault.fix.en)), fault
            if not faults:
                return application
        return None

    def _answers(self) -> dict[str, Answer]:
        return {situation.id: self._random.choice(answers_of(situation)) for situation in self._bundle.situations}

    def _application(self, answers: dict[str, Answer]) -> Application:
        ids = [item.id for item in self._bundle.items]
        chosen = None if self._perhaps() else tuple(self._random.sample(ids, self._random.randint(1, len(ids))))
        given_form = {"price.total": "3000.00" if answers.get("buyer_loan") == "combined" else "2000.00"}
        filled = sample_application(self._bundle, answers, chosen, {}, TODAY)
        form = {**filled.form, **{name: value for name, value in given_form.items() if name in filled.form}}
        return self._with_materials(filled.model_copy(update={"form": form}), answers)

    def _with_materials(self, application: Application, answers: dict[str, Answer]) -> Application:
        """Some are authorised to be looked up, some promised, some deferred, the others handed in."""
        authorised = tuple(name for name in application.authorisations if self._perhaps())
        asked = needed_for(self._bundle, answers, application.chosen, authorised).materials
        promised = [one for one in asked if one.commitment is not None and self._perhaps()]
        rest = [one for one in asked if one not in promised and one.handed_in == "with_application"]
        deferred = [one for one in rest if one.deferral is not None and self._perhaps()]
        return application.model_copy(
            update={
                "authorisations": authorised,
                "commitments": tuple(Promise(material=one.id, text=one.commitment.text.zh) for one in promised),
                "deferred": tuple(one.id for one in deferred),
                "materials": tuple(HandedIn(id=one.id, digest=SAMPLE_DIGEST) for one in rest if one not in deferred),
            }
        )

    def _perhaps(self) -> bool:
        return self._random.random() < 0.5

    def _seldom(self) -> bool:
        return self._random.random() < 0.05


def nothing_is_asked_twice(plan: Plan) -> None:
    """Each material comes one way only, and none that an item of the case produces or that shared data holds."""
    ways = Counter(
        [one.id for one in (*plan.materials, *plan.awaited, *plan.deferred)]
        + [one.material for one in (*plan.commitments, *plan.licences)]
    )
    assert all(times == 1 for times in ways.values()), ways


@settings(max_examples=EXAMPLES // 4)
@given(st.sampled_from(BUNDLES), SEEDS, SEEDS, st.sampled_from([10, 40, 80]))
def test_every_case_of_the_shipped_bundles(name: str, applicants: bytes, seed: bytes, moves: int):
    bundle = Catalogue().get(name)
    application = Applicants(bundle, Random(applicants)).accepted()
    assume(application is not None)
    plan = make_plan(bundle, application, a_digest(), TODAY)
    nothing_is_asked_twice(plan)

    course = Course(plan, OPENED_AT)
    played(course, City(course, seed), moves)
