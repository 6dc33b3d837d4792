"""What a case is answered when it asks: by departments, licence issuers, lists, institutions; or not at once."""

from one_things import commands as c
from one_things import material_steps as ms
from one_things import promises as ps
from one_things import steps as s
from one_things.clock import (
    calendar_end,
    end_of_day,
)
from one_things.licences import LicenceFault
from one_things.preparing import CheckCredit, LookUpLicence
from tests.one_things.given import SEALED
from tests.one_things.whole_cases.acts import Acts
from tests.one_things.whole_cases.dates import calendar_of, received, reckoned, taken


class Answers(Acts):
    """Answers to the steps of one case; an honest one is what everybody hopes for."""

    def no_answer(self, step: s.Step) -> c.Command | None:
        """What the case records when it is not answered at once; None for what only we ourselves answer."""
        match step:
            case s.FetchSharedData(lookup=lookup):
                return c.RecordSourceDown(lookup=lookup)
            case LookUpLicence(material=material):
                return c.RecordLicenceUnavailable(material=material)
            case CheckCredit(item=item):
                return c.RecordCreditUnavailable(item=item)
            case s.SubmitItem(item=item) | s.UndoItem(item=item) | ms.SupplyMaterial(item=item):
                return c.RecordUnreachable(item=item)
            case s.AskToSign(item=item, party=party, round=asked):
                return c.RecordSignatoryUnreachable(item=item, party=party, round=asked)
            case ps.CheckExclusion(material=material):
                return c.RecordExclusionUnavailable(material=material)
        return None

    def answer(self, step: s.Step, *, honest: bool) -> c.Command:
        """The answer; an honest one is what everybody hopes for."""
        asked_in = self.course.asked[step]
        bad = not honest
        refused = SEALED if bad else None
        match step:
            case s.FetchSharedData(lookup=lookup):
                digest = self._one_of(["d1", "d2"])
                return c.RecordSharedData(lookup=lookup, fields=None if bad else SEALED, digest=digest)
            case LookUpLicence(material=material):
                stands = c.LicenceStands(reference=SEALED, digest="digest")
                return c.RecordLicence(
                    material=material, verdict=c.LicenceFails(fault=LicenceFault.NOT_HELD) if bad else stands
                )
            case CheckCredit(item=item):
                return c.RecordCredit(item=item, digest="digest", barred=bad)
            case s.SubmitItem(item=item):
                return c.RecordReply(item=item, attempt=asked_in.items[item].attempt, reply=self._reply(item, honest))
            case s.UndoItem(item=item):
                payment = self._wrong_payment() if bad and self._rarely() else self._moved(item)
                return c.RecordUndone(item=item, failed=bad and self._rarely(), refused=refused, payment=payment)
            case s.DrawUpDocument(item=item, corrections=corrections):
                version = corrections if self._changes_document else 0
                ends_at = end_of_day(calendar_end(self.course.now, 15))
                return c.BeginSigning(item=item, digest=f"document-{version}", corrections=corrections, ends_at=ends_at)
            case s.AskToSign(item=item, party=party, round=asked):
                digest = asked_in.items[item].signing.digest
                about = {"item": item, "party": party, "round": asked, "digest": digest, "reference": "收"}
                return c.RecordSigningReply(**about, refused=refused, signed=not bad and self._rarely(), code="no")
            case ms.SupplyMaterial(item=item, material=material):
                return c.RecordSupplied(item=item, material=material, failed=bad, refused=refused)
            case ps.CheckExclusion(material=material):
                return c.RecordExclusion(material=material, excluded=bad)
            case ps.ReportCommitment(item=item, material=material, verdict=verdict):
                return c.RecordCommitmentReport(item=item, material=material, verdict=verdict, failed=bad)
        return reckoned(step, asked_in, self.course.now, calendar_of(self.course.state))

    def _reply(self, item: str, honest: bool) -> c.Reply:
        planned = self.course.state.plan.item(item)
        if not honest and not self._rarely():
            correction = c.NeedsCorrection(points=SEALED, named=self._one_of([(), planned.materials]))
            return self._one_of([c.Refused(code="refused", reason=SEALED), correction, correction])
        if planned.notice is None and self._happens(0.2):
            decided = self.decision(item, c.Verdict.APPROVED)
            payment = decided.payment if honest else self._wrong_payment()
            return c.Done(results=decided.results if honest or self._rarely() else (), payment=payment)
        if self._happens(0.25):
            return received(self.course.now, calendar_of(self.course.state))
        state, now = self.course.state, self.course.now
        return taken(state.plan, item, now, now, calendar_of(state))
