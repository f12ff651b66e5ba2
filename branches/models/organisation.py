from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from nh_otp.access import Actor, Role


class ConsignmentPolicy(models.TextChoices):
    NONE = "NONE", "위탁 없음"
    LOSS_ONLY = "LOSS_ONLY", "사고신고만"
    CONSIGNED = "CONSIGNED", "업무 위탁"


class LegalEntity(models.Model):
    """The bank, or one local co-operative: each a controller of its own customers' data."""

    code = models.CharField("법인코드", max_length=6, unique=True)
    name = models.CharField("법인명", max_length=50)
    hotline = models.CharField("24시간 사고신고 전화", max_length=20, default="", blank=True)
    across = models.CharField(
        "법인 간 업무", max_length=10, choices=ConsignmentPolicy.choices, default=ConsignmentPolicy.LOSS_ONLY
    )

    class Meta:
        db_table = "legal_entity"
        verbose_name = "법인"

    @property
    def ref(self) -> str:
        return self.code


class Branch(models.Model):
    """A place where staff work: an outlet, the call centre, the review team at head office."""

    code = models.CharField("지점코드", max_length=6, unique=True)
    name = models.CharField("지점명", max_length=50)
    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="branches")
    mother = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, verbose_name="모점")

    class Meta:
        db_table = "branch"
        verbose_name = "지점"

    @property
    def ref(self) -> str:
        return self.code


class Terminal(models.Model):
    """A counter's machine (단말): it belongs to a branch."""

    code = models.CharField("단말번호", max_length=20, unique=True)
    name = models.CharField("창구", max_length=30)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="terminals")

    class Meta:
        db_table = "terminal"
        verbose_name = "단말"

    @property
    def ref(self) -> str:
        return self.code


class Staff(AbstractBaseUser):
    """An account of a member of staff. `person_no` is the person behind it: two accounts may be one person."""

    ref_uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff_no = models.CharField("직원번호", max_length=10, unique=True)
    person_no = models.CharField("인사번호", max_length=12)
    name = models.CharField("성명", max_length=40)
    title = models.CharField("직위", max_length=20)
    role = models.CharField("역할", max_length=13, choices=Role.choices)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="staff")
    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="+", null=True)
    is_active = models.BooleanField("재직", default=True)

    USERNAME_FIELD = "staff_no"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager["Staff"]()

    class Meta:
        db_table = "staff"
        verbose_name = "직원"
        constraints = [
            models.UniqueConstraint(fields=["id", "person_no"], name="staff_and_person"),
            models.CheckConstraint(
                name="staff_role_is_human", condition=~Q(role__in=[Role.SYSTEM, Role.ANONYMOUS]) & ~Q(person_no="")
            ),
        ]

    @property
    def ref(self) -> str:
        return self.staff_no

    def __str__(self) -> str:
        return self.staff_no

    def actor(self) -> Actor:
        """What rules and audit need of this person; branch and terminal must be loaded."""
        return Actor(
            role=Role(self.role),
            staff_no=self.staff_no,
            staff_id=self.pk,
            person_no=self.person_no,
            branch_id=self.branch_id,
            branch_code=self.branch.code,
            entity_id=self.branch.entity_id,
            terminal=self.terminal.code if self.terminal else "",
        )
