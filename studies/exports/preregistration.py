"""A study's protocol as the text of a preregistration, in the order of the OSF's template.

The headings and their order are those of “OSF Preregistration”, version 3, as the Open Science Framework has it
(https://github.com/CenterForOpenScience/osf.io, `website/project/metadata/osf-preregistration-3.json`). What the
protocol fixes is told; what it does not hold is named as to be filled in. No answer is looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from ml.attacks.wording import attack_words
from perception.analysis.detection.verdict_rule import D_PRIME
from perception.analysis.number_words import percentage_points
from perception.core.languages import in_english
from studies.data_protection.tally import ErasedPeople
from studies.design.protocol import protocol_hash
from studies.design.publication import Publication
from studies.errors import StudyError
from studies.exports.tables.markdown import escaped
from studies.languages import ENGLISH
from studies.models.observer import Observer
from studies.models.pair_sets.attack_arms import figure_by_protocol
from studies.models.session import Session
from studies.models.study import Study
from studies.planning.kept_plan import KeptPlan, departures_text
from studies.questionnaire import parse_questionnaire
from studies.questionnaire.wording import asked_in_english
from studies.report.recruitment import RecruitmentFacts
from studies.report.screening import screening_text
from studies.report.wording import (
    answers_text,
    capitalized,
    control_text,
    listed,
    longest_run_text,
    masks_text,
    moment,
    repeats_text,
    stimuli_text,
    strengths_text,
    uncapitalized,
    visibility_text,
)

FILE_NAME = "preregistration.md"

HEAD = """# Preregistration: {title}

In the order of the template “OSF Preregistration” (version 3), from the protocol that was fixed and hashed on {opened}.
SHA-256 of the protocol: `{sha256}`. What is marked “To fill in” the protocol does not hold.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the template, and how a study's protocol answers it."""

    heading: str
    answer: Callable[[Study], str]


def preregistration_text(study: Study) -> str:
    """Return the text as Markdown, in English.

    Raises
    ------
    StudyError
        The study is a draft, of which nothing is fixed; or its protocol is not the one that was hashed.
    """
    if study.protocol is None or study.opened_at is None:
        raise StudyError(
            gettext(
                "“%(title)s” is a draft: its protocol is fixed when it opens. Open it, register this text, and "
                "send observers their links after that."
            )
            % {"title": study.title}
        )
    if protocol_hash(study.protocol) != study.protocol_sha256:
        raise StudyError(
            gettext("The protocol of “%(title)s” is not the one that was written down when it opened.")
            % {"title": study.title}
        )
    return _markdown(study, study.opened_at)


@in_english()
def _markdown(study: Study, opened_at: datetime) -> str:
    publication = Publication.of(study)
    parts = [HEAD.format(title=escaped(study.title), opened=moment(opened_at), sha256=study.protocol_sha256)]
    told = ((("Authors", "; ".join(map(str, publication.authors))),) if publication.authors else ()) + publication.facts
    parts += [f"- {name}: {escaped(text)}" for name, text in told]
    if told:
        parts.append("")
    for title, entries in TEMPLATE:
        parts.append(f"## {title}\n")
        parts += [f"### {entry.heading}\n\n{escaped(entry.answer(study))}\n" for entry in entries]
    return "\n".join(parts)


def _to_fill_in(what: str) -> str:
    return f"To fill in: {what}."


def _hypotheses(study: Study) -> str:
    if study.compares_attacks:
        tested = (
            f"the change is undetectable, of each attack at each strength ({strengths_text(study)}), that is, "
            f"{_verdict(study)} And, of each two attacks: observers see as much of one as of the other, by "
            f"{_compared_by(study)}."
        )
    else:
        tested = f"the change is undetectable at the strength of {strengths_text(study)}, that is, {_verdict(study)}"
    if study.group_names:
        tested += (
            f" The groups {listed(study.group_names)} are compared by differences with intervals, p-values adjusted "
            "after Holm over the pairs of groups; the verdict is of all observers together."
        )
    return f"Tested: {tested} {_to_fill_in('what you expect, and further hypotheses')}"


