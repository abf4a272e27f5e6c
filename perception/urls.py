"""The addresses of the whole site."""

from django.contrib.auth import views as auth_views
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from perception.site.monitoring.pages import healthz, metrics, readyz
from perception.site.sign_in import SignInView

handler404 = "studies.observer.error_pages.not_found"
handler500 = "studies.observer.error_pages.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    # First, since they are asked for most: addresses are tried in their order.
    path("o/", include("studies.observer.urls")),
    path("r/", include("studies.observer.open_link_urls", namespace="open-link")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/login/", SignInView.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("accounts/language/", set_language, name="language"),
    path("accounts/", include("perception.accounts.urls")),
    path("", RedirectView.as_view(pattern_name="studies:study-list"), name="home"),
    path("studies/", include("studies.urls")),
    path("studies/", include("studies.researcher.preview.urls", namespace="preview")),
    path("", include("ml.urls")),
]
