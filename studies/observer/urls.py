"""The addresses that observers meet: random tokens, nothing else."""

from django.urls import path

from studies.observer import pages as observer_views
from studies.observer import trial_pages as observer_trial_views

app_name = "observer"
urlpatterns = [
    path("<str:token>/", observer_views.welcome, name="welcome"),
    path("<str:token>/questions/", observer_views.questions, name="questions"),
    path("<str:token>/instructions/", observer_views.instructions, name="instructions"),
    path("<str:token>/example/<int:place>/", observer_views.example, name="example"),
    path("<str:token>/trial/", observer_trial_views.trial, name="trial"),
    path("<str:token>/trial/<str:trial_token>/", observer_trial_views.answer, name="answer"),
    path("<str:token>/image/<str:trial_token>/", observer_trial_views.image, name="image"),
    path("<str:token>/image/<str:trial_token>/2/", observer_trial_views.image, {"place": 2}, name="second-image"),
    path("<str:token>/feedback/<str:trial_token>/", observer_trial_views.feedback, name="feedback"),
    path("<str:token>/comments/", observer_views.comments, name="comments"),
    path("<str:token>/language/", observer_views.language, name="language"),
    path("<str:token>/withdraw/", observer_views.leave, name="leave"),
]