def _compared_by(study: Study) -> str:
    """Return the figure by which the protocol compares attacks."""
    from studies.answers.observations import task_of  # brings pandas
    from studies.report.sections.detection.two_arms import merit_name  # brings SciPy

    return uncapitalized(merit_name(figure_by_protocol(study.protocol or {}), task_of(study)))


def _verdict(study: Study) -> str:
    margin = percentage_points(study.margin)
    if study.verdict_rule == D_PRIME:
        return (
            f"d′ lies between minus and plus that at which an observer without a leaning "
            f"answers {50 + 100 * study.margin:g}% rightly (margin {margin})."
        )
    return f"balanced accuracy lies within 50% ± {margin}."


def _study_type(_: Study) -> str:
    return (
        "Experiment: whether an image is perturbed is set by the researcher and assigned at random to the images that "
        "are shown; each observer meets both kinds, or both images of each pair."
    )


def _blinding(_: Study) -> str:
    return (
        "Observers do not know which images are perturbed. Sessions are run by a program that tells neither observers "
        "nor researchers: the researcher sees progress and no result until the study is closed, unless results are "
        "unblinded before, which is written down."
    )


def _more_blinding(_: Study) -> str:
    return "Clean and perturbed images are served in files of one length, under names that tell nothing."


def _design(study: Study) -> str:
    sets = f" {study.n_subsets} sets of images, one for each observer." if study.n_subsets > 1 else ""
    if study.draws_from_pool:
        size = study.n_in_pool
        pool = "a pool" if size is None else f"a pool of {size:,} images"
        sets = (
            f" Each observer judges images of their own, drawn from {pool} so that every image is shown equally often, "
            + (
                "and clean in the same share. "
                "Strengths are chosen by QUEST+ from the observer’s answers up to the last but one, but for the first "
                "two trials."
                if study.adapts_strength
                else "and clean and at each strength in the same share."
            )
        )
    practice = f" {study.n_practice} practice trials with feedback come first." if study.n_practice else ""
    catch = ""
    if study.n_catch and study.catch_pair_set:
        catch = f" {study.n_catch} catch trials at strength {study.catch_pair_set.strength:g} are mixed in."
    repeats = (
        f" {capitalized(repeats_text(study))}, for agreement within observers; the first showing alone is in all other "
        "figures."
        if study.n_repeated
        else ""
    )
    diagnosis = " A second question asks for the diagnosis." if study.asks_diagnosis else ""
    return (
        f"Within observers, repeated measures. {study.trials.title}: {study.trials.explained} Each series: "
        f"{stimuli_text(study)}.{sets} Images of {study.pair_set.image_size} pixels, screen pixels per image pixel: "
        f"{study.scale}, shown {study.display_time}.{practice}{catch}{repeats}{diagnosis}"
    )


def _randomization(study: Study) -> str:
    lesions = "at most one image a lesion" if study.one_lesion_once else "several images of a lesion may be drawn"
    if visibility := visibility_text(study):
        lesions += f"; {visibility}"
    run = f", {longest_run_text(study)}" if study.longest_run else ""
    how = ", and by which attack at which strength" if study.compares_attacks else ""
    return (
        f"Images are drawn with the seed {study.seed} from the image pairs {_pairs(study)} ({lesions}), and so is "
        f"which of them are shown perturbed{how}. Every observer sees them in a random order of their own{run}."
    )


def _pairs(study: Study) -> str:
    """Return the names of the image pairs that images are drawn from: of those that are in all sets."""
    if not study.compares_attacks:
        return f"“{study.pair_set.name}”"
    return listed([f"“{pair_set.name}”" for arm in study.attack_arms for pair_set in arm.pair_sets])


def _existing_data(study: Study) -> str:
    begun = Session.objects.filter(observer__study=study, observer__is_simulated=False).count()
    begun += ErasedPeople.of(study).n_begun
    pilots = Session.objects.filter(observer__study__pilot_of=study).count()
    pilots += ErasedPeople.of(study, of_pilots=True).n_begun
    piloted = (
        f" Before the opening there {'was 1 pilot session' if pilots == 1 else f'were {pilots} pilot sessions'}, on "
        "images that were drawn apart; none is part of the data."
        if pilots
        else ""
    )
    if not begun:
        return f"Registration prior to creation of data: when this text was made, no observer had begun.{piloted}"
    looked = "Results cannot be seen before the study is closed."
    if study.unblinded_at:
        looked = f"Results were unblinded on {moment(study.unblinded_at)}."
    elif study.closed_at:
        looked = "The study is closed, and results can be seen."
    return (
        f"When this text was made, data existed: {begun} observer{'' if begun == 1 else 's'} had begun. {looked} The "
        f"protocol was fixed before the first answer.{piloted}"
    )


