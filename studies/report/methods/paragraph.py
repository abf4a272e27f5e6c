"""The methods of a report as text, ready to be pasted: every method that the report's figures name, with references."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass

from ml.models.attack import Attack
from ml.models.visibility import Visibility
from perception.analysis.agreement.summary import Agreement
from perception.analysis.detection.accuracy_verdict import AccuracyVerdict
from perception.analysis.detection.verdict import Verdict
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.number_words import percentage_points
from perception.analysis.study_summary import StudySummary
from studies.languages import ENGLISH
from studies.models.pair_sets.attack_arms import UNBOUNDED
from studies.models.study import Study
from studies.report.build import Report
from studies.report.facts import AttackFacts
from studies.report.methods.fitting_lists import fitting_lists
from studies.report.methods.references import REFERENCES
from studies.report.methods.sentences import SENTENCES
from studies.report.screens import ScreenFacts
from studies.report.versions import program_text
from studies.report.wording import (
    adaptive_strength_text,
    answers_text,
    capitalized,
    control_text,
    flashes_text,
    flicker_counts_text,
    flicker_text,
    intervals_text,
    judges_text,
    levels_text,
    listed,
    longest_run_text,
    masks_text,
    moment,
    repeats_text,
    right_place_text,
    silent_text,
    squares_text,
    stimuli_text,
    strengths_text,
    visibility_text,
)
from studies.sessions.screening.distance import BLIND_SPOT, TOLD

CITED = re.compile(r" ?\[([a-z0-9, -]+)\]")
ATTACKS = {
    "generator": "poursaeed",
    "universal": "poursaeed",
    "fgsm": "goodfellow",
    "pgd": "madry",
    "apgd": "croce",
    "perc_al": "zhao",
    "least_change": "rony",
    "ssah": "luo",
    "one_pixel": "su",
}
"""Kind of an attack → what it is described in."""
NOT_A_METHOD = ("no interval", "not compared")
"""How a figure's `method` begins that says why there is no interval."""


@dataclass(frozen=True, slots=True)
class Methods:
    """Paragraphs, whose numbers in brackets are places in the list of references."""

    paragraphs: tuple[str, ...]
    references: tuple[str, ...]

    @property
    def text(self) -> str:
        """Both, as one text to be pasted elsewhere."""
        listed = "\n".join(f"{number}. {reference}" for number, reference in enumerate(self.references, start=1))
        return "\n\n".join((*self.paragraphs, f"References\n{listed}"))


def methods_of(report: Report) -> Methods:
    """Describe how the study was done and how its figures were computed.

    Every method that a figure of this report names is in it: with a sentence of its own where there is one, by its
    name else.
    """
    paragraphs = (_design(report), _images(report), _statistics(report), _counted(report), _program(report))
    keys: list[str] = []

    def numbered(match: re.Match[str]) -> str:
        cited = match[1].split(", ")
        if not REFERENCES.keys() >= set(cited):
            return match[0]  # brackets that the researcher wrote, in a question or a name
        keys.extend(key for key in dict.fromkeys(cited) if key not in keys)
        return f" [{', '.join(str(number) for number in sorted(keys.index(key) + 1 for key in cited))}]"

    texts = tuple(CITED.sub(numbered, paragraph) for paragraph in paragraphs)
    return Methods(texts, tuple(REFERENCES[key] for key in keys))


def named_methods(figures: object) -> Iterator[str]:
    """Go through figures, however they are nested, and give each name of a method, in their order.

    A figure that is not estimable names none: its reason stands where it would.
    """
    if isinstance(figures, Estimate) and figures.estimate is None:
        return  # nothing was computed by it
    if isinstance(figures, tuple | list):
        parts = list(figures)
    elif isinstance(figures, dict):
        parts = list(figures.values())
    elif is_dataclass(figures):
        parts = [getattr(figures, field.name) for field in fields(figures) if field.name != "method"]
        method = getattr(figures, "method", None)
        if isinstance(method, str):
            yield method
        if isinstance(figures, Agreement) and figures.pairs_adjustment:
            yield figures.pairs_adjustment
    else:
        return
    for part in parts:
        yield from named_methods(part)


