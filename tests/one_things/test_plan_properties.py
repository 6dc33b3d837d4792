"""What holds for the plan of every bundle, every answer and every choice."""

from hypothesis import assume, given
from hypothesis import strategies as st

from one_things.admission import usable_answers
from one_things.application import Application
from one_things.check import bundle_faults
from one_things.conditions import Answer
from one_things.definition import Bundle
from one_things.order import predecessors
from one_things.plan import Plan
from one_things.planning import make_plan
from one_things.selection import select
from tests.one_things.bundles import answers, bundles, choices
from tests.one_things.given import TODAY, a_digest


def planned(bundle: Bundle, given_answers: dict[str, Answer], chosen: list[str] | None) -> Plan:
    usable = usable_answers(bundle, given_answers)
    ids = [item.id for item in bundle.items] if chosen is None else chosen
    applying = {item.id for item in bundle.items if usable.meet(item.when)}
    keep = None if chosen is None else [item for item in ids if item in applying]
    assume(applying & set(ids))
    return make_plan(
        bundle,
        Application(answers=given_answers, chosen=None if keep is None else tuple(keep)),
        a_digest(),
        TODAY,
    )


@given(bundles())
def test_the_bundles_of_these_tests_are_in_order(bundle: Bundle):
    # What chance declared and nothing uses does no harm here.
    assert [fault for fault in bundle_faults(bundle) if fault.code != "unused"] == []


@given(bundles(), answers(), st.data())
def test_what_is_required_comes_along_and_nothing_else(
    bundle: Bundle, given_answers: dict[str, Answer], data: st.DataObject
):
    chosen = data.draw(choices(bundle))
    plan = planned(bundle, given_answers, chosen)
    usable = usable_answers(bundle, given_answers)
    ids = {item.id for item in plan.items}

    assert all(usable.meet(item.when) for item in bundle.items if item.id in ids)
    for item in bundle.items:
        if item.id in ids:
            assert all(earlier in ids or not usable.meet(_item(bundle, earlier).when) for earlier in item.requires)
    if chosen is not None:
        along = select(bundle, usable, chosen).came_along
        assert along.keys() == ids - set(chosen)
        assert all(item in _item(bundle, by).requires for item, by in along.items())
    assert ids | {left.id for left in plan.not_chosen} == {item.id for item in bundle.items}


@given(bundles(), answers(), st.data())
def test_the_order_of_a_plan_is_that_of_its_bundle(
    bundle: Bundle, given_answers: dict[str, Answer], data: st.DataObject
):
    plan = planned(bundle, given_answers, data.draw(choices(bundle)))
    ids = {item.id for item in plan.items}
    in_bundle: dict[str, set[str]] = {}
    for item in bundle.items:
        direct = (*item.requires, *item.after)
        in_bundle[item.id] = set(direct).union(*(in_bundle[earlier] for earlier in direct))
    in_plan = predecessors(plan)

    assert in_plan == {item: frozenset(in_bundle[item] & ids) for item in ids}
    for item in plan.items:
        assert not any(one in in_plan[other] for one in item.after for other in item.after), "drawn twice"


@given(bundles(), answers(), st.data())
def test_choosing_what_a_plan_holds_gives_the_plan_again(
    bundle: Bundle, given_answers: dict[str, Answer], data: st.DataObject
):
    plan = planned(bundle, given_answers, data.draw(choices(bundle)))

    again = planned(bundle, given_answers, [item.id for item in plan.items])

    # What came along the first time is chosen the second time; nothing else may differ.
    chosen = tuple(item.model_copy(update={"required_by": None}) for item in plan.items)
    assert again == plan.model_copy(update={"items": chosen})
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def _item(bundle: Bundle, item_id: str):
    return next(item for item in bundle.items if item.id == item_id)
