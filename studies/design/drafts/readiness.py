"""What a draft still lacks: what would stop its opening, and what would make its results weak; each with its remedy."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.text import capfirst
from django.utils.translation import gettext

from perception.core.formatting import localized
from studies.design.definitions.importing import COPIE_DE, COPY_OF, gaps_left
from studies.design.drafts.supply import image_supply, supply_text
from studies.design.flash_checks import flash_tally
from studies.design.lifecycle.drafts import wrong_options
from studies.design.marked_places.region_checks import region_tally
from studies.design.option import Step
from studies.design.options import OPTIONS, PEOPLE
from studies.design.recruitment.groups import why_groups_do_not_fit
from studies.design.stimulus_selection import stimuli_of_an_image
from studies.design.visible_pairs import names_of_visible, not_measured, without_control
from studies.errors import StudyError
from studies.models.data_protection import LaterWithdrawal, LegalBasis
from studies.models.observer import Observer
from studies.models.pair_sets.attack_arms import differing_strengths
from studies.models.screening.check import Check
from studies.models.study import Study
from studies.planning.kept_plan import KeptPlan, departures_text
from studies.planning.wording import observers_text
from studies.questionnaire import QuestionKind, doubts_about, parse_questionnaire
from studies.screening.rings import Sight, sight

FAR_FROM_HALF = 0.15
"""How far the share of perturbed images may be from ½ before it is spoken of; the paper's is 0.10 from it."""
FEW_OF_A_STRENGTH = 10
MANY_FILES = 2_000
CHANNELS = 3
ORDINARY_PX_PER_MM = 96 / 25.4


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a draft lacks.

    Attributes
    ----------
    stops
        Whether the study cannot be opened like this.
    text
        What is the matter.
    remedy
        What to do about it.
    step
        Where that is done; None where it is done outside the study.
    option
        The name of the option there; empty where it is none.
    """

    stops: bool
    text: str
    remedy: str
    step: Step | None = None
    option: str = ""

    @classmethod
    def about(cls, option: str, text: str, remedy: str, *, stops: bool = False) -> "Finding":
        """Return a finding about one of the options, at its step."""
        return cls(stops, text, remedy, OPTIONS[option].step, option)


def findings_about(study: Study, *, base_url: str) -> list[Finding]:
    """Return what a draft lacks, what stops its opening first.

    Parameters
    ----------
    base_url
        What the observers' links begin with.
    """
    wrong = list(_wrong(study))
    found = [*wrong, *_lacking_images(study, wrong)]
    for look in _LOOKS:
        found += look(study)
    found += _address(base_url)
    return sorted(found, key=lambda finding: not finding.stops)


def _wrong(study: Study) -> Iterator[Finding]:
    """Tell what no study can have."""
    for name, errors in wrong_options(study, study.further_pair_sets.all()).items():
        text = " ".join(message for error in errors for message in error.messages)
        if name == NON_FIELD_ERRORS:
            yield Finding(stops=True, text=text, remedy=gettext("Change it."))
            continue
        label = OPTIONS[name].label
        yield Finding.about(
            name,
            gettext("%(name)s: %(text)s") % {"name": capfirst(label), "text": text},
            gettext("Change it there."),
            stops=True,
        )


def _lacking_images(study: Study, wrong: Iterable[Finding]) -> Iterator[Finding]:
    """Tell for what there are too few images; nothing where the numbers themselves are wrong."""
    if any(finding.option in _NUMBERS for finding in wrong):
        return
    remedies = {
        "series": ("n_perturbed", gettext("Ask for fewer images, or take image pairs of more.")),
        "pool": (
            "pool_size",
            gettext("Ask for a smaller pool or fewer images an observer, or take image pairs of more."),
        ),
        "practice": (
            "n_practice",
            gettext("Ask for fewer practice trials or a shorter series, or take image pairs of more."),
        ),
        "catch": ("n_catch", gettext("Ask for fewer catch trials, or take pairs for them of other images.")),
    }
    for use in image_supply(study, study.further_pair_sets.all()):
        if use.lacking:
            option, remedy = remedies[use.name]
            text = gettext("%(use)s: %(lacking)s too few.") % {
                "use": supply_text(use),
                "lacking": localized(f"{use.lacking:,}"),
            }
            yield Finding.about(option, text, remedy, stops=True)


_NUMBERS = {
    *("pair_set", "further_pair_sets", "n_perturbed", "n_clean", "n_subsets", "n_practice", "n_catch"),
    *("allocation", "pool_size"),
}


def _prevalence(study: Study) -> Iterator[Finding]:
    share = study.n_perturbed / study.n_images
    if study.trials.always_perturbed or abs(share - 0.5) <= FAR_FROM_HALF:
        return
    told = gettext("The standard instructions do not tell the share.") if not study.instructions else ""
    yield Finding.about(
        "n_perturbed",
        (
            gettext(
                "%(value)s%% of the images are perturbed. Who is not told expects about half, and leans to one "
                "answer. %(told)s"
            )
            % {"value": localized(f"{100 * share:.0f}"), "told": told}
        ).strip(),
        gettext("Take numbers that are more alike, or tell the share in the instructions."),
    )


def _mixed(study: Study) -> Iterator[Finding]:
    strengths = study.strengths
    if len(strengths) < 2 or study.adapts_strength:
        return
    each = study.n_perturbed // len(strengths)
    mean = gettext("that of each attack over its strengths") if study.compares_attacks else gettext("over all")
    text = gettext(
        "The %(n_perturbed)s perturbed images are shared out among %(n)s image pairs of other strengths or "
        "attacks, %(each)s of each: each verdict rests on so many, and sensitivity is a mean, %(mean)s."
    ) % {"n_perturbed": study.n_perturbed, "n": len(strengths), "each": each, "mean": mean}
    few = each < FEW_OF_A_STRENGTH
    remedy = gettext("Take more perturbed images, or fewer strengths.") if few else gettext("Nothing, if it is meant.")
    yield Finding.about("further_pair_sets", text, remedy)
    if differing_strengths({arm.name: arm.strengths for arm in study.attack_arms}, control=study.control_name):
        yield Finding.about(
            "further_pair_sets",
            gettext("The attacks have different strengths: what they differ by is of attack and strength together."),
            gettext("Choose image pairs of the same strengths of each attack."),
        )


def _visibility(study: Study) -> Iterator[Finding]:
    """Tell how many images are as visible as the study asks, and which image pairs were never measured."""
    if not study.visibility_measure or not study.pair_set_id:
        return
    sets = [study.pair_set, *study.further_pair_sets.all()]
    if unmeasured := not_measured(study, sets):
        yield Finding.about(
            "visibility_measure",
            gettext("How visible the changes are was not measured, or not by this measure: %(listed)s.")
            % {"listed": ", ".join(f"“{name}”" for name in unmeasured)},
            gettext("Measure it on the page of the image pairs (`measure_visibility`), or choose images otherwise."),
            stops=True,
        )
        return
    there = names_of_visible(study, sets) or set()
    text = gettext("%(there)s of the %(all)s images of “%(pair_set)s” are as visible as is asked.") % {
        "there": localized(f"{len(there):,}"),
        "all": localized(f"{study.pair_set.pairs.count():,}"),
        "pair_set": study.pair_set,
    }
    yield Finding.about("visibility_measure", text, gettext("Nothing, if it is meant; else widen the range."))
    if study.visibility_tolerance is not None and len(without_control(study, sets)) == 1:
        yield Finding.about(
            "visibility_tolerance",
            gettext("There is one set of image pairs: nothing is matched."),
            gettext("Choose further image pairs, or leave it empty."),
        )


def _pool(study: Study) -> Iterator[Finding]:
    """Tell how often each image of a pool will be seen, and how many files the opening makes."""
    if not study.draws_from_pool or not study.pair_set_id:
        return
    pool, *_ = image_supply(study, study.further_pair_sets.all())
    size = study.pool_size or pool.there
    observers = _observers_expected(study)
    if observers and size:
        shown = observers * study.n_images / size
        each = shown * (1 if study.trials.always_perturbed else study.n_perturbed / study.n_images)
        text = gettext(
            "With %(observers)s each of the %(size)s images of the pool is shown %(times)s times in the "
            "mean, of which perturbed, at each strength, %(each)s times."
        ) % {
            "observers": observers_text(observers),
            "size": localized(f"{size:,}"),
            "times": localized(f"{shown:.1f}"),
            "each": localized(f"{each / len(study.strengths):.1f}"),
        }
        remedy = (
            gettext("Nothing, if it is meant; of a smaller pool more is known of each image.")
            if shown >= 1
            else gettext("Take a smaller pool or more observers: some images will be shown to nobody.")
        )
        yield Finding.about("pool_size", text, remedy)
    files = size * stimuli_of_an_image(study)
    if files > MANY_FILES:
        text = gettext("The opening makes %(files)s files, %(gigabytes)s GB; it takes some minutes.") % {
            "files": localized(f"{files:,}"),
            "gigabytes": localized(
                f"{files * study.pair_set.image_size**2 * CHANNELS * study.trials.frames / 1e9:.1f}"
            ),
        }
        yield Finding.about("pool_size", text, gettext("Wait for it, or take a smaller pool."))


def _flashes(study: Study) -> Iterator[Finding]:
    """Tell how many image pairs a study whose images flicker cannot use, as far as they are measured."""
    if not study.needs_flash_check or not study.pair_set_id:
        return
    tally = flash_tally(study)
    numbers = {name: localized(f"{value:,}") for name, value in asdict(tally).items()}
    if tally.measured < tally.pairs:
        yield Finding.about(
            "flicker_hz",
            gettext(
                "%(measured)s of %(pairs)s image pairs are measured against WCAG’s thresholds of flashes. The others "
                "are measured when the study opens, or its pilot; pairs that exceed them are not used."
            )
            % numbers,
            gettext("Nothing, if there are pairs to spare; or run “manage.py check_flicker” to know beforehand."),
        )
    if tally.over:
        yield Finding.about(
            "flicker_hz",
            gettext(
                "%(over)s of %(measured)s image pairs measured are not used: flickering more than three times a "
                "second, they would exceed WCAG’s thresholds of flashes."
            )
            % numbers,
            gettext("Nothing, if there are pairs to spare; or a rate of 3 cycles a second at most, or weaker changes."),
        )


def _regions(study: Study) -> Iterator[Finding]:
    """Tell how many image pairs a study that asks for a place cannot use, as far as they are measured."""
    if not study.trials.marks_place or not study.pair_set_id:
        return
    tally = region_tally(study)
    numbers = {name: localized(f"{value:,}") for name, value in asdict(tally).items()}
    if tally.measured < tally.pairs:
        yield Finding.about(
            "pair_set",
            gettext(
                "Of %(measured)s of %(pairs)s image pairs it is known where they are changed. The others are looked at "
                "when the study opens, or its pilot; pairs that are changed everywhere are not used."
            )
            % numbers,
            gettext("Nothing, if there are pairs to spare; or run “manage.py check_places” to know beforehand."),
        )
    if tally.everywhere:
        yield Finding.about(
            "pair_set",
            gettext(
                "%(everywhere)s of %(measured)s image pairs looked at are not used: they are changed in more than a "
                "quarter of the image, in places all over it, or not at all, and there is no place to mark."
            )
            % numbers,
            gettext("Nothing, if there are pairs to spare; or pairs whose change lies in one part of the image."),
        )


def _observers_expected(study: Study) -> int:
    """Return how many are invited; as long as nobody is, how many are planned, or 0."""
    if invited := Observer.objects.filter(study=study).count():
        return invited
    plan = KeptPlan.of(study)
    return plan.observers if plan is not None else 0


def _example(study: Study) -> Iterator[Finding]:
    """Tell of which attack the example is, where there are several and there is an example."""
    if not (study.n_practice and study.attack_arms):
        return
    text = gettext(
        "The example in the instructions is of the attack “%(attack)s” alone, that of the first image pairs: observers "
        "may look for its traces more than for those of the others. Practice trials are of all attacks."
    ) % {"attack": study.attack_arms[0].name}
    remedy = gettext("Leave practice and example out (0 practice trials), or name another attack’s image pairs first.")
    yield Finding.about("n_practice", text, remedy)


def _nobody(study: Study) -> Iterator[Finding]:
    if not Observer.objects.filter(study=study).exists():
        yield Finding(
            stops=False,
            text=gettext("Nobody is invited."),
            remedy=gettext("Invite observers; they can be invited while the study is open, too."),
            step=PEOPLE,
        )


def _copied_title(study: Study) -> Iterator[Finding]:
    beginnings = {"title": COPY_OF, "title_fr": COPIE_DE}
    copied = [name for name, beginning in beginnings.items() if getattr(study, name).startswith(beginning)]
    if copied:
        yield Finding.about(
            copied[0],
            gettext("Observers read in the title that this is a copy: “%(title)s”.")
            % {"title": getattr(study, copied[0])},
            gettext("Give it a title of its own, in both languages."),
        )


def _groups(study: Study) -> Iterator[Finding]:
    """Tell whose group is none of the study's; nothing where the groups themselves are wrong, which is told."""
    try:
        why = why_groups_do_not_fit(study)
    except StudyError:
        return
    if why:
        remedy = gettext(
            "Change their group, or the places of the link, on the page “Recruitment”; or the groups here."
        )
        yield Finding.about("groups", why, remedy, stops=True)