def _design(report: Report) -> str:
    study = report.study
    answers = report.figures.summary.answers
    n = answers.n_answering
    who = "simulated observers (not people)" if report.simulated else "observers"
    own = " of their own each" if study.draws_from_pool else ""
    sentences = [
        f"{n} {who if n != 1 else who.replace('observers', 'observer')} judged {stimuli_text(study)}{own} in "
        f"{_kind_of_study(study)}; the items of {_lists(report)} are listed with the report, with what the study "
        "recorded of each.",
        f"The question was “{study.text('question', ENGLISH)}”, the answers {answers_text(study)}.",
        masks_text(study),
        silent_text(report.figures.silent),
        _order(report),
        _display(study, simulated=report.simulated),
        _alternated(report),
        _distance(report.screens),
        _beside(study),
    ]
    opened = moment(study.opened_at) if study.opened_at else "an unknown date"
    sentences.append(
        f"The protocol was fixed and hashed when the study opened on {opened} (SHA-256 {study.protocol_sha256}); "
        + ("" if report.simulated else "observers were blind to what was perturbed, and ")
        + "results were "
        + ("looked at while the study was open." if study.unblinded_at else "hidden until it was closed.")
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _kind_of_study(study: Study) -> str:
    """Return what kind of study it is: Allyn's observers were asked about one image at a time, yes or no."""
    if study.trials.images == 1 and not study.trials.ratings and not study.compares_attacks:
        return "a reader study after the design of Allyn et al. [allyn]"
    return "a reader study of the question of Allyn et al. [allyn], in another design"


def _lists(report: Report) -> str:
    """Return the names of the reporting lists with their publications."""
    return listed([f"{fitting.title} [{fitting.key}]" for fitting in fitting_lists(report)])


def _order(report: Report) -> str:
    study = report.study
    if study.draws_from_pool:
        return _order_of_a_pool(report)
    sets = f" Each observer judged one of {study.n_subsets} sets of images." if study.n_subsets > 1 else ""
    lesions = "; ".join(_of_which(study))
    run = f", {longest_run_text(study)}" if study.longest_run else ""
    saw = _saw(report)
    return (
        f"Images were drawn at random from those that the attack had perturbed ({lesions}), and {saw} them in a random "
        f"order of their own{run}.{sets}"
    )


def _of_which(study: Study) -> list[str]:
    """Return which of the images were drawn from."""
    lesions = "each lesion at most once" if study.one_lesion_once else "lesions may repeat"
    visibility = visibility_text(study)
    return [lesions, visibility] if visibility else [lesions]


def _order_of_a_pool(report: Report) -> str:
    study, summary = report.study, report.figures.summary
    size = study.n_in_pool
    pool = "A pool of images" if size is None else f"A pool of {size:,} images"
    lesions = "; ".join(_of_which(study))
    run = f", {longest_run_text(study)}" if study.longest_run else ""
    dealt_out = len(study.strengths) > 1 and not study.adapts_strength
    shown = "clean, perturbed and at each strength" if dealt_out else "clean and perturbed"
    judged = (
        "pair of images that was shown" if study.trials.images == 2 else "image that was shown, clean or perturbed,"
    )
    by = f" Each {judged} was judged by {judges_text(summary)}." if summary.asked.n_asked else ""
    return (
        f"{pool} was drawn at random from those that the attack had perturbed ({lesions}), and from it the "
        f"{study.n_images} of each observer, so that every image was shown about equally often, {shown}; "
        f"{_saw(report)} them in a random order of their own{run}.{by}"
    )


def _saw(report: Report) -> str:
    return "each simulated observer had" if report.simulated else "every observer saw"


def _display(study: Study, *, simulated: bool) -> str:
    """Return how images were shown; of simulated observers how they would be, and that nobody saw one."""
    size = study.pair_set.image_size
    by_protocol, were = ("By the protocol images", "are") if simulated else ("Images", "were")
    nobody = "; nobody saw one: a model of an observer answered, from what was done to each" if simulated else ""
    return (
        f"{by_protocol} of {size} × {size} pixels {were} shown in a web browser, losslessly and without smoothing, at "
        f"{study.scale} screen pixel{'' if study.scale == 1 else 's'} per image pixel, each shown "
        f"{_alternating(study)}{study.display_time}{nobody}."
        + (f" {flashes_text(study).replace('2.3.1', '2.3.1 [wcag]')}" if study.flickers else "")
        + (f" {right_place_text(study)}" if study.trials.marks_place else "")
    )


def _alternated(report: Report) -> str:
    """Return how images alternated on people's screens; nothing where they stood still, or nobody saw any."""
    flicker = report.figures.flicker
    return "" if flicker is None or report.simulated else flicker_counts_text(flicker)


def _alternating(study: Study) -> str:
    """Return how images alternated, and after which standard; nothing where they stood still."""
    if not study.flickers:
        return ""
    return f"{flicker_text(study)} a forced choice with interleaved images after ISO/IEC 29170-2 [iso29170], "


def _distance(screens: ScreenFacts) -> str:
    """Return how viewing distances are known; nothing where none is."""
    ways = []
    if screens.n_by(BLIND_SPOT):
        ways.append("measured by the blind spot of the left eye on a screen measured with a card [li]")
    if screens.n_by(TOLD):
        ways.append("told by observers")
    return f"Viewing distances were {' or '.join(ways)}, before the series." if ways else ""


def _beside(study: Study) -> str:
    text = ""
    if study.n_practice:
        text += f"{study.n_practice} practice trials with feedback came first and are not analysed. "
    if study.n_catch and study.catch_pair_set:
        text += (
            f"{study.n_catch} catch trials at strength {study.catch_pair_set.strength:g} were mixed in and are "
            "reported apart. "
        )
    if study.control_name:
        text += f"{control_text(study)}. "
    if study.adapts_strength:
        text += f"{capitalized(adaptive_strength_text(study))} [watson]. "
    if study.n_repeated:
        text += (
            f"To know how far observers agree with themselves, {repeats_text(study)}; of these the first showing alone "
            "is in the main figures. "
        )
    return text.strip()


def _images(report: Report) -> str:
    study, facts = report.study, report.attack
    dataset = study.pair_set.dataset
    source = " [tschandl]" if dataset.source == dataset.Source.HAM10000 else ""
    drawn = " (lesions drawn by a program)" if dataset.is_synthetic else ""
    text = f"The images are from {dataset.name}{drawn}{source}. {_perturbed(report)}"
    for pairs in facts.others:
        attack = pairs.attack
        text += (
            f" Those of strength {pairs.strength:g} were perturbed by another attack, “{attack.name}”"
            f"{_cited(attack.kind)} against {_aim(attack)}."
        )
    if squares := squares_text(study):
        text += f" {capitalized(squares)}."
    measured = [one for one in report.attacks if one.pairs.stored is not None]
    if measured:
        from_outside = any(one.pairs.attack.is_elsewhere for one in measured)
        given = ", by predictions that were given with the pairs," if from_outside else ""
        text += (
            f" What the attack did to the classifier{given} is given as precision, recall and fooling ratio of each "
            "class and as accuracy with Wald intervals, compared by McNemar’s exact test [mcnemar]."
        )
    sized = any(one.pairs.sizes for one in report.attacks)
    if sized:
        text += " Sizes of the change are L∞, L2, PSNR and SSIM [wang]."
    return text + _visibility(report)


def _visibility(report: Report) -> str:
    """Return how it was measured how visible the changes are; nothing where it was not."""
    measured = [pairs.visibility for one in report.attacks for pairs in one.each if pairs.visibility]
    if not measured:
        return ""
    viewed = ", ".join(f"{ppd:g}" for ppd in sorted({one.pixels_per_degree for one in measured}))
    text = (
        " How visible the changes are was measured on the saved 8-bit images by the colour difference CIEDE2000 "
        f"[sharma] and by FLIP [andersson]{_colorvideovdp(measured)} at {viewed} pixels per degree of the visual angle"
    )
    if any(one.distributions.get("ssimulacra2", {}).get("median") is not None for one in measured):
        text += ", and by SSIMULACRA2 [sneyers]"
    return f"{text}."


def _colorvideovdp(measured: Sequence[Visibility]) -> str:
    """Return what its authors ask to be told of ColorVideoVDP; nothing where it was not measured by it."""
    by_it = [visibility.versions for visibility in measured if "colorvideovdp" in visibility.distributions]
    if not by_it:
        return ""
    versions = ", ".join(sorted({found["cvvdp"] for found in by_it}))
    displays = ", ".join(sorted({found["cvvdp display"] for found in by_it}))
    return f" and ColorVideoVDP {versions} [mantiuk] (display {displays})"


def _perturbed(report: Report) -> str:
    """Return what perturbed the images; of several attacks a sentence for each."""
    if len(report.attacks) == 1:
        return _perturbed_by(report.attack, "They", strengths_text(report.study))
    text = (
        f"{len(report.attacks)} attacks are compared; each perturbed image was shown with one of them alone, clean "
        "images stand for all, and the perturbed ones were shared out evenly among attacks and strengths."
    )
    for facts in report.attacks:
        strengths = levels_text([one.strength for one in facts.each])
        text += f" {facts.arm}: {_perturbed_by(facts, 'these images', strengths)}"
    return text


def _perturbed_by(facts: AttackFacts, images: str, strength: str) -> str:
    """Return what perturbed the images of one attack; of pairs made elsewhere, what was done with them here."""
    attack = facts.pairs.attack
    if not attack.is_elsewhere:
        named = list(dict.fromkeys(one.attack.name for one in facts.each)) if facts.arm else [facts.name]
        attacks = f"attack{'s' if len(named) > 1 else ''} {listed([f'“{name}”' for name in named])}"
        unbounded = all(one.strength == UNBOUNDED for one in facts.each)
        bound = "without a bound on the" if unbounded else "with a largest"
        change = f"{bound} change to a channel{'' if unbounded else f' of {strength}'}"
        return f"{images} were perturbed by the {attacks}{_cited(facts.kind)} against {_aim(attack)}, {change}."
    described = f" ({attack.reference})" if attack.reference else ""
    return (
        f"{images} had been perturbed by another program, {attack.made_by}{described}, against {_aim(attack)}; "
        f"strength {strength}. Both images of each pair were decoded and encoded anew by the same steps: "
        f"{'; '.join(facts.pairs.notes)}."
    )


def _cited(kind: str) -> str:
    return f" [{ATTACKS[kind]}]" if kind in ATTACKS else ""


def _aim(attack: Attack) -> str:
    """Return the classifier under attack, and what it was to say."""
    classifier = f"the classifier “{attack.against}”" if attack.against else "a classifier that was not named"
    towards = f"towards the class {attack.target_class}" if attack.target_class else "without a target class"
    return f"{classifier}, {towards}"


def _exclusions(report: Report) -> str:
    """Return what the protocol left out, in sentences."""
    exclusions = report.figures.exclusions
    if not exclusions.rules:
        return "The protocol has no rule of exclusion: all answers of finished sessions count."
    rules = " ".join(rule.text for rule in exclusions.rules)
    observers = len(exclusions.observers)
    left_out = f"{exclusions.answers} answers (and {observers} observer{'' if observers == 1 else 's'})"
    return f"By rules of the protocol that were fixed before the first answer: {rules} {left_out} are left out by them."


def _equivalence(report: Report) -> str:
    summary = report.figures.summary
    tested = next((of_arm.equivalence for of_arm in summary.arms_judged.values()), summary.equivalence)
    if tested is None:
        return ""
    if isinstance(tested, AccuracyVerdict):
        return _by_accuracy(tested)
    level = report.figures.summary.answers.level
    own = (
        "for either side z(H) − z(F) over √2 of the shares of “first”, so that a leaning to one side hides nothing"
        if tested.task == "two_afc"
        else "the mean of the observers’ own"
    )
    each = "attack and strength" if tested.of_arms > 1 else "strength"
    adjusted = (
        f" There is one verdict for each {each}; the p-values of each question (within the margin, above 0, above the "
        f"margin) are adjusted after Holm over {_family(tested)} [holm], so that a false finding of one kind is made "
        "at any strength in at most 5% of such studies; the intervals are not adjusted."
        if tested.family
        else ""
    )
    without_leaning = f"{50 + 100 * tested.margin:g}%"
    return (
        f"That the change is undetectable is tested as a claim of equivalence [schuirmann] of d′, "
        f"{own} [green]: it holds where two one-sided tests at 5% show that d′ lies within "
        f"±{tested.margin_d_prime:.2f}. That is the margin of {percentage_points(tested.margin)} that the protocol "
        f"fixed: the d′ at which the {tested.measure} of an observer without a leaning is {without_leaning}. "
        "“Noticed” is a d′ above 0 and “detected” one above the margin, each by a one-sided test at 5%. Beside these "
        f"tests stand 90% intervals; other intervals of d′ are of {100 * level:g}%.{adjusted}"
        f"{_left_out(tested, summary)}"
    )


def _family(tested: Verdict) -> str:
    return "all attacks and strengths" if tested.of_arms > 1 else "the strengths"


def _left_out(tested: Verdict, summary: StudySummary) -> str:
    """Say who is in no d′ of the verdict, of several attacks of that on each; nothing where everybody is."""
    of_arms = [of_arm.equivalence for of_arm in summary.arms_judged.values()] or [tested]
    strengths = [one for found in of_arms if isinstance(found, Verdict) for one in found.strengths]
    names = dict.fromkeys(name for one in strengths for name in one.these_observers.test.d_prime.left_out)
    if not names:
        return ""
    return (
        f" {listed([*names])} gave too few answers of one kind for a d′ of their own (at each strength or at one), and "
        f"{'is' if len(names) == 1 else 'are'} not in it there, nor in the {tested.measure} beside it."
    )


def _by_accuracy(tested: AccuracyVerdict) -> str:
    margin = tested.these_observers.margin
    return (
        f"That the change is undetectable is tested as a claim of equivalence [schuirmann]: it holds within the margin "
        f"of {percentage_points(margin)}, fixed in the protocol, where the 90% interval of the "
        f"{tested.measure} lies within 50% ± {100 * margin:g}% (two one-sided tests at 5%)."
    )


def _statistics(report: Report) -> str:
    summary = report.figures.summary
    of_answers = (summary, report.figures.without_exclusions, report.figures.within_observers, report.figures.adaptive)
    methods = [method for method in dict.fromkeys(named_methods(of_answers)) if not method.startswith(NOT_A_METHOD)]
    sentences = [sentence.text for sentence in SENTENCES if any(sentence.fits(method) for method in methods)]
    unknown = [method for method in methods if not any(sentence.fits(method) for sentence in SENTENCES)]
    signal = (
        "Right is the choice of the perturbed image, and 50% is guessing."
        if summary.task == "two_afc"
        else "Sensitivity is the share of perturbed images that were called so, specificity that of clean ones."
    )
    if summary.task == "same_different":
        signal = "A hit is a different pair called different, a false alarm a same pair called different."
    if summary.degradation is not None:
        signal += " A pair graded 5 was called same, any other different. " + _screening_of_grades(report)
    sentences = [signal, intervals_text(summary.answers), *sentences]
    if unknown:
        sentences.append(f"Further methods: {'; '.join(unknown)}.")
    return " ".join(sentences)


def _screening_of_grades(report: Report) -> str:
    """Return by which rule observers were screened by their grades, and what became of those whom it rejects."""
    so = "left out" if report.study.leaves_out_rejected else "listed, and left in"
    return f"Observers were screened by the rule of Recommendation ITU-R BT.500 [bt500]; those it rejects are {so}."


def _counted(report: Report) -> str:
    """Return which answers count, and for what claim."""
    missing = f"Missing answers ({report.figures.n_unanswered}) count neither as right nor as wrong."
    if report.study.n_subsets > 1:
        missing += " Images of the sets that an observer was not shown were not asked, and are not missing."
    if report.study.draws_from_pool:
        missing += " Images of the pool that an observer was not shown were not asked, and are not missing."
    return " ".join(sentence for sentence in (_equivalence(report), missing, _exclusions(report)) if sentence)


def _program(report: Report) -> str:
    study = report.study
    return f"Images and orders were drawn with the seed {study.seed}. Figures were computed with {program_text()}."
