"""Results on paper: chosen, set going when nothing can be undone, timed, sent, missed, answered."""

from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from one_things import commands as c
from one_things import events as e
from one_things.application import Application
from one_things.bundle_file import parse_bundle
from one_things.case import CasePhase
from one_things.definition import Paper
from one_things.delivery import DeliveryStatus, DeliveryTrouble
from one_things.delivery_choice import ChosenDelivery, DeliveryWay, DeliveryWish
from one_things.delivery_steps import OrderDelivery, ReckonDelivery, SetDeliveryGoing
from one_things.faults import CommandRefused
from one_things.planning import application_faults
from one_things.steps import CloseCase, deadlines
from one_things.yaml_file import FileRefused
from tests.one_things.given import SEALED, TODAY, Story
from tests.one_things.reckoned import reckoned
from tests.one_things.stations import FILING, PERMIT, STATION, TAX, a_plan, an_application

FILE = Path(__file__).parents[1] / "flows" / "bundles" / "courier-station.yaml"
MAIL = ChosenDelivery(way=DeliveryWay.MAIL, to=SEALED)
PICK_UP = ChosenDelivery(way=DeliveryWay.PICK_UP)
NO_PAPER = ChosenDelivery(way=DeliveryWay.NONE)
WISH = DeliveryWish(way=DeliveryWay.MAIL, addressee="测试申请人甲", address="测试路 1 号", phone="13800138000")


class Paperwork(Story):
    """A courier's case with a choice of how its permit comes; what nobody waits for follows by itself."""

    def __init__(self, chosen: ChosenDelivery | None) -> None:
        super().__init__(a_plan(authorised=False, chosen=None))
        opened = self.events[0].model_copy(update={"delivery": chosen})
        self.events, self.state = [opened], self.state.model_copy(update={"delivery": chosen})

    def going(self) -> "Paperwork":
        """Whatever can be done now about dates and deliveries is done."""
        for _ in range(6):
            for command in reckoned(self.state):
                self.when(command)
        return self

    def decided(self, *items: str) -> "Paperwork":
        """Submitted and approved, whatever was looked up before."""
        for item in items:
            self.submitted(item).taken(item)
            self.when(self.decision(item, c.Verdict.APPROVED))
        return self

    def act(self, act: type[c.ActOnPaper], act_id: str = "act-1", **says: object) -> c.Command:
        who = {"act_id": act_id, "department": "postal", "item": PERMIT, "attempt": 1}
        return act(**who, **says)

    def sent(self) -> "Paperwork":
        self.when(self.act(c.DispatchPaper, "sent-1", carrier="测试速递", number=SEALED))
        return self

    @property
    def paper(self) -> DeliveryStatus:
        return self.state.deliveries[PERMIT].status


def with_permit(chosen: ChosenDelivery | None = MAIL) -> Paperwork:
    """The permit, which is the pivot, is approved; the tax office has not decided."""
    return Paperwork(chosen).decided(FILING, PERMIT).going()


def refusal(story: Story, command: c.Command) -> str:
    with pytest.raises(CommandRefused) as refused:
        story.when(command)
    return refused.value.code


def miss(note: bool = True) -> c.MissPaper:
    return c.MissPaper(item=PERMIT, channel=e.Channel.PHONE, note=SEALED if note else None)


CONFIRM = c.ConfirmPaper(item=PERMIT, channel=e.Channel.WEB)


def answer(outcome: str) -> c.AnswerDelivery:
    return c.AnswerDelivery(item=PERMIT, operator="operator-1", outcome=outcome, answer=SEALED)


# --- when it begins ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chosen", [None, NO_PAPER], ids=["not chosen", "no paper"])
def test_without_a_choice_the_e_licence_is_all(chosen: ChosenDelivery | None) -> None:
    story = with_permit(chosen).decided(TAX)
    assert story.state.deliveries == {}
    assert story.steps() == (CloseCase(outcome=e.CaseOutcome.COMPLETED),)


