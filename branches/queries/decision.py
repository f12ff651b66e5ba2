"""One request as its decider is shown it: the bank's records beside what was presented, and what to look at twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.utils import timezone

from branches.models import Approval, Customer, FeeMethod, IdentityCheck, ReissueCase, ReturnReason
from branches.queries import evidence
from branches.queries.evidence import Flag
from branches.queries.paperwork import Paper
from branches.queries.rows.approval import ComparedRow, DecisionPage, EvidenceKind, EvidenceRow, FlagRow, Verbs
from devices.models import Device, DeviceState
from nh_otp import masks, shown
from nh_otp.four_eyes.models import OWN_REQUEST
from nh_otp.shown import Fact, Status, Tone

SENTENCES: Mapping[Flag, str] = {
    Flag.CONTACT_CHANGED: "연락처를 바꾼 사람이 본인인지 담당자가 물어 확인하였습니다.",
    Flag.REISSUED_RECENTLY: "단기간 재발급 사유를 확인하였습니다.",
    Flag.DORMANT: "오래 거래가 없던 고객님의 본인확인을 다시 살펴보았습니다.",
    Flag.OTHER_BRANCH: "다른 지점 고객님이 이 지점으로 오신 까닭을 확인하였습니다.",
    Flag.PHISHING_ANSWER: "보이스피싱 문진에 ‘예’라고 하신 까닭을 담당자와 확인하였습니다.",
    Flag.FEE_WAIVED: "수수료 면제 사유를 확인하였습니다.",
}
LOOK = Status("주의", Tone.WAITING)
SAME = Status("일치", Tone.DONE)
DIFFERENT = Status("불일치", Tone.BACK)
FINE = Status("정상", Tone.DONE)


VERBS = Verbs("approve_case", "return_case", "refuse_case")


def decision_page(request: Approval, case: ReissueCase, *, own: bool, at: datetime) -> DecisionPage:
    """The request, with the digest a decision will be bound to; the case must be loaded with all it is about."""
    raised, digest = evidence.flags(case, at=at), evidence.digest(case)
    reasons, window = shown.choices(ReturnReason), request.maker.terminal
    return DecisionPage(
        ref=case.pk,
        number=case.number,
        name=masks.name(case.customer.name),
        title=f"{case.get_reason_display()} 재발급",
        device=f"새 기기 끝 {case.new_device.serial[-4:]}" if case.new_device else "",
        kind=case.get_kind_display(),
        maker=shown.person(request.maker),
        window=window.name if window else "",
        requested_at=request.requested_at,
        compared=compare(case, raised),
        flags=flag_rows(raised),
        evidence=_evidence(case),
        memo=case.memo,
        seen=evidence.seen(digest, raised),
        return_reasons=reasons,
        refuse_reasons=reasons,
        verbs=VERBS,
        can_decide=not own,
        why_not=OWN_REQUEST if own else "",
        changed=digest != request.digest,
    )


def flag_rows(raised: Collection[Flag]) -> tuple[FlagRow, ...]:
    """What must be ticked, in words."""
    return tuple(FlagRow(flag.value, SENTENCES[flag]) for flag in raised)


STOPPED, SET_ASIDE = DeviceState.SUSPENDED, DeviceState.RESERVED


def compare(case: ReissueCase, raised: Collection[Flag]) -> tuple[ComparedRow, ...]:
    """은행 원장 | 이번 신청·증빙 | 결과; what needs a look comes first."""
    rows = (
        *person(case.customer, raised, branch=case.branch.name, came_by=case.get_channel_display()),
        *identity(case.identity, case.customer),
        *_devices(case),
        *_papers(case, raised),
    )
    return tuple(sorted(rows, key=lambda row: not row.look))


def person(customer: Customer, raised: Collection[Flag], *, branch: str, came_by: str) -> tuple[ComparedRow, ...]:
    """What the records say about the person; beside the phone only what must be looked at."""
    changed = f"{customer.contact_changed_on:%Y-%m-%d} 변경" if customer.contact_changed_on else ""
    used = f"{customer.last_used_on:%Y-%m-%d}" if customer.last_used_on else "기록 없음"
    looked_at = (
        _row("재발급 이력", "90일 안에 있음", "이번 신청", look=Flag.REISSUED_RECENTLY in raised),
        _row("마지막 거래일", used, came_by, look=Flag.DORMANT in raised),
        _row("관리 지점", customer.home_branch.name, branch, look=Flag.OTHER_BRANCH in raised),
    )
    phone = _row("휴대폰", masks.phone(customer.phone), changed or "변경 없음", look=Flag.CONTACT_CHANGED in raised)
    return (phone, *(row for row in looked_at if row.look))


def _row(label: str, recorded: str, presented: str, *, look: bool, fine: Status = FINE) -> ComparedRow:
    return ComparedRow(label, recorded, presented, LOOK if look else fine, look=look)


def identity(check: IdentityCheck | None, customer: Customer) -> tuple[ComparedRow, ...]:
    """The record beside what the document said, and the issuer's answer."""
    if check is None:
        return (ComparedRow("본인확인", "", "없음", DIFFERENT, look=True),)
    name, document = masks.name(customer.name), check.get_document_display()
    year = f"{customer.birth_on.year}-**-**"
    return (
        ComparedRow("성명", name, name, _matched(check.name_matched), presented_note=document),
        ComparedRow("생년월일", year, year, _matched(check.birth_matched), presented_note=document),
        ComparedRow("신분증 사진", "고객 대조", document, _matched(check.photo_matched)),
        _authenticity(check),
    )


