"""A study whose images flicker: its files, its pairs below the thresholds of flashes, its protocol."""

import hashlib
from io import StringIO

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command

from ml.images.flashes import relative_luminance
from ml.images.pixels import Pixels, decode, encode_png
from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet
from studies.design.drafts.readiness import findings_about
from studies.design.flash_checks import FlashTally, flash_tally, measure_flashes
from studies.design.lifecycle.opening import open_study
from studies.design.stimulus_files import encode_stimulus, read_twin
from studies.errors import StudyError
from studies.models import FlashCheck, Stimulus, Study, Truth
from tests.studies.factories import make_open_study, make_pair_set, make_study

pytestmark = pytest.mark.django_db
SIDE = 12
SCALE = 8


def replace_twin(pair: ImagePair, pixels: Pixels) -> None:
    """Give a pair another perturbed twin, as a change of another strength would have made it."""
    data = encode_png(pixels)
    pair.perturbed_file.save("flashing.png", ContentFile(data), save=False)
    pair.perturbed_sha256 = hashlib.sha256(data).hexdigest()
    pair.save()


def make_flashing(pair: ImagePair) -> None:
    """Let a pair alternate with black where it is light, and with white where it is dark: every pixel flashes."""
    is_dark = relative_luminance(read_twin(pair, perturbed=False)) < 0.5
    replace_twin(pair, np.where(is_dark[..., None], [255] * 3, [0] * 3).astype(np.uint8))


def large_pairs(n: int = 8) -> PairSet:
    """Return pairs whose images have 160 × 160 CSS pixels at a scale of 8, more than a quarter of a field."""
    return make_pair_set(n=n, size=20)


def test_a_file_holds_the_clean_image_above_what_it_alternates_with() -> None:
    study = make_open_study(trial_type="flicker")
    truths = list(Truth.objects.filter(stimulus__study=study).select_related("stimulus", "pair"))

    assert {truth.perturbed for truth in truths} == {True, False}
    for truth in truths:
        with truth.stimulus.file.open() as file:
            frames = decode(file.read())
        assert truth.stimulus.size == SIDE
        assert frames.shape == (2 * SIDE, SIDE, 3)
        clean, twin = read_twin(truth.pair, perturbed=False), read_twin(truth.pair, perturbed=True)
        assert np.array_equal(frames[:SIDE], clean)
        assert np.array_equal(frames[SIDE:], twin if truth.perturbed else clean)
    assert len({stimulus.file.size for stimulus in Stimulus.objects.filter(study=study)}) == 1


def test_other_trial_types_have_one_image_a_file() -> None:
    pair = make_pair_set(n=1).pairs.get()

    data, side = encode_stimulus(pair, perturbed=True)

    assert side == SIDE
    assert np.array_equal(decode(data), read_twin(pair, perturbed=True))


def test_pairs_that_would_flash_are_measured_and_not_shown() -> None:
    pair_set = large_pairs(8)
    flashing = list(pair_set.pairs.all()[:3])
    for pair in flashing:
        make_flashing(pair)
    study = make_study(pair_set=pair_set, trial_type="flicker", scale=SCALE, n_perturbed=2, n_clean=2)

    open_study(study=study, by=study.owner)

    shown = set(Truth.objects.filter(stimulus__study=study).values_list("pair", flat=True))
    assert len(shown) == 4
    assert not shown & {pair.pk for pair in flashing}
    assert flash_tally(study) == FlashTally(pairs=8, measured=8, over=3)
    study.refresh_from_db()
    assert study.protocol is not None
    assert study.protocol["flicker"] == {
        "cycles_per_second": 5.0,
        "rule_of_flashes": "below the general and red flash thresholds of WCAG 2.2, 2.3.1, measured for each pair",
        "pairs_measured": 8,
        "pairs_not_used": 3,
        "stopped_answers": "left out",
    }


def test_a_study_without_pairs_to_spare_for_it_does_not_open() -> None:
    pair_set = large_pairs(5)
    for pair in pair_set.pairs.all()[:2]:
        make_flashing(pair)
    study = make_study(pair_set=pair_set, trial_type="flicker", scale=SCALE, n_perturbed=2, n_clean=2)

    with pytest.raises(StudyError, match="4"):
        open_study(study=study, by=study.owner)

    texts = [finding.text for finding in findings_about(study, base_url="https://lab.example") if finding.stops]
    assert any("needs 4 lesions, and the image pairs hold 3" in text for text in texts)


@pytest.mark.parametrize(
    "fields",
    [{"trial_type": "flicker", "flicker_hz": 3.0}, {"trial_type": "two_afc"}, {"trial_type": "flicker", "scale": 1}],
)
def test_pairs_are_shown_that_flash_rarely_not_at_all_or_in_a_small_area(fields: dict[str, object]) -> None:
    pair_set = large_pairs(4)
    for pair in pair_set.pairs.all():
        make_flashing(pair)
    study = make_study(pair_set=pair_set, n_perturbed=2, n_clean=2, **{"scale": SCALE, **fields})  # type: ignore[arg-type]

    open_study(study=study, by=study.owner)

    assert Stimulus.objects.filter(study=study).exists()
    assert FlashCheck.objects.exists() == study.needs_flash_check


def test_a_pair_is_measured_once_a_scale() -> None:
    pair_set = large_pairs(2)
    study = make_study(pair_set=pair_set, trial_type="flicker", scale=2)

    assert measure_flashes(study) == measure_flashes(study) == FlashTally(2, 2, 0)
    assert FlashCheck.objects.count() == 2

    study.scale = SCALE
    assert flash_tally(study) == FlashTally(2, 0, 0)
    measure_flashes(study)
    assert FlashCheck.objects.count() == 4

    pair_set.pairs.all().delete()
    assert not FlashCheck.objects.exists()


def test_readiness_and_the_command_tell_what_is_measured() -> None:
    pair_set = large_pairs(8)
    make_flashing(pair_set.pairs.all()[0])
    study = make_study(pair_set=pair_set, trial_type="flicker", scale=SCALE, n_perturbed=2, n_clean=2)

    def told() -> str:
        return " ".join(finding.text for finding in findings_about(study, base_url="https://lab.example"))

    assert "0 of 8 image pairs are measured against WCAG’s thresholds" in told()

    out = StringIO()
    call_command("check_flicker", str(study.pk), stdout=out)

    assert "Measured 8 image pairs; 1 exceed the thresholds" in out.getvalue()
    assert "1 of 8 image pairs measured are not used" in told()
    assert "are measured against" not in told()

    Study.objects.filter(pk=study.pk).update(flicker_hz=2)
    out = StringIO()
    call_command("check_flicker", str(study.pk), stdout=out)
    assert "at most three flashes a second" in out.getvalue()


@pytest.mark.parametrize("hz", [0.2, 16])
def test_a_rate_outside_its_bounds_is_refused(hz: float) -> None:
    study = make_study(pair_set=make_pair_set(n=8))
    study.flicker_hz = hz
    with pytest.raises(ValidationError, match="flicker_hz"):
        study.full_clean()


def test_a_rate_for_trials_that_do_not_flicker_is_refused() -> None:
    for trial_type in ("marked_place", "yes_no"):
        with pytest.raises(ValidationError, match="do not flicker: leave the rate at 5, or choose “Flicker”"):
            make_study(pair_set=make_pair_set(n=8), trial_type=trial_type, flicker_hz=3.0)
