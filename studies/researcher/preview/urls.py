"""The preview's addresses, under the names that observers' addresses have: their templates lead to these.

An instance of the application `observer` beside the one that observers meet (Django's URL namespaces): on a page of the
preview each name stands for the preview's address, and no link of it can lead to an observer's.
"""

from django.urls import path

from studies.researcher.preview import views

app_name = "observer"
urlpatterns = [
    path("<preview:token>/", views.page, name="welcome"),
    path("<preview:token>/trial/", views.go_on, name="trial"),
    path("<preview:token>/trial/<str:trial_token>/", views.go_on, name="answer"),
    path("<preview:token>/example/<int:index>/", views.image, name="example"),
    path("<preview:token>/image/<str:trial_token>/", views.image, name="image"),
    path("<preview:token>/image/<str:trial_token>/2/", views.image, {"index": 2}, name="second-image"),
    path("<preview:token>/check/<int:index>/", views.figure, name="figure"),
    path("<preview:token>/language/", views.language, name="language"),
    path("<preview:token>/consent/", views.consent, name="consent"),
    path("<preview:token>/consent/text/", views.consent_text, name="consent-text"),
    path("<preview:token>/data/", views.data, name="data"),
    path("<preview:token>/withdraw/", views.leave, name="leave"),
]
