"""Short lists a teller picks from that are no states and no models' choices."""

from __future__ import annotations

from collections.abc import Mapping

CANCEL_REASONS: Mapping[str, str] = {
    "CUSTOMER": "고객님 요청",
    "FOUND": "기기를 찾음",
    "MISTAKE": "잘못 시작함",
    "PHISHING": "피싱 의심 중단",
}
"""Why a case is cancelled at the counter (취소 사유); the code is kept on the case."""

SERVICE_CANCEL_REASONS: Mapping[str, str] = {
    "CUSTOMER": "고객님 요청",
    "NO_CODE": "번호를 확인하지 못함",
    "MISTAKE": "잘못 시작함",
    "PHISHING": "피싱 의심 중단",
}
"""Why an unlock or a time correction is cancelled at the counter."""