def test_a_paper_is_set_going_by_the_pivot_reckoned_and_then_ordered() -> None:
    story = Paperwork(MAIL).decided(FILING, PERMIT)
    assert SetDeliveryGoing(item=PERMIT) in story.steps()
    assert story.when(c.BeginDelivery(item=PERMIT)) == ["delivery_began"]
    assert ReckonDelivery(item=PERMIT, reckoning=1) in story.steps()
    assert not any(isinstance(step, OrderDelivery) for step in story.steps()), "its date goes with the order"
    story.going()
    assert story.state.deliveries[PERMIT].ordered
    assert story.types().count("delivery_began") == story.types().count("delivery_ordered") == 1
    assert story.when(c.BeginDelivery(item=PERMIT)) == []
    assert story.when(c.RecordDeliveryOrder(item=PERMIT, round=1)) == []


def test_what_may_be_undone_is_not_handed_out() -> None:
    story = Paperwork(MAIL)
    papers = tuple(
        item.model_copy(update={"results": (result,)}) if item.id == FILING else item
        for item in story.state.plan.items
        for result in [story.state.plan.item(PERMIT).results[0]]
    )
    story.state = story.state.model_copy(update={"plan": story.state.plan.model_copy(update={"items": papers})})
    story.decided(FILING)
    assert SetDeliveryGoing(item=FILING) not in story.steps()
    story.decided(PERMIT)
    assert {SetDeliveryGoing(item=FILING), SetDeliveryGoing(item=PERMIT)} <= set(story.steps())


def test_a_case_that_was_taken_back_sends_nothing() -> None:
    story = Paperwork(MAIL).decided(FILING)
    story.when(c.Cancel(channel=e.Channel.WEB))
    assert story.when(c.BeginDelivery(item=FILING)) == []
    assert not any(isinstance(step, SetDeliveryGoing) for step in story.steps())


def test_the_case_stays_open_until_the_paper_has_arrived() -> None:
    story = with_permit().decided(TAX)
    assert not any(isinstance(step, CloseCase) for step in story.steps())
    story.sent()
    assert not any(isinstance(step, CloseCase) for step in story.steps())
    assert story.when(story.act(c.DeliverPaper, "there-1")) == ["paper_delivered"]
    assert story.steps() == (CloseCase(outcome=e.CaseOutcome.COMPLETED),)


# --- what is said of it -----------------------------------------------------------------------------------------------


def test_an_act_counts_once_and_only_from_the_department_that_issued_the_paper() -> None:
    story = with_permit()
    sent = story.act(c.DispatchPaper, carrier="测试速递", number=SEALED)
    assert story.when(sent) == ["paper_dispatched"]
    assert story.when(sent) == []
    foreign = c.DeliverPaper(act_id="x", department="tax", item=PERMIT, attempt=1)
    assert refusal(story, foreign) == "foreign"
    assert refusal(story, c.DeliverPaper(act_id="x", department="postal", item=PERMIT, attempt=2)) == "too-late"
    assert refusal(story, c.DeliverPaper(act_id="x", department="postal", item=FILING, attempt=1)) == (
        "nothing-to-deliver"
    )


@pytest.mark.parametrize(("chosen", "act"), [(MAIL, c.LayOutPaper), (MAIL, c.HandOutPaper), (PICK_UP, c.DeliverPaper)])
def test_it_goes_the_way_that_was_chosen(chosen: ChosenDelivery, act: type[c.ActOnPaper]) -> None:
    story = with_permit(chosen)
    assert refusal(story, story.act(act)) == "delivery-way-other"


def test_the_applicant_confirms_and_can_then_no_longer_say_that_it_did_not_arrive() -> None:
    story = with_permit()
    assert refusal(story, CONFIRM) == refusal(story, miss()) == "paper-not-sent"
    story.sent()
    assert story.when(CONFIRM) == ["paper_confirmed"]
    assert story.when(CONFIRM) == []
    assert (story.paper, refusal(story, miss())) == (DeliveryStatus.DELIVERED, "confirmed-already")


