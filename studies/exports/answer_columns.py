"""The columns of a study's answers: one list, from which CSV, JSON, Psych-DS and the data dictionary are made."""

from studies.answers.exclusions import FEW_CATCH_TRIALS, PARTLY_SHOWN, REJECTED, STOPPED, TOO_FAST, not_passed
from studies.exports.column import Column, Kind
from studies.models.screening.check import Check

RESPONSES = {
    "perturbed": "one image: it is perturbed",
    "clean": "one image: it is clean",
    "different": "two images: they differ, one is perturbed",
    "same": "two images: they are the same, both clean",
    "first": "two images of which one is perturbed: the first",
    "second": "two images of which one is perturbed: the second",
}
OF_TWO = "the trial showed one image"
NOTHING_PERTURBED = "nothing was perturbed"
NOT_MEASURED = "nothing was perturbed, or how visible the changes are was not measured"
NO_FLICKER = "images stood still in this study, or the browser ran no script"
NO_PLACE = "no place was asked for"
MOVED = "; of a person whose data are gone, as if their session had begun when the study opened"


def _of_the_change(
    name: str, text: str, *, unit: str = "", least: float | None = None, empty: str = NOTHING_PERTURBED
) -> Column:
    """Return a column that tells how large the change to the image is, or how visible."""
    return Column(name, text, Kind.NUMBER, unit=unit, least=least, empty=empty, tells_truth=True, since="0.7.0")


