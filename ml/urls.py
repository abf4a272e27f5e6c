"""The addresses of the image side."""

from django.urls import path

from ml.pages import (
    attacks as attack_views,
)
from ml.pages import (
    classifiers as classifier_views,
)
from ml.pages import (
    datasets as dataset_views,
)
from ml.pages import (
    pair_sets as pair_set_views,
)
from ml.pages import (
    pairs as pair_views,
)
from ml.pages import (
    runs as run_views,
)
from ml.pages.measurements import PAIR_MEASUREMENTS

app_name = "ml"
urlpatterns = [
    path("datasets/", dataset_views.dataset_list, name="dataset-list"),
    path("datasets/new/", dataset_views.dataset_create, name="dataset-create"),
    path("datasets/<int:pk>/", dataset_views.dataset_detail, name="dataset-detail"),
    path("datasets/image/<int:pk>.jpg", dataset_views.image_thumbnail, name="image-thumbnail"),
    path("classifiers/", classifier_views.classifier_list, name="classifier-list"),
    path("classifiers/new/", classifier_views.classifier_create, name="classifier-create"),
    path("classifiers/add/", classifier_views.classifier_add, name="classifier-add"),
    path("classifiers/<int:pk>/", classifier_views.classifier_detail, name="classifier-detail"),
    path("attacks/", attack_views.attack_list, name="attack-list"),
    path("attacks/new/", attack_views.attack_create, name="attack-create"),
    path("attacks/<int:pk>/", attack_views.attack_detail, name="attack-detail"),
    path("pairs/", pair_set_views.pair_set_list, name="pair-set-list"),
    path("pairs/new/", pair_set_views.pair_set_create, name="pair-set-create"),
    path("pairs/<int:pk>/", pair_set_views.pair_set_detail, name="pair-set-detail"),
    *[
        path(f"pairs/<int:pk>/{slug}/", pair_set_views.pair_set_measure, {"slug": slug}, name=f"pair-set-{slug}")
        for slug in PAIR_MEASUREMENTS
    ],
    path("pairs/pair/<int:pk>/", pair_views.pair_detail, name="pair-detail"),
    *[
        path(f"pairs/pair/<int:pk>/{kind}.png", pair_views.pair_image, {"kind": kind}, name=f"pair-{kind}")
        for kind in ("clean", "perturbed", "difference")
    ],
    path("runs/", run_views.run_list, name="run-list"),
    path("runs/<int:pk>/", run_views.run_detail, name="run-detail"),
    path("runs/<int:pk>/state.json", run_views.run_state, name="run-state"),
    path("runs/<int:pk>/cancel/", run_views.run_cancel, name="run-cancel"),
    path("runs/<int:pk>/resume/", run_views.run_resume, name="run-resume"),
    path("runs/<int:pk>/discard/", run_views.run_discard, name="run-discard"),
]
