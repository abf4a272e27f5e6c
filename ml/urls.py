"""The addresses of the image side."""

from django.urls import path

from ml import pair_set_views

app_name = "ml"
urlpatterns = [
    path("", pair_set_views.pair_set_list, name="pair-set-list"),
    path("<int:pk>/", pair_set_views.pair_set_detail, name="pair-set-detail"),
    *[
        path(f"pair/<int:pk>/{kind}.png", pair_set_views.pair_image, {"kind": kind}, name=f"pair-{kind}")
        for kind in ("clean", "perturbed", "difference")
    ],
]
