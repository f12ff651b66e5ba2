"""Addresses of the screens. References are opaque; nothing personal stands in an address."""

from __future__ import annotations

from django.urls import URLPattern, path

from branches.web import approval, case, counter, customer, first_code, identity, loss, paper, reissue, service

urlpatterns: list[URLPattern] = [
    path("", counter.home, name="home"),
    path("help/", counter.help_page, name="help"),
    path("search/", customer.search, name="search"),
    path("customers/<uuid:ref>/", customer.customer, name="customer"),
    path("customers/<uuid:ref>/loss/", loss.report_loss, name="report_loss"),
    path("customers/<uuid:ref>/cases/", reissue.open_case, name="open_case"),
    path("customers/<uuid:ref>/services/", service.open_service, name="open_service"),
    path("loss/<uuid:ref>/receipt/", loss.loss_receipt, name="loss_receipt"),
    path("cases/", case.cases, name="cases"),
    path("cases/<uuid:ref>/", case.case, name="case"),
    path("cases/<uuid:ref>/poll/", case.case_poll, name="case_poll"),
    path("cases/<uuid:ref>/identity/", identity.check_identity, name="check_identity"),
    path("cases/<uuid:ref>/paperwork/", reissue.record_paperwork, name="record_paperwork"),
    path("cases/<uuid:ref>/device/", reissue.assign_device, name="assign_device"),
    path("cases/<uuid:ref>/next-device/", reissue.assign_next_device, name="assign_next_device"),
    path("cases/<uuid:ref>/submission/", approval.submit_case, name="submit_case"),
    path("cases/<uuid:ref>/withdrawal/", approval.withdraw_case, name="withdraw_case"),
    path("cases/<uuid:ref>/approval/", approval.approve_case, name="approve_case"),
    path("cases/<uuid:ref>/return/", approval.return_case, name="return_case"),
    path("cases/<uuid:ref>/refusal/", approval.refuse_case, name="refuse_case"),
    path("cases/<uuid:ref>/fee/", reissue.collect_fee, name="collect_fee"),
    path("cases/<uuid:ref>/first-code/", first_code.first_code, name="first_code"),
    path("cases/<uuid:ref>/two-codes/", first_code.two_codes, name="two_codes"),
    path("cases/<uuid:ref>/tries/", first_code.grant_tries, name="grant_tries"),
    path("cases/<uuid:ref>/registration/", first_code.register_case, name="register_case"),
    path("cases/<uuid:ref>/hand-over/", reissue.hand_over, name="hand_over"),
    path("cases/<uuid:ref>/cancellation/", reissue.cancel_case, name="cancel_case"),
    path("cases/<uuid:ref>/notice/", paper.notice, name="notice"),
    path("cases/<uuid:ref>/receipt/", paper.case_receipt, name="case_receipt"),
    path("services/<uuid:ref>/", service.service, name="service"),
    path("services/<uuid:ref>/poll/", service.service_poll, name="service_poll"),
    path("services/<uuid:ref>/identity/", service.check_service_identity, name="check_service_identity"),
    path("services/<uuid:ref>/codes/", service.check_service_codes, name="check_service_codes"),
    path("services/<uuid:ref>/submission/", service.submit_service, name="submit_service"),
    path("services/<uuid:ref>/approval/", service.approve_service, name="approve_service"),
    path("services/<uuid:ref>/return/", service.return_service, name="return_service"),
    path("services/<uuid:ref>/refusal/", service.refuse_service, name="refuse_service"),
    path("services/<uuid:ref>/completion/", service.finish_service, name="finish_service"),
    path("services/<uuid:ref>/cancellation/", service.cancel_service, name="cancel_service"),
    path("approvals/", approval.inbox, name="inbox"),
    path("approvals/<uuid:ref>/", approval.inbox_case, name="inbox_case"),
    path("decisions/", approval.decisions, name="decisions"),
]