COLUMNS: tuple[Column, ...] = (
    Column(
        "observer", "the observer's label, a pseudonym that the researcher chose", Kind.TEXT, identifies_person=True
    ),
    Column("item", "what was judged: the stimulus, or both stimuli of a pair", Kind.TEXT),
    Column("truth", "the right answer", Kind.WORD, levels=RESPONSES, tells_truth=True),
    Column("response", "what the observer said, in the words of truth", Kind.WORD, levels=RESPONSES),
    Column(
        "rating",
        "how surely perturbed; of an answer with a confidence 1 to 3 for clean, 4 to 6 for perturbed",
        Kind.INTEGER,
        levels={
            "1": "surely clean",
            "2": "fairly surely clean",
            "3": "rather clean, a guess",
            "4": "rather perturbed, a guess",
            "5": "fairly surely perturbed",
            "6": "surely perturbed",
        },
        empty="neither a rating nor a confidence was asked for",
    ),
    Column(
        "confidence",
        "in the answer",
        Kind.INTEGER,
        levels={"1": "a guess", "2": "fairly sure", "3": "sure"},
        empty="no confidence was asked for",
    ),
    Column("diagnosis", "the image's diagnosis, a class of the dataset", Kind.TEXT, empty="the dataset has none"),
    Column(
        "diagnosis_answered",
        "the observer's diagnosis, a class of the dataset",
        Kind.TEXT,
        empty="no diagnosis was asked for",
    ),
    Column(
        "role",
        "what the trial is there for",
        Kind.WORD,
        levels={"series": "analysed", "catch": "a plainly perturbed image, in no main figure"},
        tells_truth=True,
    ),
    Column(
        "phase",
        "of the session",
        Kind.WORD,
        levels={"series": "the series; practice is never exported"},
    ),
    Column(
        "strength",
        "of the attack: the largest change to a pixel channel; 0 where nothing was perturbed",
        Kind.NUMBER,
        unit="8-bit levels",
        least=0,
        tells_truth=True,
    ),
    Column(
        "rt_ms",
        "response time, from the image's paint to the answer, by the browser's clock",
        Kind.INTEGER,
        unit="ms",
        least=0,
        empty="not measured: the browser ran no script",
    ),
    Column("position", "of the trial in the observer's series, from 1", Kind.INTEGER, least=1),
    Column("second_item", "the stimulus that stood second, on the right", Kind.TEXT, empty=OF_TWO),
    Column(
        "side",
        "where the perturbed image stood",
        Kind.WORD,
        levels={"first": "on the left", "second": "on the right"},
        empty="the trial showed one image, or nothing perturbed",
        tells_truth=True,
    ),
    Column(
        "subset",
        "which set of images the item is in, from 1",
        Kind.INTEGER,
        least=1,
        empty="all observers judge the same images, each judges images of their own, or a catch trial",
    ),
    Column("image", "the image's name in its dataset", Kind.TEXT),
    Column("lesion", "the lesion shown, by its name in the dataset", Kind.TEXT),
    Column(
        "served_at",
        "when the trial was first the current one, by the server's clock, ISO 8601" + MOVED,
        Kind.MOMENT,
        empty="not known",
        identifies_person=True,
    ),
    Column(
        "answered_at",
        "when the server had the answer, by its clock, ISO 8601" + MOVED,
        Kind.MOMENT,
        identifies_person=True,
    ),
    Column(
        "pixel_ratio",
        "screen pixels per CSS pixel, as the browser said",
        Kind.NUMBER,
        least=0,
        empty="not measured: the browser ran no script",
    ),
    Column(
        "shown_whole",
        "whether the image was in full view",
        Kind.FLAG,
        levels={"1": "in full view", "0": "not in full view"},
        empty="not measured: the browser ran no script",
    ),
    Column(
        "focus_losses",
        "how often the window lost the focus in the trial",
        Kind.INTEGER,
        least=0,
        empty="not measured: the browser ran no script",
    ),
    Column(
        "attack",
        "which of the attacks that the study compares perturbed the image",
        Kind.TEXT,
        empty="nothing was perturbed, a catch trial, or a study of one attack",
        tells_truth=True,
        since="0.4.0",
    ),
    Column(
        "grade",
        "of the test image beside the reference, after ITU-T P.910; 5 is the response same, any other different",
        Kind.INTEGER,
        levels={
            "1": "very annoying",
            "2": "annoying",
            "3": "slightly annoying",
            "4": "perceptible but not annoying",
            "5": "imperceptible",
        },
        empty="no degradation category rating",
        since="0.7.0",
    ),
    Column(
        "group",
        "of observers, one of those that the study compares",
        Kind.TEXT,
        empty="the study compares no groups, or the observer is in none",
        since="0.5.0",
    ),
    _of_the_change(
        "linf",
        "of the perturbed image and its clean twin, both 8-bit: the largest change to a pixel channel",
        unit="8-bit levels",
        least=0,
    ),
    _of_the_change(
        "l2", "of both: root of the summed squared change over pixels and channels", unit="8-bit levels", least=0
    ),
    _of_the_change(
        "psnr",
        "of both: peak signal-to-noise ratio",
        unit="dB",
        empty=f"{NOTHING_PERTURBED}, or the twins are equal and the ratio is infinite",
    ),
    _of_the_change("ssim", "of both: structural similarity, at most 1"),
    _of_the_change(
        "ciede2000_mean",
        "of both: colour difference CIEDE2000 (ΔE00), mean over the pixels",
        unit="ΔE00",
        least=0,
        empty=NOT_MEASURED,
    ),
    _of_the_change(
        "ciede2000_p95", "of both: 95th percentile of ΔE00 over the pixels", unit="ΔE00", least=0, empty=NOT_MEASURED
    ),
    _of_the_change(
        "ciede2000_above_1", "of both: share of the pixels whose ΔE00 is above 1", least=0, empty=NOT_MEASURED
    ),
    _of_the_change(
        "flip",
        "of both: FLIP, the difference seen when they alternate, mean over the pixels, 0 to 1; the report says at how "
        "many pixels per degree",
        least=0,
        empty=NOT_MEASURED,
    ),
    _of_the_change(
        "ssimulacra2",
        "of both: score of SSIMULACRA2, 100 where they are equal, less the more visible the change is",
        empty=f"{NOT_MEASURED}, or images are smaller than 113 pixels",
    ),
    _of_the_change(
        "colorvideovdp",
        "of both: quality by ColorVideoVDP, where 10 is no difference, less the more visible the change is; the "
        "report says at how many pixels per degree",
        unit="just-objectionable differences",
        empty=f"{NOT_MEASURED} by it",
    ),
    Column(
        "showing",
        "of the trial in the session: the same may be shown twice",
        Kind.INTEGER,
        levels={"1": "the first, in the main figures", "2": "the second, in agreement within observers alone"},
        empty="the study shows nothing twice",
        since="0.7.0",
    ),
    Column(
        "refresh_hz",
        "frames of the screen in a second, by the browser’s clock",
        Kind.NUMBER,
        unit="Hz",
        least=0,
        empty=NO_FLICKER,
        since="0.7.0",
    ),
    Column(
        "flicker_hz",
        "full cycles of a clean image and what it alternated with in a second, as they were shown",
        Kind.NUMBER,
        unit="Hz",
        least=0,
        empty=NO_FLICKER,
        since="0.7.0",
    ),
    Column(
        "frames",
        "how many frames of the screen were counted while images alternated, until the answer or the mask",
        Kind.INTEGER,
        least=0,
        empty=NO_FLICKER,
        since="0.7.0",
    ),
    Column(
        "late_frames",
        "of these, how many came after more than one and a half of their usual time: at least one was missed",
        Kind.INTEGER,
        least=0,
        empty=NO_FLICKER,
        since="0.7.0",
    ),
    Column(
        "flicker_stopped",
        "whether the observer had stopped the alternation by then",
        Kind.FLAG,
        levels={"1": "stopped before the answer", "0": "not stopped"},
        empty=NO_FLICKER,
        since="0.7.0",
    ),
    Column(
        "place_x",
        "of the place that was marked, from the left edge of the stimulus, from 0",
        Kind.INTEGER,
        unit="pixels of the stimulus",
        least=0,
        empty=NO_PLACE,
        since="0.7.0",
    ),
    Column(
        "place_y",
        "of the place that was marked, from the top edge of the stimulus, from 0",
        Kind.INTEGER,
        unit="pixels of the stimulus",
        least=0,
        empty=NO_PLACE,
        since="0.7.0",
    ),
    Column(
        "place_hit",
        "whether the place that was marked lies in the region of the change, or near enough to it",
        Kind.FLAG,
        levels={"1": "the right place", "0": "a wrong place"},
        empty=f"{NO_PLACE}, or {NOTHING_PERTURBED}",
        tells_truth=True,
        since="0.7.0",
    ),
    Column(
        "place_share",
        "share of the image’s area in which a place counts as right, 0 to 1",
        Kind.NUMBER,
        least=0,
        empty=f"{NO_PLACE}, or {NOTHING_PERTURBED}",
        tells_truth=True,
        since="0.7.0",
    ),
    Column(
        "checks_not_passed",
        "checks of the screening that the observer did not pass, of those by which the protocol leaves observers out; "
        "several have | between them",
        Kind.TEXT,
        empty="the observer passed all of them, or there are none",
        since="0.7.0",
    ),
    Column(
        "left_out",
        "why the protocol leaves the answer out of the main figures",
        Kind.WORD,
        levels={
            FEW_CATCH_TRIALS: "the observer saw fewer catch trials than the protocol asks for",
            REJECTED: "the rule of ITU-R BT.500 rejects the observer by their grades",
            **{not_passed(check): f"the observer did not pass the check of the {check.words}" for check in Check},
            TOO_FAST: "faster than the protocol allows",
            PARTLY_SHOWN: "the protocol asks for images wholly in view",
            STOPPED: "the observer had stopped the flicker, and saw grey",
        },
        empty="it is in the figures",
    ),
    Column(
        "simulated",
        "who answered",
        Kind.FLAG,
        levels={"1": "a simulated observer", "0": "a person"},
    ),
)