def _existing_explained(study: Study) -> str:
    dataset = study.pair_set.dataset
    drawn = " A program drew them; they show no real skin." if dataset.is_synthetic else ""
    return f"The images exist: {dataset.credit or dataset.name}.{drawn} What exists of answers to them is told above."


def _procedures(study: Study) -> str:
    recruitment = RecruitmentFacts.of(study, simulated=False)
    if recruitment.by_open_links:
        found = f"As it stood when this text was made, observers are found so: {uncapitalized(recruitment.how)} They"
    else:
        found = "Observers are invited in person and"
    how = "" if recruitment.by_open_links else ", each by a link of their own"
    return (
        f"{found} answer in a web browser{how}. {_groups(study)}{_screened(study)}"
        f"{_to_fill_in('who is invited (profession, experience), how they are found and paid, and the timeline')}"
    )


def _screened(study: Study) -> str:
    """Return what observers are checked for before the series, with a space after it; nothing where they are not."""
    told, explained = screening_text(study)
    return f"They are screened before the series. {told} {explained} " if told else ""


def _groups(study: Study) -> str:
    """Return how it is told to which group an observer belongs; nothing without groups."""
    if not study.group_names:
        return ""
    if study.tells_groups_by_question:
        return f"To which of the groups they belong they tell by their answer to “{study.group_question}”. "
    return f"To which of the groups {listed(study.group_names)} each belongs is written down before they begin. "


def _sample_size(study: Study) -> str:
    invited = Observer.objects.filter(study=study, is_simulated=False).count()
    images = f"Of images: {stimuli_text(study)} in each series."
    if (plan := KeptPlan.of(study)) is not None:
        return f"{images} Of observers: {plan.observers} as planned; invited when this text was made: {invited}."
    so_far = f" (invited when this text was made: {invited})" if invited else ""
    return f"{images} {_to_fill_in(f'how many observers{so_far}')}"


def _rationale(study: Study) -> str:
    if (plan := KeptPlan.of(study)) is None:
        return _to_fill_in("why so many; “What can a study of this size show?” on the study’s page computes it")
    return f"{plan.text} {departures_text(plan, study)}".rstrip()


def _stopping(study: Study) -> str:
    again = (
        f" The protocol lets a closed study be reopened, which its report then says. {_to_fill_in('when it would be')}"
        if study.may_be_reopened
        else ""
    )
    if study.closes_when_finished:
        return (
            "The study closes by itself when every invited observer is done and every place of an open link is filled. "
            f"No interim analysis is planned.{again}"
        )
    return (
        f"The study is closed by the researcher. No interim analysis is planned. {_to_fill_in('when it is closed')}"
        f"{again}"
    )


def _manipulated(study: Study) -> str:
    if arms := study.attack_arms:
        each = "; ".join(f"{arm.name}: {attack_words(arm.attack)}" for arm in arms)
        return (
            f"Whether an image is perturbed, by which of {len(arms)} attacks, and how strongly. {each}. Strengths: "
            f"{strengths_text(study)}. Each perturbed image is shown with one attack alone; clean images stand for all."
        )
    attack = study.pair_set.attack
    if attack.is_elsewhere:
        words = f"“{attack.name}”, {attack_words(attack)}"
    else:
        words = (
            f"the attack “{attack.name}” ({attack.kind}) against the classifier “{attack.against}”, target class "
            f"{attack.target_class}"
        )
    return f"Whether an image is perturbed: by {words}, at {strengths_text(study)}."


def _measured(study: Study) -> str:
    asked = asked_in_english(parse_questionnaire(study.questionnaire))
    told = f" Asked of observers: {asked}." if asked else ""
    return (
        f"The answer to “{study.text('question', ENGLISH)}”: {answers_text(study)}. Response time in milliseconds from "
        f"the painted image; what was in view of the image; size and zoom of the screen.{told}"
    )


