"""Plans at random with every capability at once, as far as the check of bundles lets them stand side by side."""

from hypothesis import strategies as st

from one_things.definition import (
    EscalationLevel,
    Extension,
    ItemKind,
    ItemResult,
    JointLimit,
    Patience,
    Source,
    SpecialProcedure,
    Suspension,
)
from one_things.plan import (
    AwaitedMaterial,
    DeferredMaterial,
    Lookup,
    Plan,
    PlannedCommitment,
    PlannedCreditCheck,
    PlannedExclusion,
    PlannedItem,
    PlannedLicence,
    PlannedLimits,
    PlannedMaterial,
    PlannedNotice,
)
from one_things.planned_parties import PlannedParty, PlannedPayment, PlannedSigning
from one_things.text import Text
from tests.one_things.given import a_digest

TITLE = Text(zh="测试", en="test")
SOURCE = Source(document="测试规定")
DEPARTMENTS = ("tax", "bank", "registry")
PARTIES = ("buyer", "seller", "lender")
LOOKUPS = ("tax.debts", "registry.holder")
FIELD = "person.name"
MATERIALS = (
    "handed-in", "on-the-way", "deferred-refused", "deferred-task",
    "promised", "promised-unless-listed", "licence-required", "licence-optional",
)  # fmt: skip
RARELY = (False, False, False, True)


@st.composite
def plans(draw: st.DrawFn, *, with_parties: bool = True) -> Plan:
    """Plans of up to eight items; the last of them pay out what those before the pivot deposited."""
    items: list[PlannedItem] = []
    count = draw(st.integers(2, 6))
    pivot = draw(st.sampled_from([None, *range(count), *range(count)]))
    for place in range(count):
        items.append(_item(draw, place, pivot, items, with_parties=with_parties))
    if pivot is not None and with_parties:
        items += _releases(draw, items, f"item-{pivot}")
    _give_windows(draw, items)
    items = [_with_needs(draw, item) for item in items]
    needed = {material for item in items for material in item.materials}
    return Plan(
        bundle="random-errand",
        version="2026.1",
        digest=a_digest(),
        title=TITLE,
        answers={},
        items=tuple(items),
        departments=dict.fromkeys(DEPARTMENTS, TITLE),
        lookups=tuple(_lookup(name) for name in LOOKUPS if any(name in item.lookups for item in items)),
        **_materials(needed),
        parties=(
            PlannedParty(id="buyer", title=TITLE, identity="buyer.id", name="buyer.name"),
            PlannedParty(id="seller", title=TITLE, identity="seller.id", name="seller.name"),
            PlannedParty(id="lender", title=TITLE, department="bank"),
        ),
        joint_limits=_joint_limits(draw, items),
        escalation=(EscalationLevel(after_working_days=2, level="section_head", title=TITLE),),
        patience=Patience(reminder_days=3, operator_days=9),
        suspension=Suspension(calendar_days=20, source=SOURCE) if draw(st.booleans()) else None,
        # The rules of today's plans; those of older ones have tests of their own.
        one_correction=True,
        deferrals_move=True,
        left_behind_is_seen=True,
        silence_hours=24,
    )


def _item(
    draw: st.DrawFn, place: int, pivot: int | None, earlier: list[PlannedItem], *, with_parties: bool
) -> PlannedItem:
    names = [item.id for item in earlier]
    after = tuple(draw(st.lists(st.sampled_from(names), unique=True, max_size=2))) if names else ()
    before = all_before(earlier, after)
    is_pivot = place == pivot
    behind_pivot = any(item.pivot for item in earlier if item.id in before)
    behind_linked = any(item.linked for item in earlier if item.id in before)
    notice = not is_pivot and draw(st.sampled_from(RARELY))
    can_be_undone = not is_pivot and not behind_pivot
    payment = None
    if with_parties and not notice:
        payment = _payment(draw, can_deposit=can_be_undone and pivot is not None)
    signers = ()
    if with_parties and not behind_pivot and draw(st.sampled_from(RARELY)):
        signers = tuple(draw(st.lists(st.sampled_from(PARTIES), unique=True, min_size=1)))
    has_limit = not notice and draw(st.booleans())
    results = (ItemResult(id="result", title=TITLE, kind="document"),) if draw(st.booleans()) else ()
    return PlannedItem(
        id=f"item-{place}",
        title=TITLE,
        department=draw(st.sampled_from(DEPARTMENTS)),
        kind=ItemKind.PUBLIC_NOTICE if notice else ItemKind.CONFIRMATION,
        after=after,
        fields=(FIELD,),
        committed_days=2 if has_limit else None,
        limits=_limits(draw) if has_limit else None,
        procedures=_procedures() if has_limit and draw(st.booleans()) else (),
        notice=PlannedNotice(calendar_days=20) if notice else None,
        signing=PlannedSigning(parties=signers, calendar_days=15, document=TITLE) if signers else None,
        payment=payment,
        pivot=is_pivot,
        atomic=bool(results) and draw(st.booleans()),
        linked=behind_pivot and not payment and (behind_linked or draw(st.booleans())),
        undo=TITLE if can_be_undone and (payment is not None or draw(st.booleans())) else None,
        results=results,
    )