def _consent(study: Study) -> Iterator[Finding]:
    if not study.consent_text:
        yield Finding.about(
            "consent_text",
            gettext("The consent text is the standard one: it names neither who runs the study nor whom to ask."),
            gettext("Write in names, an address, and the ethics committee’s number where there is one."),
        )


def _data_protection(study: Study) -> Iterator[Finding]:
    unnamed = [name for name in ("data_controller", "data_contact") if not getattr(study, name).strip()]
    if unnamed:
        yield Finding.about(
            unnamed[0],
            gettext("Observers are not told who is responsible for their data, or whom they can ask."),
            gettext("Name the institution, and an address that is read."),
        )
    if study.kept_days is None:
        yield Finding.about(
            "kept_days",
            gettext("No time is set after which what tells who observers are is deleted: it is kept until you do it."),
            gettext("Set how many days it is needed after the closing."),
        )
    if study.legal_basis == LegalBasis.CONSENT and study.later_withdrawal == LaterWithdrawal.NOT:
        yield Finding.about(
            "later_withdrawal",
            gettext(
                "The data rest on consent, which can be taken back at any time. After the last answer observers cannot "
                "do so by themselves."
            ),
            gettext("Allow it, or be ready to erase a person’s data when they ask (“Data protection” on its page)."),
        )


