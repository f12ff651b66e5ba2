"""Addresses of the API for the bank's own staff front ends; the same verbs as the screens."""

from __future__ import annotations

from django.urls import URLPattern, path

from branches.api import approval, case, customer, first_code, identity, loss, reissue, service

urlpatterns: list[URLPattern] = [
    path("customers/search", customer.CustomerSearch.as_view()),
    path("customers/<uuid:ref>", customer.CustomerView.as_view()),
    path("loss-reports", loss.LossReports.as_view()),
    path("loss-reports/<uuid:ref>", loss.LossReportView.as_view()),
    path("cases", case.Cases.as_view()),
    path("cases/<uuid:ref>", case.CaseView.as_view()),
    path("cases/<uuid:ref>/identity-check", identity.IdentityCheckView.as_view()),
    path("cases/<uuid:ref>/paperwork", reissue.Paperwork.as_view()),
    path("cases/<uuid:ref>/device", reissue.DeviceAssignment.as_view()),
    path("cases/<uuid:ref>/next-device", reissue.NextDevice.as_view()),
    path("cases/<uuid:ref>/submission", approval.Submission.as_view()),
    path("cases/<uuid:ref>/withdrawal", approval.Withdrawal.as_view()),
    path("cases/<uuid:ref>/approval", approval.Approve.as_view()),
    path("cases/<uuid:ref>/return", approval.Return.as_view()),
    path("cases/<uuid:ref>/refusal", approval.Refuse.as_view()),
    path("cases/<uuid:ref>/fee", reissue.Fee.as_view()),
    path("cases/<uuid:ref>/first-code", first_code.FirstCodeView.as_view()),
    path("cases/<uuid:ref>/two-codes", first_code.TwoCodesView.as_view()),
    path("cases/<uuid:ref>/tries", first_code.Tries.as_view()),
    path("cases/<uuid:ref>/registration", first_code.Registration.as_view()),
    path("cases/<uuid:ref>/hand-over", reissue.HandOver.as_view()),
    path("cases/<uuid:ref>/cancellation", reissue.Cancellation.as_view()),
    path("services", service.Services.as_view()),
    path("services/<uuid:ref>", service.ServiceView.as_view()),
    path("services/<uuid:ref>/identity-check", service.IdentityCheckView.as_view()),
    path("services/<uuid:ref>/codes", service.Codes.as_view()),
    path("services/<uuid:ref>/submission", service.Submission.as_view()),
    path("services/<uuid:ref>/approval", service.Approve.as_view()),
    path("services/<uuid:ref>/return", service.Return.as_view()),
    path("services/<uuid:ref>/refusal", service.Refuse.as_view()),
    path("services/<uuid:ref>/completion", service.Completion.as_view()),
    path("services/<uuid:ref>/cancellation", service.Cancellation.as_view()),
    path("approvals", approval.Approvals.as_view()),
    path("approvals/<uuid:ref>", approval.ApprovalView.as_view()),
]
