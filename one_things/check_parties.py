"""Whether a bundle's parties can be recognised, and whether the right ones sign."""

from collections.abc import Iterator

from one_things.check_names import all_known, id_twice, known_name, mistake, unused
from one_things.check_reach import may_be_left_out, possible, sound
from one_things.definition import Bundle, FieldType, Item, Party
from one_things.faults import Fault
from one_things.taking_part import parties_named

_IDENTITIES = (FieldType.IDENTITY_NUMBER, FieldType.CREDIT_CODE)


def party_faults(bundle: Bundle) -> Iterator[Fault]:
    """Parties nobody could recognise, and signings that name the wrong ones."""
    for place, party in enumerate(bundle.parties):
        yield from _recognised(bundle, party, f"parties.{place}")
    parties = [party.id for party in bundle.parties]
    for place, item in enumerate(bundle.items):
        if item.signing is not None:
            at = f"items.{place}.signing.parties"
            yield from all_known(item.signing.parties, parties, at, "party")
            for number, party_id in enumerate(item.signing.parties):
                if party_id in item.signing.parties[:number]:
                    yield id_twice(f"{at}.{number}", party_id)
            yield from _somebody_signs(bundle, item, at)
        if item.atomic and not item.results:
            yield mistake(
                f"items.{place}.atomic",
                "atomic-without-results",
                f"{item.id} 没有声明结果，谈不上全有或全无。",
                f"{item.id} declares no results, so there is nothing to be had all or not at all.",
                "请列出 results，或删去 atomic。",
                "List its results, or leave atomic out.",
            )
    yield from unused("parties", parties, parties_named(bundle.items))


def _recognised(bundle: Bundle, party: Party, at: str) -> Iterator[Fault]:
    is_person = party.name is not None and party.identity is not None
    half_a_person = (party.name is None) is not (party.identity is None)
    if half_a_person or is_person is (party.department is not None):
        yield mistake(
            at,
            "party-unclear",
            f"{party.id} 须是自然人或企业（name 与 identity），或是机构（department），二者居一。",
            f"{party.id} has to be a person (name and identity) or an institution (department), and not both.",
            "请写 name 和 identity，或只写 department。",
            "Write name and identity, or department alone.",
        )
    if party.department is not None:
        yield from known_name(
            party.department, [one.id for one in bundle.departments], f"{at}.department", "department"
        )
    fields = {field.id: field for field in bundle.fields}
    for role, field_id in (("name", party.name), ("identity", party.identity)):
        if field_id is None:
            continue
        yield from known_name(field_id, list(fields), f"{at}.{role}", "field")
        field = fields.get(field_id)
        if field is None:
            continue
        if field.source is not None or not field.required or may_be_left_out(bundle, party.when, field.when):
            yield mistake(
                f"{at}.{role}",
                "party-not-asked",
                f"{field_id} 不是每次都填写，无法据以识别 {party.id}。",
                f"{field_id} is not always filled in, so {party.id} could not be recognised by it.",
                "请用必填、由申请人填写、条件不窄于该参与方的字段。",
                "Name a field that the applicant fills in whenever this party takes part.",
            )
        if role == "identity" and field.type not in _IDENTITIES:
            yield mistake(
                f"{at}.identity",
                "identity-unfit",
                f"{field_id} 既不是身份证号也不是统一社会信用代码。",
                f"{field_id} is neither an identity number nor a credit code.",
                "请用类型为 identity_number 或 credit_code 的字段。",
                "Name a field of type identity_number or credit_code.",
            )


def _somebody_signs(bundle: Bundle, item: Item, at: str) -> Iterator[Fault]:
    signing = item.signing
    signers = [party for party in bundle.parties if signing is not None and party.id in signing.parties]
    conditions = [party.when for party in signers]
    if not signers or None in conditions or not sound(bundle, item.when, *conditions):
        return
    if possible(bundle, [item.when], never=conditions):
        yield mistake(
            at,
            "nobody-signs",
            f"有的情形下没有任何一方签署 {item.id}。",
            f"There are answers under which nobody signs for {item.id}.",
            "请加入一个总是参与的签署方，或核对条件。",
            "Add a party that always takes part, or compare the conditions.",
        )
