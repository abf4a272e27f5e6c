"""The researcher's addresses."""

from django.urls import path

from studies.design.lifecycle.consequences import CONFIRMED
from studies.planning.pages import study_plan
from studies.planning.precision.page import precision_plan
from studies.planning.two_arms.page import two_arm_plan
from studies.researcher import data_protection, definitions, lifecycle, publication, report, roles, studies
from studies.researcher.lists.studies import study_list
from studies.researcher.making import check, estimates, new_study, plans, steps
from studies.researcher.preview.views import study_preview
from studies.researcher.recruitment import invitation_pages as invitations
from studies.researcher.recruitment import link_pages as links
from studies.researcher.recruitment import mail_pages as mail
from studies.researcher.recruitment import pages as recruitment
from studies.researcher.recruitment import recruiter_lists
from studies.researcher.watching import pages as watching

app_name = "studies"
urlpatterns = [
    path("", study_list, name="study-list"),
    path("new/", new_study.study_create, name="study-create"),
    path("import/", definitions.study_import, name="study-import"),
    path("plan/", study_plan, name="study-plan"),
    path("plan/two-arms/", two_arm_plan, name="two-arm-plan"),
    path("plan/<slug:method>/", precision_plan, name="precision-plan"),
    path("<int:pk>/", studies.study_detail, name="study-detail"),
    path("<int:pk>/live/", watching.study_live, name="study-live"),
    path("<int:pk>/live/now/", watching.study_live_now, name="study-live-now"),
    path("<int:pk>/edit/", steps.study_edit, name="study-edit"),
    path("<int:pk>/steps/<slug:key>/", steps.study_step, name="study-step"),
    path("<int:pk>/steps/<slug:key>/estimate/", estimates.study_estimate, name="study-estimate"),
    path("<int:pk>/publication/", publication.study_publication, name="study-publication"),
    path("<int:pk>/plan/", plans.study_keep_plan, name="study-keep-plan"),
    path("<int:pk>/power/", check.study_power, name="study-power"),
    path("<int:pk>/check/", check.study_check, name="study-check"),
    path("<int:pk>/definition.json", definitions.study_definition, name="study-definition"),
    path("<int:pk>/duplicate/", definitions.study_duplicate, name="study-duplicate"),
    path("<int:pk>/preview/", study_preview, name="study-preview"),
    path("<int:pk>/invite/", studies.study_invite, name="study-invite"),
    path("<int:pk>/recruitment/", recruitment.study_recruitment, name="study-recruitment"),
    path("<int:pk>/recruitment/new/", recruitment.study_open_link_make, name="study-open-link-make"),
    path("<int:pk>/recruitment/mark/", recruitment.study_sessions_mark, name="study-sessions-mark"),
    path("<int:pk>/recruitment/groups/", recruitment.study_groups_change, name="study-groups-change"),
    path("<int:pk>/recruitment/submissions/", recruiter_lists.study_submissions, name="study-submissions"),
    path("<int:pk>/recruitment/recruiter_ids.csv", recruiter_lists.study_outside_ids, name="study-outside-ids"),
    path("<int:pk>/recruitment/links/", links.study_links, name="study-links"),
    path("<int:pk>/recruitment/links/new/", invitations.study_invite_list, name="study-invite-many"),
    path("<int:pk>/recruitment/links/links.csv", links.study_links_csv, name="study-links-csv"),
    path("<int:pk>/recruitment/links/sheet/", links.study_links_sheet, name="study-links-sheet"),
    path("<int:pk>/recruitment/links/mail/", mail.study_links_mail, name="study-links-mail"),
    path("<int:pk>/recruitment/links/<slug:change>/", links.study_links_change, name="study-links-change"),
    path("<int:pk>/recruitment/<int:link>/sheet/", links.study_open_link_sheet, name="study-open-link-sheet"),
    path("<int:pk>/recruitment/<int:link>/", recruitment.study_open_link, name="study-open-link"),
    path("<int:pk>/recruitment/<int:link>/revoke/", recruitment.study_open_link_revoke, name="study-open-link-revoke"),
    *(
        path(f"<int:pk>/{action.name}/", lifecycle.study_action, {"name": action.name}, name=f"study-{action.name}")
        for action in CONFIRMED
    ),
    path("<int:pk>/opening/cancel/", lifecycle.opening_cancel, name="study-opening-cancel"),
    path("<int:pk>/pilot/invite/", lifecycle.pilot_invite, name="study-pilot-invite"),
    path("<int:pk>/roles/give/", roles.study_role_give, name="study-role-give"),
    path("<int:pk>/roles/take/", roles.study_role_take, name="study-role-take"),
    path("<int:pk>/roles/hand-over/", roles.study_hand_over, name="study-hand-over"),
    path("<int:pk>/data-protection/", data_protection.study_data_protection, name="study-data-protection"),
    path("<int:pk>/data-protection/find/", data_protection.study_person_find, name="study-person-find"),
    path("<int:pk>/data-protection/<int:person>/", data_protection.study_person, name="study-person"),
    path(
        "<int:pk>/data-protection/<int:person>/person.json",
        data_protection.study_person_export,
        name="study-person-export",
    ),
    path("<int:pk>/observers.csv", studies.sessions_download, name="study-observers"),
    path("<int:pk>/preregistration.md", studies.preregistration_download, name="study-preregistration"),
    path("<int:pk>/report/", report.study_report, name="study-report"),
    path("<int:pk>/report/again/", report.report_again, name="study-report-again"),
    path("<int:pk>/report/downloads/", report.report_downloads, name="study-downloads"),
    path("<int:pk>/report/<str:name>", report.report_download, name="study-download"),
]