def test_what_did_not_arrive_becomes_a_task_that_only_an_answer_or_another_sending_ends() -> None:
    story = with_permit().sent()
    story.when(story.act(c.DeliverPaper, "there-1"))
    assert story.when(miss()) == ["paper_missed", "operator_task_opened"]
    assert story.when(miss()) == []
    assert refusal(story, story.act(c.DeliverPaper, "there-2")) == "said-not-to-have-arrived"
    assert story.when(answer("send_again")) == ["delivery_answered"]
    assert (story.paper, story.state.tasks, story.state.deliveries[PERMIT].round) == (DeliveryStatus.PREPARING, (), 2)
    story.going()
    assert story.types().count("delivery_ordered") == 2
    assert refusal(story, answer("settled")) == "no-such-task"


def test_the_note_that_settles_the_task_is_the_answer_that_the_applicant_reads() -> None:
    story = with_permit().sent()
    story.when(miss(note=False))
    assert story.when(c.SettleTask(item=PERMIT, operator="operator-1", note=SEALED)) == ["delivery_answered"]
    delivery = story.state.deliveries[PERMIT]
    assert (delivery.status, delivery.answer, story.state.tasks) == (DeliveryStatus.SETTLED, SEALED, ())
    assert refusal(story, miss()) == "delivery-settled"


def test_what_came_back_goes_out_again_to_another_address() -> None:
    story = with_permit().sent()
    assert story.when(story.act(c.TakeBackPaper, "back-1", reason=SEALED)) == [
        "paper_came_back", "operator_task_opened"
    ]  # fmt: skip
    assert story.state.deliveries[PERMIT].trouble is DeliveryTrouble.RETURNED
    anew = c.ChooseDelivery(way=DeliveryWay.PICK_UP, channel=e.Channel.COUNTER)
    assert story.when(anew) == ["delivery_chosen"]
    story.going()
    delivery = story.state.deliveries[PERMIT]
    assert (delivery.way, delivery.round, delivery.ordered, story.state.tasks) == ("pick_up", 2, True, ())


def test_an_order_that_its_department_does_not_take_is_a_persons_task() -> None:
    story = Paperwork(MAIL).decided(FILING, PERMIT)
    story.when(c.BeginDelivery(item=PERMIT))
    refused = c.RecordDeliveryOrder(item=PERMIT, round=1, refused=SEALED)
    assert story.when(refused) == ["delivery_not_taken", "operator_task_opened"]
    assert story.state.deliveries[PERMIT].trouble is DeliveryTrouble.NOT_TAKEN


# --- the choice -------------------------------------------------------------------------------------------------------


def test_the_choice_may_be_made_anew_until_the_paper_is_on_its_way() -> None:
    story = with_permit(None)
    chosen = c.ChooseDelivery(way=DeliveryWay.MAIL, to=SEALED, channel=e.Channel.WEB)
    assert story.when(chosen) == ["delivery_chosen"], "also when no paper was asked for at first"
    story.going()
    assert refusal(story, c.ChooseDelivery(way=DeliveryWay.NONE, channel=e.Channel.WEB)) == "delivery-begun"
    story.sent()
    assert refusal(story, chosen) == "paper-under-way"
    story.when(CONFIRM)
    assert refusal(story, chosen) == "paper-arrived"


