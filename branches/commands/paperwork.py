"""Papers, phishing questions and the fee (서류·수수료): agreed before approval, collected after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone

from branches.commands.reissue import must_be_in_progress, own_case
from branches.models import FeeMethod, FeeState, ReissueCase
from branches.queries.paperwork import PHISHING_QUESTIONS, Fee, fee_for, papers_for
from branches.states import CaseState
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, Invalid


class NoFeeRule(Conflict):
    code, message = "reissue.no_fee_rule", "이 사유에 적용할 수수료 규칙이 없습니다. 관리자에게 알려 주십시오."


class PapersMissing(Invalid):
    code, message = "reissue.papers_missing", "받지 않은 서류가 있습니다. 모두 받은 뒤 확인해 주십시오."


class QuestionsOpen(Invalid):
    code, message = "reissue.questions_open", "보이스피싱 문진 세 가지를 모두 여쭈어 주십시오."


class ConsentMissing(Invalid):
    code, message = "reissue.consent_missing", "수수료를 안내하고 동의를 받아 주십시오."


class FeeNotDue(Conflict):
    code, message = "reissue.fee_not_due", "지금은 수수료를 받을 때가 아닙니다."


class NoWaiver(Invalid):
    code, message = "reissue.no_waiver", "수수료가 있는 건입니다. 수납 방법을 골라 주십시오."


class TransactionNumberMissing(Invalid):
    code, message = "reissue.transaction_number", "수납 거래번호를 입력해 주십시오."


@command(action="reissue.paperwork", needs=Permission.RUN_CASE, facts=("documents", "fee_won", "fee_method"))
def record_paperwork(
    trail: Trail,
    *,
    by: Actor,
    case_ref: UUID,
    documents: Sequence[str],
    phishing_answers: Sequence[bool],
    consent: bool,
    fee_method: FeeMethod,
    once: Once | None = None,
) -> ReissueCase:
    """Note the papers received, the phishing answers and the customer's consent to the fee in force today."""
    case = own_case(case_ref, by=by)
    trail.about(case)
    must_be_in_progress(case)
    _must_be_complete(case, documents, phishing_answers, consent)
    fee = _fee_in_force(case, fee_method, on=timezone.localdate(trail.at))
    case.write(
        documents=sorted(set(documents)),
        phishing_answers=list(phishing_answers),
        paperwork_at=trail.at,
        fee_won=fee.won,
        fee_sentence=fee.sentence,
        fee_state=FeeState.AGREED,
        fee_method=fee_method if fee.won else FeeMethod.NONE,
    )
    trail.fact(documents=case.documents, fee_won=fee.won, fee_method=case.fee_method)
    return case


def _must_be_complete(
    case: ReissueCase, documents: Sequence[str], phishing_answers: Sequence[bool], consent: bool
) -> None:
    if set(papers_for(case.reason)) - set(documents):
        raise PapersMissing()
    if len(phishing_answers) != len(PHISHING_QUESTIONS):
        raise QuestionsOpen()
    if not consent:
        raise ConsentMissing()


def _fee_in_force(case: ReissueCase, method: FeeMethod, *, on: date) -> Fee:
    fee = fee_for(kind=case.kind, reason=case.reason, on=on)
    if fee is None:
        raise NoFeeRule()
    if fee.won and method == FeeMethod.NONE:
        raise NoWaiver()
    return fee


@command(action="reissue.fee_collected", needs=Permission.RUN_CASE, facts=("won", "method", "transaction_no"))
def collect_fee(
    trail: Trail, *, by: Actor, case_ref: UUID, method: FeeMethod, transaction_no: str, once: Once | None = None
) -> ReissueCase:
    """Note that the fee was taken, after approval and before the first code."""
    case = own_case(case_ref, by=by)
    trail.about(case)
    if case.state != CaseState.APPROVED or case.fee_state != FeeState.AGREED or not case.fee_won:
        raise FeeNotDue()
    if method == FeeMethod.NONE:
        raise NoWaiver()
    if not transaction_no.strip():
        raise TransactionNumberMissing()
    case.write(
        fee_state=FeeState.COLLECTED,
        fee_method=method,
        fee_transaction_no=transaction_no.strip(),
        fee_collected_at=trail.at,
    )
    trail.fact(won=case.fee_won, method=method, transaction_no=transaction_no.strip())
    return case
