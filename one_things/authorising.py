"""Authorisations: for which materials an applicant lets the issuer be asked for an e-licence instead (免证办)."""

from collections.abc import Collection, Iterator, Sequence

from one_things.application import Application
from one_things.definition import Bundle, Material
from one_things.faults import Fault
from one_things.licences import BASIS
from one_things.plan import PlannedLicence
from one_things.text import Text
from one_things.unknown import unknown_names


def authorised_materials(application: Application) -> frozenset[str]:
    """Those authorised and not handed in as well: what somebody has handed in is not looked up besides."""
    return frozenset(application.authorisations) - {material.id for material in application.materials}


def planned_licences(materials: Sequence[Material], authorised: Collection[str]) -> tuple[PlannedLicence, ...]:
    """The licences that stand for these materials, as far as the applicant authorised them."""
    return tuple(
        PlannedLicence(
            material=material.id,
            title=material.title,
            department=material.licence.department,
            type=material.licence.type,
            by=material.licence.by,
            holder=material.licence.holder,
            required=material.required,
            basis=BASIS,
        )
        for material in materials
        if material.licence is not None and material.id in authorised
    )


def authorisation_faults(
    bundle: Bundle, licensed: Collection[str], application: Application, certain: bool
) -> Iterator[Fault]:
    """What is wrong with the authorisations. ``licensed`` are the materials whose licences the case would look up.

    One that nobody needs is refused as well: no more is looked up about a person than is needed (个人信息保护法 6).
    """
    named = application.authorisations
    declared = {material.id: material for material in bundle.materials}
    handed = {material.id for material in application.materials}
    yield from unknown_names(dict.fromkeys(named), declared, "authorisations", Text(zh="材料", en="material"))
    for name in dict.fromkeys(name for name in named if name in declared):
        if declared[name].licence is None:
            yield _fault(name, "authorisation-without-licence", _NO_LICENCE, _HAND_IN)
        elif name in handed:
            yield _fault(name, "authorisation-and-material", _BOTH, _ONE_OF_THEM)
        elif named.count(name) > 1:
            yield _fault(name, "authorisation-twice", _TWICE, _ONCE)
        elif certain and name not in licensed:
            yield _fault(name, "authorisation-not-needed", _NOT_NEEDED, _LEAVE_OUT)


def _fault(material: str, code: str, reason: Text, fix: Text) -> Fault:
    return Fault(field=f"authorisations.{material}", code=code, reason=reason, fix=fix)


_NO_LICENCE = Text(zh="该材料没有可以替代的电子证照。", en="No e-licence stands for this material.")
_HAND_IN = Text(zh="请提交该材料，并删去此项授权。", en="Hand the material in, and leave the authorisation out.")
_BOTH = Text(
    zh="该材料已经提交，无需再查询电子证照。", en="The material is handed in, so its e-licence is not looked up."
)
_ONE_OF_THEM = Text(zh="请保留材料或授权中的一项。", en="Keep the material or the authorisation, not both.")
_TWICE = Text(zh="同一授权写了两次。", en="The same authorisation stands twice.")
_ONCE = Text(zh="请只保留一项。", en="Keep one of them.")
_NOT_NEEDED = Text(zh="所选事项不需要该材料。", en="None of the chosen items needs this material.")
_LEAVE_OUT = Text(zh="请删去此项授权。", en="Leave the authorisation out.")
