-- Who may touch which table; applied by the owner after every migration, as one transaction.
-- nh_app: web, worker, beat, relay · nh_verifier: the OTP verifier · nh_auditor: reads.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, nh_app, nh_verifier, nh_auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, nh_app, nh_verifier, nh_auditor;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO nh_app, nh_verifier, nh_auditor;

-- The organisation, the catalogue and the rules: read, changed by commands of administrators.
GRANT SELECT, INSERT, UPDATE ON legal_entity, branch, terminal, staff, vendor, product, fee_rule, staff_customer TO nh_app;

-- Customers are fed from the bank's master.
GRANT SELECT, INSERT, UPDATE ON customer TO nh_app;

-- Sessions, second factors and failed attempts come and go.
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_session, cache_entry, mfa_authenticator,
  axes_accessattempt, axes_accessattemptexpiration, axes_accessfailurelog, axes_accesslog TO nh_app;
GRANT SELECT ON account_emailaddress, django_content_type, django_migrations TO nh_app;

-- Cases change by steps and are never deleted; a loss report and what hangs on it is written once.
GRANT SELECT, INSERT, UPDATE ON reissue_case, identity_check, approval, once_key TO nh_app;
GRANT SELECT, INSERT ON loss_report, loss_report_device, notice, centre_receipt TO nh_app;
GRANT SELECT, INSERT, UPDATE ON device, holding, device_service, outbox_message TO nh_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO nh_app;

-- What is to be destroyed is listed once; that it was stands in the approval and the ledger.
GRANT SELECT, INSERT ON write_off, write_off_line TO nh_app;
GRANT SELECT ON write_off, write_off_line TO nh_auditor;

-- The stock ledger is written by a trigger of the device, by nobody else.
GRANT SELECT ON stock_movement, stock_imbalance TO nh_app, nh_auditor;

-- Audit: write an entry, read through the view; no way to change one.
GRANT INSERT (id, entry) ON audit_entry TO nh_app, nh_verifier;
GRANT SELECT ON audit_view TO nh_app, nh_auditor;

-- Codes: the application reads the answer and consumes it; drift and tries may be read. Seeds: nothing.
GRANT SELECT ON code_check, desk_tries TO nh_app;
GRANT UPDATE (consumed_at) ON code_check TO nh_app;
GRANT SELECT (device_id, correction, drift, failures) ON code_counter TO nh_app;
GRANT EXECUTE ON FUNCTION grant_desk_tries(uuid, uuid) TO nh_app;

-- The verifier alone reads seeds and counts codes. It sees keys and codes of branches and staff, and no person.
GRANT SELECT, INSERT ON seed_lot, seed, device TO nh_verifier;
GRANT SELECT, INSERT ON code_counter, desk_tries, code_check TO nh_verifier;
GRANT UPDATE (last_step, correction, drift, failures) ON code_counter TO nh_verifier;
GRANT UPDATE (claimed) ON desk_tries TO nh_verifier;
GRANT UPDATE (outcome, step, shift, consumed_at) ON code_check TO nh_verifier;
GRANT UPDATE (state) ON device TO nh_verifier;
GRANT SELECT ON vendor, product TO nh_verifier;
GRANT SELECT (id, code) ON branch TO nh_verifier;
GRANT SELECT (id, staff_no, branch_id, is_active) ON staff TO nh_verifier;
GRANT SELECT (id, state, new_device_id) ON reissue_case TO nh_verifier;
GRANT SELECT (id, kind, state, device_id, verification_id) ON device_service TO nh_verifier;
GRANT SELECT (id, kind, subject, state) ON approval TO nh_verifier;

-- The auditor reads everything that is masked or sealed anyway, and no seeds.
GRANT SELECT ON legal_entity, branch, terminal, vendor, product, fee_rule, reissue_case, identity_check, approval,
  loss_report, loss_report_device, device, holding, device_service, outbox_message, centre_receipt, notice TO nh_auditor;