def _debriefing(study: Study) -> Iterator[Finding]:
    if study.debriefing.strip() or study.debriefing_fr.strip():
        yield Finding.about(
            "debriefing",
            gettext("Who has finished reads the debriefing while others have not begun, and may pass it on to them."),
            gettext("Ask in it to keep it to oneself until a date, or send it yourself once the study is closed."),
        )


def _questionnaire(study: Study) -> Iterator[Finding]:
    """Tell what may not be meant so, and what observers could write; nothing where a line is wrong, which is told."""
    try:
        questions = parse_questionnaire(study.questionnaire)
    except StudyError:
        return
    for doubt in doubts_about(questions):
        yield Finding.about("questionnaire", doubt, gettext("Nothing, if it is meant; the preview shows the question."))
    written = [question.text for question in questions if question.kind is QuestionKind.TEXT]
    if written:
        yield Finding.about(
            "questionnaire",
            gettext(
                "Observers answer in their own words: %(questions)s. They are asked to name no people, patients or "
                "places, and may do so all the same. The report never repeats what they write; the table of observers "
                "(observers.csv) holds it."
            )
            % {"questions": ", ".join(f"“{text}”" for text in written)},
            gettext(
                "Ask for choices, a scale or a number where that is enough; read what was written before passing it on."
            ),
        )


