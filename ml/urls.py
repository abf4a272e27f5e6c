"""The addresses of the image side."""

from django.urls import path

from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.pages import attacks, classifiers, datasets, lifecycle, pair_sets, pairs, runs, sharing, uploads
from ml.pages.access import of_usable_image, of_visible, of_visible_pair
from ml.pages.measurements import PAIR_MEASUREMENTS

app_name = "ml"
urlpatterns = [
    path("datasets/", datasets.dataset_list, name="dataset-list"),
    path("datasets/new/", datasets.dataset_create, name="dataset-create"),
    path("datasets/<int:pk>/", of_visible(Dataset, datasets.dataset_detail), name="dataset-detail"),
    path("datasets/image/<int:pk>.jpg", of_usable_image(datasets.image_thumbnail), name="image-thumbnail"),
    path("classifiers/", classifiers.classifier_list, name="classifier-list"),
    path("classifiers/new/", classifiers.classifier_create, name="classifier-create"),
    path("classifiers/add/", classifiers.classifier_add, name="classifier-add"),
    path("classifiers/<int:pk>/", of_visible(Classifier, classifiers.classifier_detail), name="classifier-detail"),
    path("attacks/", attacks.attack_list, name="attack-list"),
    path("attacks/new/", attacks.attack_create, name="attack-create"),
    path("attacks/<int:pk>/", of_visible(Attack, attacks.attack_detail), name="attack-detail"),
    path("pairs/", pair_sets.pair_set_list, name="pair-set-list"),
    path("pairs/new/", pair_sets.pair_set_create, name="pair-set-create"),
    path("pairs/import/", pair_sets.pair_set_import, name="pair-set-import"),
    path("pairs/<int:pk>/", of_visible(PairSet, pair_sets.pair_set_detail), name="pair-set-detail"),
    *[
        path(
            f"pairs/<int:pk>/{slug}/",
            of_visible(PairSet, pair_sets.pair_set_measure),
            {"slug": slug},
            name=f"pair-set-{slug}",
        )
        for slug in PAIR_MEASUREMENTS
    ],
    path("pairs/pair/<int:pk>/", of_visible_pair(pairs.pair_detail), name="pair-detail"),
    *[
        path(f"pairs/pair/<int:pk>/{kind}.png", of_visible_pair(pairs.pair_image), {"kind": kind}, name=f"pair-{kind}")
        for kind in ("clean", "perturbed", "difference", "ciede2000", "flip", "mask")
    ],
    path("uploads/", uploads.upload_begin, name="upload-begin"),
    path("uploads/<uuid:uid>/<int:place>/", uploads.upload_piece, name="upload-piece"),
    path("uploads/<uuid:uid>/remove/", uploads.upload_remove, name="upload-remove"),
    path("runs/", runs.run_list, name="run-list"),
    path("runs/<int:pk>/", of_visible(Run, runs.run_detail), name="run-detail"),
    path("runs/<int:pk>/state.json", of_visible(Run, runs.run_state), name="run-state"),
    path("runs/<int:pk>/cancel/", of_visible(Run, runs.run_cancel), name="run-cancel"),
    path("runs/<int:pk>/resume/", of_visible(Run, runs.run_resume), name="run-resume"),
    path("runs/<int:pk>/discard/", of_visible(Run, runs.run_discard), name="run-discard"),
    *[
        path(f"{place}/<int:pk>/{deed}/", of_visible(model, page), {"kind": kind}, name=f"{kind}-{deed}")
        for kind, (place, model) in lifecycle.MANAGED.items()
        for deed, page in (("rename", lifecycle.rename_page), ("delete", lifecycle.delete_page))
    ],
    *[
        path(f"{place}/<int:pk>/share/", of_visible(model, sharing.share), {"kind": kind}, name=f"{kind}-share")
        for kind, (place, model) in sharing.SHARED.items()
    ],
]