def _matched(same: bool) -> Status:
    return SAME if same else DIFFERENT


def _authenticity(check: IdentityCheck) -> ComparedRow:
    result = Status(check.get_result_display(), Tone.DONE if check.passed else Tone.BACK)
    answered = f"{timezone.localtime(check.answered_at):%H:%M:%S} 응답" if check.answered_at else "응답 없음"
    return ComparedRow("신분증 진위", "발급기관 조회", answered, result, look=not check.passed)


def _devices(case: ReissueCase) -> tuple[ComparedRow, ...]:
    old, new, report = case.old_device, case.new_device, case.loss_report
    reported = f"사고신고 {timezone.localtime(report.received_at):%m-%d %H:%M:%S}" if report else "신고 없음"
    number = report.number if report else ""
    rows = []
    if old is not None:
        result = _as_it_should(old, STOPPED)
        rows.append(ComparedRow("기존 기기", f"…{old.serial[-4:]}", reported, result, presented_note=number))
    if new is not None:
        rows.append(ComparedRow("새 기기", "담당자 시재", f"…{new.serial[-4:]}", _as_it_should(new, SET_ASIDE)))
    return tuple(rows)


def _as_it_should(device: Device, wanted: DeviceState) -> Status:
    """A device in the state this request needs is in order, whatever that state looks like elsewhere."""
    return Status(device.get_state_display(), Tone.DONE if device.state == wanted else Tone.BACK)


def _papers(case: ReissueCase, raised: Collection[Flag]) -> tuple[ComparedRow, ...]:
    asked = "‘예’ 대답 있음" if any(case.phishing_answers) else "모두 아니오"
    fee = f"{case.fee_won:,}원 {FeeMethod(case.fee_method).label}"
    return (
        _row("보이스피싱 문진", "세 가지 질문", asked, look=Flag.PHISHING_ANSWER in raised),
        _row("수수료", f"{case.fee_won:,}원", fee, look=Flag.FEE_WAIVED in raised, fine=Status("동의", Tone.DONE)),
    )


def _evidence(case: ReissueCase) -> tuple[EvidenceRow, ...]:
    """What the pictures in the bank's image system are about."""
    new, papers = case.new_device, [Paper(code).label for code in case.documents]
    rows = [identity_evidence(case.identity)] if case.identity else []
    if case.paperwork_at is not None:
        when = f"{timezone.localtime(case.paperwork_at):%H:%M} 확인"
        rows.append(EvidenceRow(EvidenceKind.PAPER, ", ".join(papers), when))
    if new is not None and case.assigned_at is not None:
        when = f"{timezone.localtime(case.assigned_at):%H:%M} 스캔"
        rows.append(EvidenceRow(EvidenceKind.DEVICE, "새 기기 스캔", f"{when} · 끝 {new.serial[-4:]}"))
    return tuple(rows)


def identity_evidence(check: IdentityCheck) -> EvidenceRow:
    """The document as it was looked at."""
    facts = (Fact("진위확인", check.get_result_display()), Fact("거래번호", check.transaction_id))
    when = f"{timezone.localtime(check.checked_at):%H:%M} 대조"
    return EvidenceRow(EvidenceKind.IDENTITY, check.get_document_display(), when, facts)