def _screening(study: Study) -> Iterator[Finding]:
    """Tell what a screening cannot do on ordinary screens, and what it makes of people’s data."""
    if Check.ACUITY in study.checks and not _ordinary_sight(study).can_be_shown:
        yield Finding.about(
            "least_acuity",
            gettext("An ordinary screen is too coarse for rings of this acuity at this distance, and shows none."),
            gettext("Take a smaller acuity or a greater distance, or only invite people with fine screens."),
        )
    if {Check.VIEWING_DISTANCE, Check.ACUITY} <= set(study.checks) and not (
        study.least_distance_cm <= study.acuity_distance_cm <= study.most_distance_cm
    ):
        yield Finding.about(
            "acuity_distance_cm",
            gettext("Small rings are to be looked at from a distance at which nobody is to sit for the images."),
            gettext("Take a distance between the smallest and the largest viewing distance."),
        )
    if {Check.COLOUR_VISION, Check.ACUITY} & set(study.checks) and not study.consent_text.strip():
        yield Finding.about(
            "consent_text",
            gettext("What observers see of colours or small rings may tell something of their health."),
            gettext("Say in the consent text that it is recorded, and what for."),
        )


def _ordinary_sight(study: Study) -> Sight:
    """Return how large rings are on a screen of 96 pixels an inch."""
    return sight(
        acuity=study.least_acuity, distance_cm=study.acuity_distance_cm, css_px_per_mm=ORDINARY_PX_PER_MM, pixel_ratio=1
    )


