"""The researcher's addresses."""

from django.urls import path

from studies.planning import pages as study_plan_views
from studies.researcher import report as report_views
from studies.researcher import studies as study_views

app_name = "studies"
urlpatterns = [
    path("", study_views.study_list, name="study-list"),
    path("new/", study_views.study_create, name="study-create"),
    path("plan/", study_plan_views.study_plan, name="study-plan"),
    path("<int:pk>/", study_views.study_detail, name="study-detail"),
    path("<int:pk>/edit/", study_views.study_edit, name="study-edit"),
    path("<int:pk>/invite/", study_views.study_invite, name="study-invite"),
    path("<int:pk>/open/", study_views.study_open, name="study-open"),
    path("<int:pk>/close/", study_views.study_close, name="study-close"),
    path("<int:pk>/unblind/", study_views.study_unblind, name="study-unblind"),
    path("<int:pk>/delete/", study_views.study_delete, name="study-delete"),
    path("<int:pk>/observers.csv", study_views.sessions_download, name="study-observers"),
    path("<int:pk>/report/", report_views.study_report, name="study-report"),
    path("<int:pk>/report/<str:name>", report_views.report_download, name="study-download"),
]