def _indices(study: Study) -> str:
    if study.trials.always_perturbed:
        return "Share of right choices, and d′."
    return "Sensitivity (hits), specificity (one minus false alarms), balanced accuracy (their mean), and d′."


def _fixed(study: Study, key: str) -> str:
    """Return what a protocol says of the analysis under a key; nothing where it is older than the key."""
    analysis = (study.protocol or {}).get("analysis")
    text = analysis.get(key) if isinstance(analysis, dict) else None
    return text if isinstance(text, str) else ""


def _models(study: Study) -> str:
    pooled = _fixed(study, "pooled_interval")
    given = f" Intervals of pooled shares: {pooled}." if pooled else ""
    compared = ""
    if study.compares_attacks:
        compared = (
            f" Attacks, two at a time: the difference of {_compared_by(study)} by the analysis of variance of "
            "Obuchowski and Rockette, from three observers on with observers and images random and Hillis’ degrees of "
            "freedom. No curve and no verdict is of several attacks together."
        )
    if study.control_name:
        compared += f" {control_text(study)}."
    return f"Two one-sided tests of equivalence: {_verdict(study)}{compared}{given}"


def _transformations(study: Study) -> str:
    if study.trials.marks_place:
        masks = f" {told}" if (told := masks_text(study)) else ""
        return (
            f"Ratings of 4 to 6 count as “perturbed”; the LROC curve uses all of them, with the marked places.{masks}"
        )
    if study.trials.ratings:
        return "Ratings of 4 to 6 count as “perturbed”; the ROC curve uses all of them."
    if study.trials.confidences:
        return "For the ROC curve, answer and confidence make six steps."
    if study.trials.grades:
        return (
            "Grades stand as the numbers 1 to 5; for d′ and the verdict a grade of 5 counts as “same”, any lower one "
            "as “different”."
        )
    return "None."


def _inference(study: Study) -> str:
    families = _fixed(study, "families_of_tests")
    several = f" Several tests: {families}." if families else ""
    return f"“Undetectable” where both one-sided tests are significant at 5%. Intervals are of 95%.{several}"


def _exclusion(study: Study) -> str:
    from studies.answers.exclusions import exclusion_texts  # brings pandas

    return " ".join(exclusion_texts(study)) or "No rule: all answers of finished sessions count."


def _missing_data(study: Study) -> str:
    included = _fixed(study, "included")
    given = f"Analysed: {included}. " if included else ""
    return f"{given}Missing answers count neither as right nor as wrong; nothing is imputed."


def _exploratory(_: Study) -> str:
    return (
        "The report also gives agreement between observers, figures by diagnosis, by position in the session and by "
        f"image, and response times. {_to_fill_in('which of them, if any, are confirmatory')}"
    )


def _other(study: Study) -> str:
    return f"Protocol of the study {study.uid}, SHA-256 {study.protocol_sha256}; the whole is in the study’s archive."


TEMPLATE: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("Study Information", (Entry("Hypotheses", _hypotheses),)),
    (
        "Design Plan",
        (
            Entry("Study type", _study_type),
            Entry("Blinding", _blinding),
            Entry("Is there any additional blinding in this study?", _more_blinding),
            Entry("Study design", _design),
            Entry("Randomization", _randomization),
        ),
    ),
    (
        "Sampling Plan",
        (
            Entry("Existing Data", _existing_data),
            Entry("Explanation of existing data", _existing_explained),
            Entry("Data collection procedures", _procedures),
            Entry("Sample size", _sample_size),
            Entry("Sample size rationale", _rationale),
            Entry("Stopping rule", _stopping),
        ),
    ),
    (
        "Variables",
        (
            Entry("Manipulated variables", _manipulated),
            Entry("Measured variables", _measured),
            Entry("Indices", _indices),
        ),
    ),
    (
        "Analysis Plan",
        (
            Entry("Statistical models", _models),
            Entry("Transformations", _transformations),
            Entry("Inference criteria", _inference),
            Entry("Data exclusion", _exclusion),
            Entry("Missing data", _missing_data),
            Entry("Exploratory analysis", _exploratory),
        ),
    ),
    ("Other", (Entry("Other", _other),)),
)