@pytest.mark.parametrize(
    ("wish", "chosen", "faults"),
    [
        (None, None, {}),
        (WISH, None, {}),
        (DeliveryWish(way=DeliveryWay.PICK_UP), None, {}),
        (DeliveryWish(way=DeliveryWay.NONE), (TAX,), {}),
        (WISH, (FILING,), {"delivery": "delivery-not-needed"}),
        (
            DeliveryWish(way=DeliveryWay.MAIL, phone="12345"),
            None,
            {
                "delivery.addressee": "field-missing",
                "delivery.address": "field-missing",
                "delivery.phone": "mobile-phone-length",
            },
        ),
        (WISH.model_copy(update={"address": "路" * 301}), None, {"delivery.address": "value-too-long"}),
        (WISH.model_copy(update={"addressee": "甲\x07"}), None, {"delivery.addressee": "value-control-character"}),
        (
            WISH.model_copy(update={"way": DeliveryWay.PICK_UP, "address": None, "phone": None}),
            None,
            {"delivery.addressee": "delivery-field-not-needed"},
        ),
    ],
)
def test_every_fault_of_a_choice_is_told_at_once(
    wish: DeliveryWish | None, chosen: tuple[str, ...] | None, faults: dict[str, str]
) -> None:
    assert told(STATION, an_application(chosen=chosen).model_copy(update={"delivery": wish})) == faults


def told(bundle: object, application: Application) -> dict[str, str]:
    found = application_faults(bundle, application, TODAY)  # type: ignore[arg-type]
    return {fault.field: fault.code for fault in found if fault.field.startswith("delivery")}


def test_what_always_comes_on_paper_has_to_be_chosen_for() -> None:
    items = tuple(
        item.model_copy(
            update={"results": tuple(one.model_copy(update={"paper": Paper(always=True)}) for one in item.results)}
        )
        for item in STATION.items
    )
    strict = STATION.model_copy(update={"items": items})
    assert told(strict, an_application()) == {"delivery.way": "delivery-missing"}
    none = an_application().model_copy(update={"delivery": DeliveryWish(way=DeliveryWay.NONE)})
    assert told(strict, none) == {"delivery.way": "delivery-way-closed"}
    window = an_application().model_copy(update={"delivery": DeliveryWish(way=DeliveryWay.PICK_UP)})
    assert told(strict, window) == {"delivery.way": "delivery-way-closed"}, "it has no window"
    assert told(strict, an_application().model_copy(update={"delivery": WISH})) == {}


# --- time -------------------------------------------------------------------------------------------------------------


def pass_time(story: Paperwork) -> list[str]:
    """The soonest thing that happens by itself to the paper happens."""
    due = next(one for one in deadlines(story.state) if getattr(one.command, "item", None) == PERMIT)
    story.now = max(story.now, due.at)
    return story.when(due.command)


def test_ten_working_days_from_the_decision_then_a_warning_a_breach_and_a_task() -> None:
    story = with_permit()
    dates = story.state.deliveries[PERMIT].watch.dates
    assert dates is not None
    assert dates.due_on.isoformat() == "2026-03-16", "Monday 2 March and ten working days (行政许可法 44, 82)"
    assert pass_time(story) == ["delivery_warned"]
    assert pass_time(story) == ["delivery_breached", "operator_task_opened"]
    assert story.state.deliveries[PERMIT].trouble is DeliveryTrouble.OVERDUE
    story.sent()
    assert len(story.state.tasks) == 1, "sent too late: the person sees to it until it has arrived"
    assert story.when(story.act(c.DeliverPaper, "there-1")) == ["paper_delivered"]
    assert story.state.tasks == ()
    assert not [one for one in deadlines(story.state) if getattr(one.command, "item", None) == PERMIT]


def test_the_limit_is_kept_once_it_lies_ready_and_who_does_not_come_is_reminded_then_called() -> None:
    story = with_permit(PICK_UP)
    story.when(story.act(c.LayOutPaper, "ready-1"))
    assert pass_time(story) == ["pick_up_reminded"]
    assert pass_time(story) == ["pick_up_missed", "operator_task_opened"]
    assert story.when(story.act(c.HandOutPaper, "taken-1")) == ["paper_picked_up"]
    assert (story.state.tasks, story.paper) == ((), DeliveryStatus.PICKED_UP)


