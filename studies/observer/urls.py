"""The addresses that observers meet: random tokens, nothing else."""

from django.urls import path

from studies.observer import pages, trial_pages
from studies.observer.screening import pages as checks

app_name = "observer"
urlpatterns = [
    path("<str:token>/", pages.welcome, name="welcome"),
    path("<str:token>/check/", checks.check, name="check"),
    path("<str:token>/check/<int:index>/", checks.figure, name="figure"),
    path("<str:token>/questions/", pages.questions, name="questions"),
    path("<str:token>/instructions/", pages.instructions, name="instructions"),
    path("<str:token>/example/<int:index>/", pages.example, name="example"),
    path("<str:token>/understood/", checks.comprehension, name="comprehension"),
    path("<str:token>/trial/", trial_pages.trial, name="trial"),
    path("<str:token>/trial/<str:trial_token>/", trial_pages.answer, name="answer"),
    path("<str:token>/image/<str:trial_token>/", trial_pages.image, name="image"),
    path("<str:token>/image/<str:trial_token>/2/", trial_pages.image, {"index": 2}, name="second-image"),
    path("<str:token>/feedback/<str:trial_token>/", trial_pages.feedback, name="feedback"),
    path("<str:token>/comments/", pages.comments, name="comments"),
    path("<str:token>/consent/", pages.consent, name="consent"),
    path("<str:token>/consent/text/", pages.consent_text, name="consent-text"),
    path("<str:token>/data/", pages.data, name="data"),
    path("<str:token>/language/", pages.language, name="language"),
    path("<str:token>/withdraw/", pages.withdraw_page, name="leave"),
]
