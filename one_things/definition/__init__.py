"""The model of a bundle: what the authors of a one-thing write down as YAML, and nothing a program needs besides.

A bundle says which **items** departments decide, in which **order**, under which **situations**, from which **form
fields** and **materials**, within which **limits**, and where the **pivot** lies after which nothing is undone.
"""

from one_things.definition.bundle import Bundle, Department
from one_things.definition.delivery import Paper
from one_things.definition.form import FieldType, FormField, SharedDataSource
from one_things.definition.items import CreditCheck, Item, ItemKind, ItemResult, ReviewPoint, Undo
from one_things.definition.limits import (
    ConditionalLimits,
    EscalationLevel,
    Extension,
    JointLimit,
    Limits,
    Notice,
    SpecialProcedure,
    Window,
)
from one_things.definition.materials import Commitment, Deferral, LicenceSource, Material
from one_things.definition.names import Condition, FieldId, Formula, Name, Slug, Source
from one_things.definition.parties import Party, Payment, Signing
from one_things.definition.patience import Patience
from one_things.definition.situations import Option, Rule, Situation
from one_things.definition.starting import StartingEvent, Suspension
from one_things.definition.tables import DatedTable, Derived, Eligibility, TableRises, TableRow

__all__ = [
    "Bundle", "Commitment", "Condition", "ConditionalLimits", "CreditCheck", "DatedTable", "Deferral", "Department",
    "Derived", "Eligibility", "EscalationLevel", "Extension", "FieldId", "FieldType", "FormField", "Formula", "Item",
    "ItemKind", "ItemResult", "JointLimit", "LicenceSource", "Limits", "Material", "Name", "Notice", "Option", "Paper",
    "Party", "Patience", "Payment", "ReviewPoint", "Rule", "SharedDataSource", "Signing", "Situation", "Slug", "Source",
    "SpecialProcedure", "StartingEvent", "Suspension", "TableRises", "TableRow", "Undo", "Window",
]  # fmt: skip