def all_before(items: list[PlannedItem], direct: tuple[str, ...]) -> set[str]:
    """Every item that is finished before one that comes directly after these."""
    by_id = {item.id: item for item in items}
    return set(direct).union(*(all_before(items, by_id[one].after) for one in direct))


def _payment(draw: st.DrawFn, *, can_deposit: bool) -> PlannedPayment | None:
    role = draw(st.sampled_from([None, None, None, "charge", "deposit" if can_deposit else None]))
    if role is None:
        return None
    return PlannedPayment(role=role, payer="buyer", amount_fen=draw(st.integers(2, 10**6)))


def _releases(draw: st.DrawFn, items: list[PlannedItem], pivot: str) -> list[PlannedItem]:
    deposits = tuple(item.id for item in items if item.payment is not None and item.payment.role == "deposit")
    if not deposits:
        return []
    paid = PlannedItem(
        id="pay-out",
        title=TITLE,
        department="bank",
        kind=ItemKind.PAYMENT,
        after=(pivot, *deposits),
        fields=(FIELD,),
        payment=PlannedPayment(role="release", payee="seller", amount_fen=1, deposits=deposits),
    )
    rest = paid.model_copy(
        update={
            "id": "pay-the-rest",
            "after": ("pay-out",),
            "payment": PlannedPayment(role="release", payee="seller", deposits=deposits),
        }
    )
    return [paid, rest] if draw(st.booleans()) else [rest.model_copy(update={"after": (pivot, *deposits)})]


def _give_windows(draw: st.DrawFn, items: list[PlannedItem]) -> None:
    """The window of a notice is that of an item directly behind it; a bundle names one notice for it, no second."""
    have_one: set[str] = set()
    for place, item in enumerate(items):
        behind = [other.id for other in items if item.id in other.after and other.id not in have_one]
        if item.notice is not None and behind and draw(st.booleans()):
            windowed = draw(st.sampled_from(behind))
            have_one.add(windowed)
            windows = {windowed: 20}
            items[place] = item.model_copy(update={"notice": PlannedNotice(calendar_days=20, windows=windows)})


def _with_needs(draw: st.DrawFn, item: PlannedItem) -> PlannedItem:
    materials = draw(st.lists(st.sampled_from(MATERIALS), unique=True, max_size=2))
    credit_check = PlannedCreditCheck(
        department="tax", dataset="credit", field="barred", by=FIELD, reason=TITLE, article="测试规定"
    )
    return item.model_copy(
        update={
            "materials": tuple(materials),
            "licences": tuple(material for material in materials if material.startswith("licence")),
            "lookups": tuple(draw(st.lists(st.sampled_from(LOOKUPS), unique=True, max_size=1))),
            "credit_check": credit_check if draw(st.sampled_from((*RARELY, False))) else None,
        }
    )


def _limits(draw: st.DrawFn) -> PlannedLimits:
    extension = Extension(working_days=3) if draw(st.booleans()) else None
    return PlannedLimits(statutory_days=5, committed_days=2, extension=extension)


def _procedures() -> tuple[SpecialProcedure, ...]:
    return (SpecialProcedure(id="inspection", title=TITLE, working_days=4, source=SOURCE),)


def _joint_limits(draw: st.DrawFn, items: list[PlannedItem]) -> tuple[JointLimit, ...]:
    limited = [item.id for item in items if item.limits is not None]
    if len(limited) < 2 or draw(st.booleans()):
        return ()
    return (JointLimit(id="joint", title=TITLE, items=tuple(limited), statutory=10, committed=6),)


def _lookup(name: str) -> Lookup:
    department, dataset = name.split(".")
    return Lookup(id=name, department=department, dataset=dataset, by=FIELD, fields={})


def _materials(needed: set[str]) -> dict[str, object]:
    """What the plan says of the materials that its items list."""
    exclusion = PlannedExclusion(department="tax", dataset="dishonest", field="listed", by=FIELD)
    commitment = PlannedCommitment(material="promised", title=TITLE, text=TITLE, supervised_by="registry")
    licence = PlannedLicence(
        material="licence-required", title=TITLE, department="registry", type="test", by=FIELD, basis="测试规定"
    )
    known = {
        "materials": [PlannedMaterial(id="handed-in", title=TITLE, digest=a_digest())],
        "awaited": [AwaitedMaterial(id="on-the-way", title=TITLE)],
        "deferred": [
            DeferredMaterial(id="deferred-refused", title=TITLE, working_days=5, when_missing="refuse"),
            DeferredMaterial(id="deferred-task", title=TITLE, working_days=5, when_missing="operator_task"),
        ],
        "commitments": [
            commitment,
            commitment.model_copy(update={"material": "promised-unless-listed", "excluded_by": exclusion}),
        ],
        "licences": [licence, licence.model_copy(update={"material": "licence-optional", "required": False})],
    }
    return {
        kind: tuple(
            one for one in ones if getattr(one, "material", None) in needed or getattr(one, "id", None) in needed
        )
        for kind, ones in known.items()
    }
