"""Everything this system refuses to do, as one small tree.

DomainError
├── NotAllowed     this person may not do this               → 403
├── NotFound       no such thing, as far as you may see      → 404
├── Invalid        what was entered cannot be right          → 422
├── Conflict       the thing is not in a state for this      → 409
│   └── Busy       somebody else holds it at this moment     → 409
└── Unavailable    an outside system did not answer          → 503

Which HTTP status a branch becomes is known to `nh_otp.doors` alone.
"""

from __future__ import annotations


class DomainError(Exception):
    """A refusal that can be explained to a teller: a stable code and one polite Korean sentence."""

    code = "error"
    message = "처리할 수 없습니다."
    replayed = False
    """True when this is the remembered answer to an idempotency key, already on record."""

    def __init__(self, message: str | None = None, /, *, code: str | None = None, **facts: object) -> None:
        self.message = message or type(self).message
        self.code = code or type(self).code
        self.facts = facts
        super().__init__(f"{self.code}: {self.message}")


class NotAllowed(DomainError):
    code, message = "not_allowed", "이 업무를 처리할 권한이 없습니다. 필요하시면 지점 관리자에게 요청해 주십시오."


class NotFound(DomainError):
    code, message = "not_found", "찾으시는 대상이 없습니다."


class Invalid(DomainError):
    code, message = "invalid", "입력한 내용을 다시 확인해 주십시오."


class Conflict(DomainError):
    code, message = "conflict", "지금 상태에서는 처리할 수 없습니다. 화면을 새로 고쳐 확인해 주십시오."


class Busy(Conflict):
    code, message = "busy", "다른 직원이 처리하고 있습니다. 잠시 후 다시 시도해 주십시오."


class Unavailable(DomainError):
    code, message = (
        "unavailable",
        "외부 기관이 응답하지 않습니다. 입력한 내용은 남아 있으니 잠시 후 다시 시도해 주십시오.",
    )


BRANCHES: tuple[type[DomainError], ...] = (NotAllowed, NotFound, Invalid, Conflict, Unavailable)


def branch_of(refusal: DomainError) -> type[DomainError]:
    """The branch of the tree a refusal hangs on."""
    return next((branch for branch in BRANCHES if isinstance(refusal, branch)), Conflict)
