from __future__ import annotations

import unicodedata
import uuid
from datetime import date, datetime

from django.db import models

from branches.models import sealed
from nh_otp.access import Actor
from nh_otp.errors import NotFound
from nh_otp.masks import digits

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
SYLLABLES_PER_INITIAL = 588


def normal(text: str) -> str:
    """One spelling for one name: composed Hangul, no spaces, capitals for Latin letters."""
    return "".join(unicodedata.normalize("NFC", text).split()).upper()


def initials(text: str) -> str:
    """초성: the first consonant of every Hangul syllable, other letters as they are."""
    return "".join(
        INITIALS[(ord(letter) - 0xAC00) // SYLLABLES_PER_INITIAL] if "가" <= letter <= "힣" else letter
        for letter in normal(text)
    )


class CustomerType(models.TextChoices):
    INDIVIDUAL = "INDIVIDUAL", "개인"
    FOREIGNER = "FOREIGNER", "외국인"
    SOLE_PROPRIETOR = "SOLE_PROPRIETOR", "개인사업자"
    CORPORATION = "CORPORATION", "법인고객"


class Gender(models.TextChoices):
    FEMALE = "FEMALE", "여"
    MALE = "MALE", "남"
    NONE = "NONE", "해당 없음"


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, actor: Actor) -> CustomerQuerySet:
        """Customers of the actor's own legal entity; nobody browses another's."""
        return self.filter(entity_id=actor.entity_id)

    def lock(self, ref: uuid.UUID, *, by: Actor) -> Customer:
        """One customer this person may see, locked before everything that is theirs. Raises NotFound."""
        customer = self.visible_to(by).select_for_update(no_key=True).filter(id=ref).first()
        if customer is None:
            raise NotFound()
        return customer


class Customer(models.Model):
    """A customer as fed from the bank's master. Name, phone and account are sealed and found by blind index."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("고객번호", max_length=12, unique=True)
    entity = models.ForeignKey("branches.LegalEntity", models.PROTECT, related_name="+")
    home_branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    type = models.CharField("고객 유형", max_length=15, choices=CustomerType.choices, default=CustomerType.INDIVIDUAL)
    birth_on = models.DateField("생년월일")
    gender = models.CharField("성별", max_length=6, choices=Gender.choices)
    name_sealed = models.BinaryField()
    name_index = models.BinaryField()
    initials_index = models.BinaryField()
    phone_sealed = models.BinaryField()
    phone_index = models.BinaryField()
    phone_tail_index = models.BinaryField()
    account_sealed = models.BinaryField()
    account_index = models.BinaryField()
    deceased = models.BooleanField("사망", default=False)
    payment_suspended = models.BooleanField("지급정지", default=False)
    e_banking_restricted = models.BooleanField("전자금융 제한", default=False)
    contact_changed_on = models.DateField("연락처 변경일", null=True)
    last_used_on = models.DateField("마지막 거래일", null=True)
    other_institutions = models.PositiveSmallIntegerField("다른 기관 등록 수", default=0)

    objects = models.Manager.from_queryset(CustomerQuerySet)()

    class Meta:
        db_table = "customer"
        verbose_name = "고객"
        indexes = [
            models.Index(fields=["initials_index", "birth_on"], name="customer_by_initials"),
            models.Index(fields=["name_index", "birth_on"], name="customer_by_name"),
            models.Index(fields=["phone_index"], name="customer_by_phone"),
            models.Index(fields=["phone_tail_index", "birth_on"], name="customer_by_phone_tail"),
            models.Index(fields=["account_index"], name="customer_by_account"),
        ]

    @property
    def ref(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        return self._open("name", self.name_sealed)

    @property
    def phone(self) -> str:
        return self._open("phone", self.phone_sealed)

    @property
    def account(self) -> str:
        return self._open("account", self.account_sealed)

    def _open(self, field: str, value: bytes | memoryview) -> str:
        return sealed.unseal("customer", field, self.id, bytes(value))

    def keep(self, *, name: str, phone: str, account: str) -> None:
        """Seal what identifies this person and make the indexes it is found by."""
        for field, plain in (("name", name), ("phone", phone), ("account", account)):
            setattr(self, f"{field}_sealed", sealed.seal("customer", field, self.id, plain))
        self.name_index = sealed.blind("customer.name", normal(name))
        self.initials_index = sealed.blind("customer.initials", initials(name))
        self.phone_index = sealed.blind("customer.phone", digits(phone))
        self.phone_tail_index = sealed.blind("customer.phone_tail", digits(phone)[-4:])
        self.account_index = sealed.blind("customer.account", digits(account))

    def contact_changed_since(self, day: date) -> bool:
        return self.contact_changed_on is not None and self.contact_changed_on >= day

    def age_on(self, day: date) -> int:
        """Completed years (만 나이) on a day."""
        return day.year - self.birth_on.year - ((day.month, day.day) < (self.birth_on.month, self.birth_on.day))


class StaffCustomer(models.Model):
    """A member of staff who is also a customer: nobody runs or decides their own case (직원 본인)."""

    customer = models.OneToOneField(Customer, models.PROTECT, primary_key=True, related_name="as_staff")
    person_no = models.CharField("인사번호", max_length=12, unique=True)
    noted_at: models.DateTimeField[datetime, datetime] = models.DateTimeField("등록 시각", auto_now_add=True)

    class Meta:
        db_table = "staff_customer"
        verbose_name = "직원 고객"