def _french(study: Study) -> Iterator[Finding]:
    names = ("title", "question", "instructions", "consent_text", "questionnaire", "debriefing", "data_purpose")
    names = (*names, *(("comprehension",) if study.asks_comprehension else ()))
    lacking = [name for name in names if getattr(study, name) and not getattr(study, f"{name}_fr").strip()]
    if not lacking:
        return
    labels = ", ".join(OPTIONS[name].label for name in lacking)
    yield Finding.about(
        f"{lacking[0]}_fr",
        gettext("Not in French: %(labels)s. Who reads the pages in French gets this in English, marked as such.")
        % {"labels": labels},
        gettext("Write it in French, if you invite people who read French."),
    )


def _departure(study: Study) -> Iterator[Finding]:
    if (plan := KeptPlan.of(study)) is not None and (text := departures_text(plan, study)):
        yield Finding.about(
            "n_perturbed",
            gettext("Otherwise than planned: %(text)s") % {"text": text},
            gettext("Plan again, or take the plan’s numbers."),
        )


def _definition(study: Study) -> Iterator[Finding]:
    for gap in gaps_left(study):
        remedy = gettext("Bring such image pairs, or choose others; this note goes once you have changed the option.")
        yield Finding.about(gap.option, gap.text, remedy)


_LOOKS: tuple[Callable[[Study], Iterator[Finding]], ...] = (
    _definition,
    _nobody,
    _groups,
    _copied_title,
    _consent,
    _data_protection,
    _debriefing,
    _departure,
    _prevalence,
    _mixed,
    _visibility,
    _pool,
    _flashes,
    _regions,
    _example,
    _questionnaire,
    _screening,
    _french,
)


def _address(base_url: str) -> Iterator[Finding]:
    host = urlsplit(base_url).hostname or ""
    if is_this_machine(host):
        yield Finding(
            stops=False,
            text=gettext("The observers’ links begin with %(base_url)s, which leads to this computer alone.")
            % {"base_url": base_url},
            remedy=gettext(
                "Start the server so that others reach it (serve --bind, PERCEPTION_BASE_URL), open these "
                "pages by that address, and copy the links from there."
            ),
        )


def is_this_machine(host: str) -> bool:
    """Tell whether a host's name or number means, on every machine, that machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        number = ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified
