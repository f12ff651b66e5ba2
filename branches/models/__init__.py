from branches.models.approval import Approval, ReturnReason
from branches.models.customer import Customer, CustomerType, Gender, StaffCustomer
from branches.models.fee import FeeRule
from branches.models.identity import CheckResult, DocumentKind, IdentityCheck
from branches.models.loss import Channel, LossKind, LossReport, LossReportDevice, Reporter
from branches.models.notice import Notice, NoticeTemplate
from branches.models.organisation import Branch, LegalEntity, Staff, Terminal
from branches.models.reissue import FeeMethod, FeeState, Reason, ReissueCase
from branches.models.session import StaffSession

__all__ = [
    "Approval",
    "Branch",
    "Channel",
    "CheckResult",
    "Customer",
    "CustomerType",
    "DocumentKind",
    "FeeMethod",
    "FeeRule",
    "FeeState",
    "Gender",
    "IdentityCheck",
    "LegalEntity",
    "LossKind",
    "LossReport",
    "LossReportDevice",
    "Notice",
    "NoticeTemplate",
    "Reason",
    "ReissueCase",
    "Reporter",
    "ReturnReason",
    "Staff",
    "StaffCustomer",
    "StaffSession",
    "Terminal",
]
