"""Names of people and firms that do not exist."""

from __future__ import annotations

from random import Random


def _each(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split("_")) for word in text.split())


SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍고문양손배백허남심노하곽성차주우구민류진"
    "지엄채원천방공현함변염여추도소석선설마길"
)
WOMEN = _each(
    "서연 지우 하은 민서 수아 예린 다은 채원 지민 유나 소율 가은 나윤 시아 보람 은주 미정 현정 영희 순자 "
    "경숙 정순 혜진 수진 지현 은영 미경 선희 윤아 소영 다희 수빈 아름 은지 혜원 세영 주연 나래 단비 새봄"
)
MEN = _each(
    "민준 서준 도윤 예준 시우 주원 하준 지호 준우 현우 건우 우진 선우 연우 정우 승현 준혁 도현 지훈 성민 "
    "재윤 동현 상훈 영수 정호 성호 진우 태양 한결 은표 종수 병철 광수 만수 기태 용준 재민 승호 태윤 가람"
)
FOREIGNERS = _each(
    "NGUYEN_THI_LAN TRAN_VAN_MINH LI_WEI WANG_FANG SATO_YUKI TANAKA_KEN MARIA_SANTOS JOSE_REYES ANNA_PETROVA "
    "JOHN_CARTER EMMA_LEWIS BATBAYAR_TEMUULEN SITI_RAHMA PRAKASH_RAI SOPHEA_CHAN AMIR_KARIMOV"
)
TRADES = _each("꽃집 분식 철물 미용실 과수원 정육점 세탁소 서점 목공소 떡집")
FIRM_HEADS = _each("한결 다온 누리 가람 새론 미르 해솔 온새 라온 예다")
FIRM_TAILS = _each("상사 산업 유통 식품 정밀 물산 건설 농산")


def of_person(rng: Random, *, woman: bool) -> str:
    """A surname, the common ones more often, and a given name."""
    surname = SURNAMES[min(rng.randrange(len(SURNAMES)), rng.randrange(len(SURNAMES)))]
    return surname + rng.choice(WOMEN if woman else MEN)


def of_firm(rng: Random) -> str:
    return f"주식회사 {rng.choice(FIRM_HEADS)}{rng.choice(FIRM_TAILS)}"