def test_a_published_calendar_moves_a_provisional_date() -> None:
    story = with_permit()
    delivery = story.state.deliveries[PERMIT]
    assert delivery.watch.dates is not None
    doubtful = delivery.watch.dates.model_copy(update={"provisional": True})
    watch = delivery.watch.model_copy(update={"dates": doubtful})
    story.state = story.state.model_copy(update={"deliveries": {PERMIT: delivery.model_copy(update={"watch": watch})}})
    assert story.when(c.DoubtDelivery(item=PERMIT)) == ["delivery_doubted"]
    assert ReckonDelivery(item=PERMIT, reckoning=2) in story.steps()
    assert story.when(c.BreachDelivery(item=PERMIT)) == [], "nothing follows from a date in doubt"


# --- after the end ----------------------------------------------------------------------------------------------------


def test_after_the_end_a_paper_may_still_be_missed_for_some_time_and_is_answered() -> None:
    story = with_permit().decided(TAX).sent()
    story.when(story.act(c.DeliverPaper, "there-1"))
    story.when(c.Close(outcome=e.CaseOutcome.COMPLETED))
    assert story.when(story.act(c.DeliverPaper, "there-1")) == [], "a repeat is a repeat"
    assert story.when(miss()) == ["paper_missed", "operator_task_opened"]
    assert story.when(answer("send_again")) == ["delivery_answered"]
    story.when(story.act(c.DispatchPaper, "sent-2", carrier="测试速递", number=SEALED))
    assert story.when(story.act(c.DeliverPaper, "there-2")) == ["paper_delivered"]
    assert (story.state.phase, deadlines(story.state), story.steps()) == (CasePhase.CLOSED, (), ())
    story.now += timedelta(days=91)
    assert refusal(story, miss()) == "report-over"


def test_everything_else_is_over_with_the_case() -> None:
    story = with_permit(None)
    story.when(c.Close(outcome=e.CaseOutcome.COMPLETED))
    assert refusal(story, c.ChooseDelivery(way=DeliveryWay.PICK_UP, channel=e.Channel.WEB)) == "case-closed"
    assert refusal(story, CONFIRM) == "nothing-to-deliver"
    assert refusal(story, c.SettleTask(item=PERMIT, operator="o", note=SEALED)) == "case-closed"


# --- the bundle -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paper", "code"),
    [
        ({"mail": False}, "paper-undeliverable"),
        ({"working_days": 11}, "paper-too-late"),
        ({"way": "pigeon"}, "model-extra-forbidden"),
    ],
)
def test_a_paper_that_nobody_could_deliver_is_a_mistake_of_the_bundle(paper: dict[str, object], code: str) -> None:
    assert code in mistakes({PERMIT: paper})


def test_papers_that_share_no_way_are_a_mistake() -> None:
    window = {"zh": "一号窗口", "en": "Window 1"}
    papers = {PERMIT: {"always": True}, TAX: {"always": True, "mail": False, "pick_up": window}}
    assert "paper-no-common-way" in mistakes(papers)


def mistakes(papers: dict[str, dict[str, object]]) -> set[str]:
    definition = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for item in definition["items"]:
        if item["id"] in papers:
            title = {"zh": f"证书 {item['id']}", "en": f"Certificate {item['id']}"}
            item["results"] = [{"id": "certificate", "title": title, "kind": "document", "paper": papers[item["id"]]}]
    with pytest.raises(FileRefused) as refused:
        parse_bundle(yaml.safe_dump(definition, allow_unicode=True), "courier-station.yaml")
    return {fault.code for fault in refused.value.faults}


def test_true_is_the_short_form_of_a_paper() -> None:
    definition = FILE.read_text(encoding="utf-8")
    short = yaml.safe_load(definition)
    short["items"][1]["results"][0]["paper"] = True
    bundle = parse_bundle(yaml.safe_dump(short, allow_unicode=True), "courier-station.yaml")
    assert bundle.items[1].results[0].paper == Paper()
