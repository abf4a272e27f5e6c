"""The researcher's addresses."""

from django.urls import path

from studies.planning.pages import study_plan
from studies.researcher import report, studies

app_name = "studies"
urlpatterns = [
    path("", studies.study_list, name="study-list"),
    path("new/", studies.study_create, name="study-create"),
    path("plan/", study_plan, name="study-plan"),
    path("<int:pk>/", studies.study_detail, name="study-detail"),
    path("<int:pk>/edit/", studies.study_edit, name="study-edit"),
    path("<int:pk>/invite/", studies.study_invite, name="study-invite"),
    path("<int:pk>/open/", studies.study_open, name="study-open"),
    path("<int:pk>/close/", studies.study_close, name="study-close"),
    path("<int:pk>/unblind/", studies.study_unblind, name="study-unblind"),
    path("<int:pk>/delete/", studies.study_delete, name="study-delete"),
    path("<int:pk>/observers.csv", studies.sessions_download, name="study-observers"),
    path("<int:pk>/preregistration.md", studies.preregistration_download, name="study-preregistration"),
    path("<int:pk>/report/", report.study_report, name="study-report"),
    path("<int:pk>/report/<str:name>", report.report_download, name="study-download"),
]
