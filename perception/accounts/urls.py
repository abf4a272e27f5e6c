"""The addresses of accounts."""

from django.urls import path

from perception.accounts import administration_pages, first_account_page, own_pages
from perception.accounts.link_pages import LinkView
from perception.accounts.own_pages import PasswordView

app_name = "accounts"
urlpatterns = [
    path("first/", first_account_page.first_account, name="first"),
    path("link/<uidb64>/<token>/", LinkView.as_view(), name="link"),
    path("me/", own_pages.own_account, name="own"),
    path("me/password/", PasswordView.as_view(), name="password"),
    path("me/sign-ins/end/", own_pages.sign_ins_end, name="sign-ins-end"),
    path("", administration_pages.account_list, name="account-list"),
    path("<int:pk>/", administration_pages.account_detail, name="account-detail"),
    *[
        path(f"<int:pk>/{action}/", administration_pages.account_act, {"action": action}, name=f"account-{action}")
        for action in administration_pages.ACTIONS
    ],
    path("<int:pk>/link/", administration_pages.account_link, name="account-link"),
]
