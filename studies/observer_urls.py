"""The addresses that observers meet: random tokens, nothing else."""

from django.urls import path

from studies import observer_views

app_name = "observer"
urlpatterns = [
    path("<str:token>/", observer_views.welcome, name="welcome"),
    path("<str:token>/trial/", observer_views.trial, name="trial"),
    path("<str:token>/trial/<str:trial_token>/", observer_views.answer, name="answer"),
    path("<str:token>/image/<str:trial_token>/", observer_views.image, name="image"),
    path("<str:token>/withdraw/", observer_views.leave, name="leave"),
]
