"""Problem documents (RFC 9457): how a program is told what was refused."""

from __future__ import annotations

from django.http import JsonResponse

PROBLEM = "application/problem+json"
MESSAGES = {
    400: ("request.malformed", "보낸 내용의 형식이 맞지 않습니다."),
    401: ("session.none", "로그인이 필요합니다."),
    403: ("not_allowed", "이 업무를 처리할 권한이 없습니다."),
    404: ("not_found", "찾으시는 대상이 없습니다."),
    405: ("request.method", "이 주소에서 쓸 수 없는 방식입니다."),
    406: ("request.accept", "답할 수 있는 형식이 아닙니다."),
    413: ("request.too_large", "보낸 내용이 너무 큽니다."),
    415: ("request.media_type", "받을 수 있는 형식이 아닙니다."),
    500: ("fault", "처리하지 못했습니다. 입력한 내용은 바뀌지 않았으니 잠시 후 다시 시도해 주십시오."),
    429: ("request.too_many", "요청이 너무 많습니다. 잠시 후 다시 시도해 주십시오."),
}


def problem(status: int, *, code: str, message: str, **more: object) -> JsonResponse:
    """A problem document (RFC 9457) with our code and Korean sentence."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "message": message, **more}
    return JsonResponse(body, status=status, content_type=PROBLEM)
