"""A study: what is asked of whom about which images."""

import math
import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_lazy

from ml.images.flashes import MOST_SAFE_FLASHES
from ml.images.visibility.measures import MEASURES
from ml.models.pair_set import PairSet
from perception.analysis.detection.verdict_rule import D_PRIME, VerdictRule
from perception.core.seeds import LARGEST_STUDY_SEED
from studies.errors import StudyError
from studies.languages import ENGLISH, FRENCH, LANGUAGES
from studies.models.data_protection import LONGEST_KEPT_DAYS, PURPOSE, LaterWithdrawal, LegalBasis
from studies.models.pair_sets.attack_arms import AttackArm, arms_as_fixed, arms_of_protocol, attack_arms
from studies.models.pair_sets.rules import why_no_catch_trials
from studies.models.screening.check import Check, CheckRule
from studies.models.screening.settings import ScreeningSettings
from studies.models.study_state import OVER, RUNNING, StudyState
from studies.models.texts.authors import parse_authors
from studies.models.texts.consent import CONSENT
from studies.models.texts.groups import parse_groups, require_group_question
from studies.models.verdict_rule import verdict_rule_of
from studies.questionnaire import parse_questionnaire, question_asking, require_same_shape
from studies.trial_types import (
    OWN_PACE,
    SET_PACE,
    STANDARD_WORDS,
    TRIAL_TYPES,
    Text,
    TrialType,
    Words,
    trial_type_choices,
)
from studies.trial_types.flicker import leaves_out_stopped

MOST_MS = 600_000
MOST_MINUTES = 600
EXAMPLE_SECONDS = 4.5
SLOWEST_FLICKER_HZ, USUAL_FLICKER_HZ, FASTEST_FLICKER_HZ = 0.5, 5.0, 15.0
"""At 60 frames a second, 15 cycles are two frames of each image."""
MOST_IN_A_POOL = 20_000
LONGEST_ABANDONED_MINUTES = 60 * 24 * 30
"""Thirty days."""


class StudyQuerySet(models.QuerySet["Study"]):
    """Questions that are asked of all studies."""

    def visible_to(self, user: User | AnonymousUser) -> "StudyQuerySet":
        """Return the studies that a researcher sees: their own, and those in which they have a role.

        An administrator sees all. What they may do with them is another question (`studies.permissions`).
        """
        if isinstance(user, AnonymousUser):
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(models.Q(owner=user) | models.Q(pk__in=user.study_roles.values("study")))


class StudyManager(models.Manager["Study"]):
    """The studies, without the pilots of any: those are reached from their study, or by an observer's link."""

    def get_queryset(self) -> StudyQuerySet:
        """Leave pilots out."""
        return StudyQuerySet(self.model, using=self._db).filter(pilot_of=None)

    def visible_to(self, user: User | AnonymousUser) -> StudyQuerySet:
        """Return the studies that a researcher may see."""
        return self.get_queryset().visible_to(user)


class Study(ScreeningSettings):
    """One perception study, from draft to archived; `studies.design.options` lists what a researcher sets of it.

    What an observer meets is fixed when the study opens: the protocol is then written down as JSON and hashed,
    and no field that the protocol holds changes any more (`studies.design.lifecycle` refuses it).

    A pilot of a study is a study of its own, marked for good by `pilot_of`: it has the design of then, and its own
    observers, stimuli, sessions and answers. So nothing that asks for those of a study can meet those of its pilots.
    """

    State = StudyState

    class DisplayRule(models.TextChoices):
        """What happens where the images cannot be shown whole, at the set scale."""

        FLAG = "flag", gettext_lazy("show it, and mark the answers")
        REFUSE = "refuse", gettext_lazy("ask for a larger window first")

    class Prevalence(models.TextChoices):
        """How many images are perturbed."""

        FIXED = "fixed", gettext_lazy("exactly as many as set")
        RANDOM = "random", gettext_lazy("each image by chance, with the share as set")

    class Allocation(models.TextChoices):
        """Who judges which images."""

        SHARED = "shared", gettext_lazy("the same for all, or one of several sets")
        POOL = "pool", gettext_lazy("each observer’s own, from a pool")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="studies")
    title = models.CharField(
        max_length=200, help_text=gettext_lazy("Observers see it. It should not give away the hypothesis.")
    )
    title_fr = models.CharField(gettext_lazy("title in French"), max_length=200, blank=True)
    trial_type = models.CharField(max_length=30, choices=trial_type_choices, default="yes_no")
    question = models.CharField(
        max_length=300,
        blank=True,
        help_text=gettext_lazy("Asked below every image. Empty: the trial type’s own question."),
    )
    question_fr = models.CharField(gettext_lazy("question in French"), max_length=300, blank=True)
    instructions = models.TextField(
        blank=True, help_text=gettext_lazy("Shown before the first image. Empty: the trial type’s own instructions.")
    )
    instructions_fr = models.TextField(gettext_lazy("instructions in French"), blank=True)
    images_word = models.CharField(
        gettext_lazy("the images, in the plural"),
        max_length=60,
        blank=True,
        help_text=gettext_lazy("As in “You will see a series of …”. Empty: dermatoscopic images."),
    )
    images_word_fr = models.CharField(
        gettext_lazy("the images, in the plural, in French"),
        max_length=60,
        blank=True,
        help_text=gettext_lazy("As in “On vous montrera des …”."),
    )
    perturbed_word = models.CharField(
        gettext_lazy("the answer for perturbed images"),
        max_length=30,
        blank=True,
        help_text=gettext_lazy("What is said of one image; it stands on the button. Empty: perturbed."),
    )
    perturbed_word_fr = models.CharField(
        gettext_lazy("the answer for perturbed images, in French"),
        max_length=30,
        blank=True,
        help_text=gettext_lazy("In the form that goes with “image”, such as “perturbée”."),
    )
    clean_word = models.CharField(
        gettext_lazy("the answer for clean images"),
        max_length=30,
        blank=True,
        help_text=gettext_lazy("Likewise. Empty: clean."),
    )
    clean_word_fr = models.CharField(
        gettext_lazy("the answer for clean images, in French"),
        max_length=30,
        blank=True,
        help_text=gettext_lazy("Likewise, such as “intacte”."),
    )
    consent_text = models.TextField(
        blank=True,
        help_text=gettext_lazy(
            "What the observer agrees to. Its hash is kept with every consent. Empty: the standard text."
        ),
    )
    consent_text_fr = models.TextField(
        gettext_lazy("consent text in French"),
        blank=True,
        help_text=gettext_lazy(
            "The standard text counts beside the standard text in English alone: it could say something else."
        ),
    )
    session_minutes = models.PositiveSmallIntegerField(
        gettext_lazy("minutes that it takes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)],
        help_text=gettext_lazy(
            "Observers read it on their first page. Empty: the program’s estimate, as it is when the study opens."
        ),
    )
    questionnaire = models.TextField(
        blank=True,
        help_text=(
            gettext_lazy(
                "One question a line, asked after the consent; an * at its end where an answer is required.\n"
                "“Years of practice: number 0-60”\n"
                "“Specialty: dermatology | general practice | other”: one of them\n"
                "“Languages: [ ] English [ ] French”: several may be chosen\n"
                "“How tired are you?: scale 1-7 (not at all – very)”\n"
                "“Remarks: text 300”: so many characters. They may name people, although the page asks observers not "
                "to; the report never repeats them.\n"
                "“only if Specialty = dermatology or other”, on the line below a question: asked of those alone"
            )
        ),
    )
    questionnaire_fr = models.TextField(
        gettext_lazy("questionnaire in French"),
        blank=True,
        help_text=gettext_lazy(
            "The same questions, choices and conditions, line by line, in French: “nombre 0-60”, “échelle 1-7 (pas du "
            "tout – très)”, “texte 300”, “seulement si Spécialité = dermatologie ou autre”."
        ),
    )
    pair_set = models.ForeignKey(
        PairSet,
        on_delete=models.PROTECT,
        related_name="studies",
        verbose_name=gettext_lazy("image pairs"),
        help_text=gettext_lazy(
            "Where the images come from. Each image is shown either clean or perturbed, never both."
        ),
    )
    further_pair_sets = models.ManyToManyField(
        PairSet,
        related_name="+",
        blank=True,
        verbose_name=gettext_lazy("further image pairs of the same images"),
        help_text=(
            gettext_lazy(
                "At further strengths, or by other attacks. The perturbed images are shared out evenly among all "
                "sets. Of several strengths the report tells from which on people notice."
            )
        ),
    )
    compares_attacks = models.BooleanField(
        gettext_lazy("compare several attacks"),
        default=False,
        help_text=(
            gettext_lazy(
                "The further image pairs are of other attacks than the first: clean images stand for all of "
                "them, and each attack has figures, verdicts and a curve of its own, with the differences "
                "between attacks."
            )
        ),
    )
    control_pair_set = models.ForeignKey(
        PairSet,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=gettext_lazy("image pairs of the positive control"),
        help_text=gettext_lazy(
            "One of the further ones, by an attack of its own whose change is surely seen: it has figures of its own, "
            "and is in no figure of all attacks, no difference between attacks, and no adjusted p-value of theirs. "
            "Where people do not notice it, the study cannot show that another attack is hidden, and the report says "
            "so."
        ),
    )
    adapts_strength = models.BooleanField(
        gettext_lazy("choose each strength from the answers"),
        default=False,
        help_text=gettext_lazy(
            "QUEST+: each observer is shown the strength whose answer tells most of their own threshold, chosen by the "
            "server from their answers so far. It takes three strengths or more of one attack, and images of their own "
            "for each observer."
        ),
    )
    n_perturbed = models.PositiveIntegerField(
        gettext_lazy("perturbed images"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=gettext_lazy("How many of the images shown are perturbed."),
    )
    n_clean = models.PositiveIntegerField(
        gettext_lazy("clean images"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text=gettext_lazy("How many of the images shown are clean."),
    )
    one_lesion_once = models.BooleanField(
        gettext_lazy("show a lesion only once"),
        default=True,
        help_text=gettext_lazy(
            "Draw at most one image of each lesion: an observer who meets a lesion twice can compare."
        ),
    )
    visibility_measure = models.CharField(
        gettext_lazy("choose images by a measure of visibility"),
        max_length=20,
        blank=True,
        default="",
        choices=[(measure.key, gettext_lazy(measure.name)) for measure in MEASURES],
        help_text=gettext_lazy(
            "Show only images whose change lies within a range of this measure, in all image pairs of the series. The "
            "page of the image pairs measures them. Empty: all images."
        ),
    )
    visibility_low = models.FloatField(
        gettext_lazy("from"), null=True, blank=True, help_text=gettext_lazy("Least value. Empty: no limit.")
    )
    visibility_high = models.FloatField(
        gettext_lazy("to"), null=True, blank=True, help_text=gettext_lazy("Largest value. Empty: no limit.")
    )
    visibility_tolerance = models.FloatField(
        gettext_lazy("matched within"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=gettext_lazy(
            "Largest difference of the measure between the attacks, or strengths, of one image: so they are compared "
            "where they are about equally visible. Empty: not matched."
        ),
    )
    n_subsets = models.PositiveSmallIntegerField(
        gettext_lazy("sets of images"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=(
            gettext_lazy(
                "1: every observer judges the same images, which agreement between observers needs. More: so "
                "many sets without an image in common, and each observer gets the one that was used least."
            )
        ),
    )
    allocation = models.CharField(
        gettext_lazy("who judges which images"),
        max_length=10,
        choices=Allocation.choices,
        default=Allocation.SHARED,
        help_text=gettext_lazy(
            "Images of their own are for crowds: many more images are judged, each by few. Every image is shown "
            "equally often, clean and at each strength. How much observers agree is then known of the images alone "
            "that several of them met."
        ),
    )
    pool_size = models.PositiveIntegerField(
        gettext_lazy("images in the pool"),
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(MOST_IN_A_POOL)],
        help_text=gettext_lazy(
            "Where each observer judges images of their own: how many there are to draw them from. Empty: all that "
            "practice and catch trials leave."
        ),
    )
    prevalence = models.CharField(
        gettext_lazy("number of perturbed images"),
        max_length=10,
        choices=Prevalence.choices,
        default=Prevalence.FIXED,
        help_text=gettext_lazy("By chance, an observer cannot count down to how many are still to come."),
    )
    longest_run = models.PositiveSmallIntegerField(
        gettext_lazy("longest run"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=gettext_lazy("At most so many trials with the same right answer in a row; 0: no limit."),
    )
    asks_diagnosis = models.BooleanField(
        gettext_lazy("ask for the diagnosis too"),
        default=False,
        help_text=gettext_lazy("A second question after the first: which of the dataset’s diagnoses the lesion is."),
    )
    n_practice = models.PositiveSmallIntegerField(
        gettext_lazy("practice trials"),
        default=0,
        validators=[MaxValueValidator(50)],
        help_text=(
            gettext_lazy(
                "Before the series, with feedback, on lesions that are not in it; they need image pairs to "
                "spare, one more than trials for the example in the instructions. 0: none. They are not analysed."
            )
        ),
    )
    n_catch = models.PositiveSmallIntegerField(
        gettext_lazy("catch trials"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=(
            gettext_lazy(
                "Plainly perturbed images among the others, on lesions that are not in the series: whoever "
                "misses them is not looking. 0: none. They are reported apart, and are not part of the main "
                "figures."
            )
        ),
    )
    catch_pair_set = models.ForeignKey(
        PairSet,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=gettext_lazy("image pairs of the catch trials"),
        help_text=gettext_lazy("Of a greater strength, and of the same size."),
    )
    n_repeated = models.PositiveSmallIntegerField(
        gettext_lazy("trials shown twice"),
        default=0,
        validators=[MaxValueValidator(1000)],
        help_text=gettext_lazy(
            "So many trials of the series, drawn for each observer, come back later in the session, without a word of "
            "it: how far an observer agrees with themselves. The first showing alone is in the main figures. 0: none."
        ),
    )
    scale = models.PositiveSmallIntegerField(
        gettext_lazy("screen pixels per image pixel"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text=gettext_lazy(
            "1 shows images pixel for pixel; 2 and more repeat each pixel exactly, without smoothing."
        ),
    )
    display_rule = models.CharField(
        gettext_lazy("if an image does not fit the window"),
        max_length=10,
        choices=DisplayRule.choices,
        default=DisplayRule.FLAG,
    )
    display_ms = models.PositiveIntegerField(
        gettext_lazy("display time, ms"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10), MaxValueValidator(MOST_MS)],
        help_text=gettext_lazy("How long an image is shown; a mask follows. Empty: until it is answered."),
    )
    flicker_hz = models.FloatField(
        gettext_lazy("flicker rate, cycles per second"),
        default=USUAL_FLICKER_HZ,
        validators=[MinValueValidator(SLOWEST_FLICKER_HZ), MaxValueValidator(FASTEST_FLICKER_HZ)],
        help_text=gettext_lazy(
            "Of the trial type “Flicker”: how often in a second the clean image gives way to its twin and comes back. "
            "Browsers show whole frames of the screen, and never more cycles than set here. Above 3, image pairs whose "
            "flicker would exceed WCAG’s thresholds of general and red flashes are not used."
        ),
    )
    fixation_ms = models.PositiveIntegerField(
        gettext_lazy("fixation cross, ms"),
        default=0,
        validators=[MaxValueValidator(10_000)],
        help_text=gettext_lazy("How long a cross is shown before each image; 0: none."),
    )
    pause_ms = models.PositiveIntegerField(
        gettext_lazy("pause between trials, ms"),
        default=0,
        validators=[MaxValueValidator(10_000)],
        help_text=gettext_lazy("How long nothing is shown after an answer; 0: no pause."),
    )
    break_every = models.PositiveSmallIntegerField(
        gettext_lazy("a break after every … trials"),
        default=0,
        help_text=gettext_lazy("0: no breaks. The observer ends a break."),
    )
    asks_calibration = models.BooleanField(
        gettext_lazy("measure the screen with a bank card"),
        default=False,
        help_text=gettext_lazy(
            "Observers may hold a card to the screen, so that the size of the images in millimetres is known."
        ),
    )
    asks_comments = models.BooleanField(
        gettext_lazy("ask for comments at the end"),
        default=False,
        help_text=gettext_lazy("One text field, which may be left empty."),
    )
    shows_score = models.BooleanField(
        gettext_lazy("tell observers their score at the end"),
        default=False,
        help_text=gettext_lazy(
            "How many answers were right, of all images that they judged: catch trials count with them, or the "
            "number would tell how many there were. Observers may tell it to others while the study is open."
        ),
    )
    debriefing = models.TextField(
        blank=True,
        help_text=gettext_lazy(
            "What the study was about, read once the last answer is stored and nowhere before: here the hypothesis may "
            "be told. Observers may pass it on while the study is open; ask them in it to wait. Empty: none."
        ),
    )
    debriefing_fr = models.TextField(gettext_lazy("debriefing in French"), blank=True)
    debriefs_withdrawn = models.BooleanField(
        gettext_lazy("debrief those who withdraw, too"),
        default=False,
        help_text=gettext_lazy(
            "Research ethics may ask for it. Whoever consents and withdraws at once then reads it without having "
            "judged an image."
        ),
    )
    data_controller = models.CharField(
        gettext_lazy("who is responsible for the data"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy(
            "The institution, with its address: the controller, in the words of the law. Observers see it."
        ),
    )
    data_contact = models.CharField(
        gettext_lazy("whom observers can ask"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy(
            "A name, an e-mail address or a telephone number; the data protection officer, where there is one. "
            "Observers read it on their first page."
        ),
    )
    data_purpose = models.TextField(
        gettext_lazy("purpose"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy(
            "What the data are kept for. It should not give away the hypothesis. Empty: the standard text."
        ),
    )
    data_purpose_fr = models.TextField(gettext_lazy("purpose in French"), max_length=1000, blank=True)
    legal_basis = models.CharField(
        gettext_lazy("legal basis"),
        max_length=20,
        choices=LegalBasis.choices,
        default=LegalBasis.CONSENT,
        help_text=gettext_lazy(
            "Your data protection officer knows which it is. What observers may ask for follows from it."
        ),
    )
    kept_days = models.PositiveIntegerField(
        gettext_lazy("kept for … days after the study is closed"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_KEPT_DAYS)],
        help_text=gettext_lazy(
            "Then labels, links, questionnaires, comments and screens are deleted by themselves. Empty: until you "
            "delete them."
        ),
    )
    keeps_detached_answers = models.BooleanField(
        gettext_lazy("keep the answers after that"),
        default=True,
        help_text=gettext_lazy(
            "Without label, link, questionnaire, comments, screen and times of day, so that the report can still be "
            "computed. Otherwise they are deleted too, and the report has no figures left."
        ),
    )
    later_withdrawal = models.CharField(
        gettext_lazy("may observers withdraw after their last answer?"),
        max_length=10,
        choices=LaterWithdrawal.choices,
        default=LaterWithdrawal.NOT,
        help_text=gettext_lazy(
            "By their link, for as long as their data are kept. The report says how many did. Say the same in the "
            "consent text: the standard one speaks of the time before the last answer alone."
        ),
    )
    outside_ids_kept_days = models.PositiveIntegerField(
        gettext_lazy("keep recruiters’ ids for … days after the study is closed"),
        default=30,
        validators=[MaxValueValidator(LONGEST_KEPT_DAYS)],
        help_text=gettext_lazy(
            "Ids by which Prolific, SONA and others know a person, of whoever came by an open link. They are kept "
            "apart from answers, and are needed to pay people and to recognise them in a later study."
        ),
    )
    groups = models.TextField(
        gettext_lazy("groups of observers"),
        blank=True,
        help_text=gettext_lazy(
            "One a line, such as “dermatologists” and “general practitioners”: the report compares them. Who belongs "
            "to which is said with the invitation, or by the link that they come by. Observers do not see it."
        ),
    )
    group_question = models.CharField(
        gettext_lazy("question that tells the group"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy(
            "A question of the questionnaire, as it stands there, that everybody must answer with one choice, such as "
            "“Specialty”: its choices are then the groups, and the field above stays empty. Open links have places for "
            "each group, and the images are given with the answer. Observers see the question and no number of places."
        ),
    )
    abandoned_after_minutes = models.PositiveIntegerField(
        gettext_lazy("give a place to somebody else after … minutes without a sign"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_ABANDONED_MINUTES)],
        help_text=gettext_lazy(
            "Of observers who came by an open link: their session then ends, and whoever comes next gets their place, "
            "with the same images in the same order. The pages tell them. At least 5. Empty: a place is kept for good."
        ),
    )
    margin = models.FloatField(
        gettext_lazy("margin of “undetectable”"),
        default=0.05,
        validators=[MinValueValidator(0.01), MaxValueValidator(0.49)],
        help_text=(
            gettext_lazy(
                "The change counts as undetectable at a strength if the 90% interval of d′ lies within that of "
                "an observer without a leaning whose balanced accuracy is ½ ± this margin (0.05: d′ within "
                "±0.25). It is fixed when the study opens, so that nobody can choose it by the results."
            )
        ),
    )
    catch_at_least = models.PositiveSmallIntegerField(
        gettext_lazy("least share of catch trials seen, %"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=gettext_lazy("Observers who see fewer of them are left out of the main figures. 0: nobody is."),
    )
    rt_at_least_ms = models.PositiveIntegerField(
        gettext_lazy("shortest response time, ms"),
        default=0,
        validators=[MaxValueValidator(60_000)],
        help_text=gettext_lazy("Faster answers are left out of the main figures. 0: none is."),
    )
    leaves_out_partly_shown = models.BooleanField(
        gettext_lazy("leave out answers to images that were not wholly in view"), default=False
    )
    leaves_out_rejected = models.BooleanField(
        gettext_lazy("leave out observers whom the rule of ITU-R BT.500 rejects"),
        default=False,
        help_text=gettext_lazy(
            "Of a degradation category rating: those whose grades often lie far from the others’, to both sides. The "
            "report lists them in any case, with the figures without them."
        ),
    )
    closes_when_finished = models.BooleanField(
        gettext_lazy("close when every invited observer is done"),
        default=True,
        help_text=gettext_lazy("The results can be seen once the study is closed."),
    )
    may_be_reopened = models.BooleanField(
        gettext_lazy("may be reopened after it was closed"),
        default=False,
        help_text=(
            gettext_lazy(
                "Fixed when the study opens, since nobody may decide by the results to ask further observers. "
                "The report says when a study was reopened, and whether its results had been seen."
            )
        ),
    )
    seed = models.PositiveBigIntegerField(
        help_text=gettext_lazy(
            "Which images are drawn, and each observer's order, follow from it. Leave empty to draw one."
        ),
        blank=True,
        validators=[MaxValueValidator(LARGEST_STUDY_SEED)],
    )
    authors = models.TextField(
        gettext_lazy("authors"),
        blank=True,
        help_text=gettext_lazy(
            "One a line, in their order; after a comma the ORCID iD, where there is one, such as “Ada Lovelace, "
            "0000-0002-1825-0097”."
        ),
    )
    institution = models.CharField(
        gettext_lazy("institution"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy(
            "Where the study is done, such as a hospital, its department and its town. Observers read it on their "
            "first page."
        ),
    )
    ethics_committee = models.CharField(
        gettext_lazy("ethics committee"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("Which approved the study. Observers read it on their first page."),
    )
    ethics_number = models.CharField(
        gettext_lazy("number of the approval"),
        max_length=100,
        blank=True,
        help_text=gettext_lazy("As the committee gave it. Observers read it beside the committee’s name."),
    )
    ethics_exemption = models.CharField(
        gettext_lazy("why no approval was needed"),
        max_length=500,
        blank=True,
        help_text=gettext_lazy("Instead of an approval: by which rule, and who said so."),
    )
    registry = models.CharField(
        gettext_lazy("registry"),
        max_length=100,
        blank=True,
        help_text=gettext_lazy("Where the study is registered, such as OSF or ClinicalTrials.gov."),
    )
    registration = models.CharField(
        gettext_lazy("registration"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("The number or address under which it stands there."),
    )
    funding = models.CharField(
        gettext_lazy("funding"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy("Who paid for it and what they had a say in; “none” where nobody did."),
    )
    conflicts = models.CharField(
        gettext_lazy("competing interests"),
        max_length=1000,
        blank=True,
        help_text=gettext_lazy("Of the authors; “none” where they have none."),
    )
    pilot_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="pilots",
        help_text="the study that this is a pilot of; its sessions are never counted",
    )
    estimated_minutes = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="how long a session was estimated to take when the study opened"
    )
    plan = models.JSONField(null=True, editable=False, help_text="from which assumptions the numbers of images follow")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    protocol = models.JSONField(null=True, editable=False, help_text="what was fixed when the study opened")
    protocol_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    unblinded_at = models.DateTimeField(null=True, editable=False, help_text="results were seen while it was open")
    results_seen_at = models.DateTimeField(
        null=True, editable=False, help_text="results were seen for the first time once it was closed"
    )

    objects = StudyManager()
    with_pilots = StudyQuerySet.as_manager()

    class Meta:
        """Newest first. Whatever follows a relation meets pilots too; whoever asks `objects` does not."""

        ordering = ["-pk"]
        default_manager_name = "with_pilots"
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=models.Q(n_perturbed__gte=1), name="study_shows_a_perturbed_image"),
            models.CheckConstraint(condition=models.Q(n_clean__gte=1), name="study_shows_a_clean_image"),
            models.CheckConstraint(condition=models.Q(scale__gte=1, scale__lte=8), name="study_scale_1_to_8"),
            models.CheckConstraint(
                condition=models.Q(flicker_hz__gte=SLOWEST_FLICKER_HZ, flicker_hz__lte=FASTEST_FLICKER_HZ),
                name="study_flicker_rate_in_bounds",
            ),
            models.CheckConstraint(condition=models.Q(margin__gt=0, margin__lt=0.5), name="study_margin_0_to_half"),
            models.CheckConstraint(condition=models.Q(catch_at_least__lte=100), name="study_catch_share_to_100"),
            models.CheckConstraint(condition=models.Q(n_subsets__gte=1), name="study_has_a_set_of_images"),
            models.CheckConstraint(
                condition=models.Q(allocation__in=["shared", "pool"]), name="study_allocation_shared_or_pool"
            ),
            models.CheckConstraint(
                condition=models.Q(prevalence__in=["fixed", "random"]), name="study_prevalence_fixed_or_random"
            ),
            models.CheckConstraint(
                condition=models.Q(n_catch=0) | models.Q(catch_pair_set__isnull=False),
                name="study_catch_trials_have_pairs",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "pilot"])
                | models.Q(opened_at__isnull=False, protocol__isnull=False),
                name="study_has_a_protocol_once_opened",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["closed", "archived"]) | models.Q(closed_at__isnull=False),
                name="study_closed_has_a_date",
            ),
            models.CheckConstraint(condition=models.Q(state__in=StudyState.values), name="study_state_known"),
            models.CheckConstraint(
                condition=models.Q(legal_basis__in=LegalBasis.values), name="study_legal_basis_known"
            ),
            models.CheckConstraint(
                condition=models.Q(later_withdrawal__in=LaterWithdrawal.values), name="study_later_withdrawal_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kept_days__isnull=True)
                | models.Q(kept_days__gte=1, kept_days__lte=LONGEST_KEPT_DAYS),
                name="study_kept_days_1_to_100_years",
            ),
            models.CheckConstraint(
                condition=models.Q(pilot_of__isnull=True) | models.Q(state__in=["draft", "open", "closed"]),
                name="study_pilot_has_no_pilot",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    def clean(self) -> None:
        """Check what needs several fields.

        Raises
        ------
        ValidationError
            By field, with what to change.
        """
        wrong: dict[str, str] = {}
        try:
            questions = parse_questionnaire(self.questionnaire)
        except StudyError as error:
            wrong["questionnaire"] = str(error)
        else:
            if self.questionnaire_fr.strip():
                try:
                    require_same_shape(questions, parse_questionnaire(self.questionnaire_fr))
                except StudyError as error:
                    wrong["questionnaire_fr"] = str(error)
        wrong |= self._wrong_groups()
        try:
            parse_authors(self.authors)
        except StudyError as error:
            wrong["authors"] = str(error)
        wrong |= self._wrong_words()
        if self.ethics_number and not self.ethics_committee:
            wrong["ethics_committee"] = gettext("Name the committee that gave the number.")
        wrong |= self._wrong_visibility()
        wrong |= self._wrong_for_the_images() | self._wrong_for_the_pool() | self.wrong_screening()
        # What is no trial type is refused as such.
        if self.trial_type in TRIAL_TYPES:
            wrong |= self._wrong_for_the_answers() | self._wrong_for_adaptive_strength() | self._wrong_flicker()
        if self.control_pair_set_id and not self.compares_attacks:
            wrong["control_pair_set"] = gettext(
                "A positive control is one of several attacks: compare several attacks, or leave this empty."
            )
        if wrong:
            raise ValidationError(wrong)

    def _wrong_for_the_answers(self) -> dict[str, str]:
        """Return what does not go together of what is shown twice, and of which answers are left out, by field."""
        wrong = {}
        if self.n_repeated > self.n_images:
            wrong["n_repeated"] = gettext(
                "An observer’s series has %(n)s trials: no more than these can be shown a second time."
            ) % {"n": self.n_images}
        if self.catch_at_least and not self.n_catch:
            wrong["catch_at_least"] = gettext("There are no catch trials: set how many, or 0 here.")
        if self.leaves_out_rejected and not self.trials.grades:
            wrong["leaves_out_rejected"] = gettext(
                "The rule is one for grades: leave it off, or choose the degradation category rating as trial type."
            )
        return wrong

    def _wrong_flicker(self) -> dict[str, str]:
        """Return why a rate of the flicker was set in vain, by field."""
        if self.flickers or self.flicker_hz == USUAL_FLICKER_HZ:
            return {}
        told = {"type": gettext(self.trials.title), "hz": USUAL_FLICKER_HZ, "flicker": gettext("Flicker")}
        return {
            "flicker_hz": gettext(
                "Trials of the type “%(type)s” do not flicker: leave the rate at %(hz)g, or choose “%(flicker)s”."
            )
            % told
        }

    def _wrong_for_adaptive_strength(self) -> dict[str, str]:
        """Return why strengths cannot be chosen from answers in a study like this, by field.

        How many strengths there are, `studies.models.pair_sets.rules` asks.
        """
        if not self.adapts_strength:
            return {}
        reasons = []
        if not self.trials.responses:
            reasons.append(
                gettext(
                    "Strengths are chosen from answers that are right or wrong, and trials of the type “%(type)s” have "
                    "ratings or grades instead: leave this off, or choose another trial type."
                )
                % {"type": gettext(self.trials.title)}
            )
        if not self.draws_from_pool:
            reasons.append(
                gettext(
                    "Every image must be there at every strength: let each observer have images of their own, from a "
                    "pool; or leave this off."
                )
            )
        if self.compares_attacks:
            reasons.append(gettext("A threshold is of one attack: leave this off, or compare no attacks."))
        if self.n_repeated:
            reasons.append(
                gettext(
                    "What is shown twice has one strength, which then is not chosen: leave this off, or show nothing "
                    "twice."
                )
            )
        return {"adapts_strength": " ".join(reasons)} if reasons else {}

    def wrong_screening(self) -> dict[str, str]:
        """Return what does not go together of the checks, by field."""
        wrong = super().wrong_screening()
        if not self.asks_calibration:
            if self.rule_of(Check.VIEWING_DISTANCE) != CheckRule.OFF:
                wrong["asks_calibration"] = gettext(
                    "The check of the viewing distance needs it: how far the dot runs is known in millimetres by it."
                )
            if self.rule_of(Check.ACUITY) != CheckRule.OFF:
                wrong["asks_calibration"] = gettext(
                    "The check of near acuity needs it: rings have a size in millimetres."
                )
        return wrong

    def _wrong_visibility(self) -> dict[str, str]:
        """Return what is wrong with how images are chosen by their visibility, by field."""
        limits = {
            name: value
            for name in ("visibility_low", "visibility_high", "visibility_tolerance")
            if (value := getattr(self, name)) is not None
        }
        if not self.visibility_measure:
            return dict.fromkeys(limits, gettext("Choose the measure, or leave this empty."))
        if wrong := [name for name, value in limits.items() if not math.isfinite(value)]:
            return dict.fromkeys(wrong, gettext("A number is expected here."))
        low, high = self.visibility_low, self.visibility_high
        if low is not None and high is not None and low > high:
            return {"visibility_high": gettext("It is less than where the range begins.")}
        return {}

    def _wrong_groups(self) -> dict[str, str]:
        """Return what is wrong with the groups, by field."""
        try:
            parse_groups(self.groups)
        except StudyError as error:
            return {"groups": str(error)}
        if not self.group_question.strip():
            return {}
        if self.groups.strip():
            return {"groups": gettext("The choices of the question are the groups: leave this empty, or the question.")}
        try:
            require_group_question(self.questionnaire, self.group_question)
        except StudyError as error:
            return {"group_question": str(error)}
        return {}

    def _wrong_words(self) -> dict[str, str]:
        """Return what is wrong with the words for the images and the answers, by field.

        A word in one language alone would stand in the midst of standard texts in the other.
        """
        wrong: dict[str, str] = {}
        for name in STANDARD_WORDS:
            lacking = [field for field in (name, f"{name}_fr") if not getattr(self, field).strip()]
            if len(lacking) == 1:
                wrong[lacking[0]] = gettext("Give the word in English and in French, or in neither.")
        for language, _ in LANGUAGES:
            words = self.words(language)
            if words.perturbed.casefold() == words.clean.casefold():
                wrong["clean_word_fr" if language == FRENCH else "clean_word"] = gettext("The two answers read alike.")
        return wrong

    def _wrong_for_the_images(self) -> dict[str, str]:
        """Return what the chosen image pairs cannot serve, by field."""
        if not (self.n_catch or self.asks_diagnosis):
            return {}
        wrong: dict[str, str] = {}
        pair_set = PairSet.objects.filter(pk=self.pair_set_id).select_related("dataset").first()
        if self.n_catch and (reason := why_no_catch_trials(self.catch_pair_set, pair_set)):
            wrong["catch_pair_set"] = reason
        if self.asks_diagnosis and pair_set is not None and len(pair_set.dataset.classes) < 2:
            wrong["asks_diagnosis"] = gettext("The images of %(dataset)s have no two diagnoses to choose from.") % {
                "dataset": pair_set.dataset
            }
        return wrong

    def _wrong_for_the_pool(self) -> dict[str, str]:
        """Return what does not go together of images of one's own, by field."""
        wrong: dict[str, str] = {}
        if not self.draws_from_pool:
            if self.pool_size is not None:
                wrong["pool_size"] = gettext("All judge the same images: leave this empty, or let each have their own.")
            return wrong
        if self.n_subsets > 1:
            wrong["n_subsets"] = gettext("Each observer judges images of their own, which are no sets: set 1 here.")
        if self.pool_size is not None and self.pool_size < self.n_images:
            wrong["pool_size"] = gettext(
                "Each observer judges %(n)s images: the pool cannot hold fewer, and should hold many more."
            ) % {"n": self.n_images}
        return wrong

    @property
    def draws_from_pool(self) -> bool:
        """Whether each observer judges images of their own."""
        return self.allocation == self.Allocation.POOL

    @property
    def n_in_pool(self) -> int | None:
        """How many images the pool has; None where there is none, or its draft takes all that are left."""
        if not self.draws_from_pool:
            return None
        if self.protocol is None:
            return self.pool_size
        return len({entry["image"] for entry in self.protocol["stimuli"] if entry["role"] == "series"})

    @property
    def n_images(self) -> int:
        """How many trials of the series are analysed; one image each, or both images of a lesion."""
        return self.n_perturbed + self.n_clean

    @property
    def n_trials(self) -> int:
        """How many trials an observer's series has, catch trials and second showings included, practice not."""
        return self.n_images + self.n_catch + self.n_repeated

    @property
    def told_minutes(self) -> int | None:
        """How many minutes observers are told that it takes; None where they are told nothing of it."""
        return self.session_minutes or self.estimated_minutes

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups of observers that are compared; none in a study without."""
        if not self.group_question.strip():
            return parse_groups(self.groups)
        # A draft may be saved with a question that is none yet; its check says so.
        question = question_asking(parse_questionnaire(self.questionnaire), self.group_question)
        return question.choices if question is not None else ()

    @property
    def groups_by_hand(self) -> tuple[str, ...]:
        """The groups to which a researcher, or a link, can say that somebody belongs; none where a question tells."""
        return () if self.tells_groups_by_question else self.group_names

    @property
    def tells_groups_by_question(self) -> bool:
        """Whether observers say in the questionnaire to which group they belong."""
        return bool(self.group_question.strip())

    @property
    def strengths(self) -> list[PairSet]:
        """The image pairs of the series, weakest first: one set, or the same images at several strengths or attacks."""
        further = list(self.further_pair_sets.select_related("attack__classifier", "dataset")) if self.pk else []
        return sorted([self.pair_set, *further], key=lambda pair_set: (pair_set.strength, pair_set.name))

    @property
    def adaptive_strengths(self) -> tuple[float, ...]:
        """The strengths of which each is chosen from the answers, in 8-bit levels, ascending; none where none is."""
        return tuple(sorted({pair_set.strength for pair_set in self.strengths})) if self.adapts_strength else ()

    @property
    def attack_arms(self) -> tuple[AttackArm, ...]:
        """The attacks that are compared, that of `pair_set` first; none in a study of one."""
        if not self.compares_attacks:
            return ()
        if self.protocol is None:
            return attack_arms(self.strengths, first=self.pair_set, control=self.control_pair_set)
        return arms_as_fixed(self.strengths, arms_of_protocol(self.protocol), first=self.pair_set)

    @property
    def attack_names(self) -> tuple[str, ...]:
        """What the attacks that are compared are called; none in a study of one."""
        return tuple(arm.name for arm in self.attack_arms)

    @property
    def control_name(self) -> str:
        """What the attack is called that is the positive control; empty where there is none."""
        return next((arm.name for arm in self.attack_arms if self.control_pair_set in arm.pair_sets), "")

    @property
    def attack_of_pairs(self) -> dict[int, str]:
        """By the number of a set of image pairs the name of its attack; empty in a study of one attack."""
        return {pair_set.pk: arm.name for arm in self.attack_arms for pair_set in arm.pair_sets}

    @property
    def display_time(self) -> str:
        """For how long an image is shown, in words that go on from “shown”."""
        return (
            gettext("for %(display_ms)s ms, then a mask") % {"display_ms": self.display_ms}
            if self.display_ms
            else gettext("until it is answered")
        )

    @property
    def trials(self) -> TrialType:
        """How a trial asks."""
        return TRIAL_TYPES[self.trial_type]

    @property
    def flickers(self) -> bool:
        """Whether a trial shows images in alternation."""
        return self.trials.frames > 1

    @property
    def leaves_out_stopped(self) -> bool:
        """Whether answers are left out before which the flicker was stopped: as the protocol says, if there is one."""
        return self.flickers and (self.protocol is None or leaves_out_stopped(self.protocol))

    @property
    def cycle_ms(self) -> float:
        """How long a clean image and its twin take together in alternation, ms."""
        return round(1000 / self.flicker_hz, 3)

    @property
    def example_cycles(self) -> int:
        """How many cycles an example outside trials shows, at least one: less than the five seconds of WCAG 2.2.2."""
        return max(1, int(EXAMPLE_SECONDS * self.flicker_hz))

    @property
    def needs_flash_check(self) -> bool:
        """Whether image pairs are measured against the thresholds of flashes: up to three a second anything passes."""
        return self.flickers and self.flicker_hz > MOST_SAFE_FLASHES

    @property
    def verdict_rule(self) -> VerdictRule:
        """By which rule the change is called undetectable: that of the protocol; of a draft, what opening would fix."""
        return D_PRIME if self.protocol is None else verdict_rule_of(self.protocol)

    def text(self, name: str, language: str) -> str:
        """Return the title, question, instructions, consent text, purpose of the data or debriefing of an observer.

        Where the researcher has written a text in English alone, it is shown to everybody: the standard text in
        French could say something else. Where there is none at all, the standard text is shown in either language.

        Parameters
        ----------
        name
            `title`, `question`, `instructions`, `consent_text`, `data_purpose`, `debriefing`, or one of
            `STANDARD_WORDS`.
        language
            A code of `studies.languages`.
        """
        own: str = getattr(self, name)
        if language == FRENCH and self._has_french(name):
            return str(getattr(self, f"{name}_fr"))
        return own or self._standard_text(name).in_language(language)

    def text_language(self, name: str, language: str) -> str:
        """Return the language of what an observer reads: English where the researcher wrote it in English alone.

        Parameters
        ----------
        name
            One that `text` takes, `questionnaire` or `comprehension`.
        language
            That of the observer's pages.
        """
        return ENGLISH if getattr(self, name) and not self._has_french(name) else language

    def words(self, language: str) -> Words:
        """Return what observers read in a language for the images and for the two answers."""
        images, perturbed, clean = (self.text(name, language).strip() for name in STANDARD_WORDS)
        return Words(images, perturbed, clean)

    @property
    def has_own_words(self) -> bool:
        """Whether observers read other words than the standard ones."""
        return any(
            self.text(name, language) != standard.in_language(language)
            for name, standard in STANDARD_WORDS.items()
            for language, _ in LANGUAGES
        )

    def questionnaire_in(self, language: str) -> str:
        """Return the questionnaire that an observer reads: the translation, where there is one."""
        return self.questionnaire_fr if language == FRENCH and self._has_french("questionnaire") else self.questionnaire

    def comprehension_in(self, language: str) -> str:
        """Return the questions on the instructions that an observer reads: the translation, where there is one."""
        return self.comprehension_fr if language == FRENCH and self._has_french("comprehension") else self.comprehension

    def _has_french(self, name: str) -> bool:
        return bool(getattr(self, f"{name}_fr").strip())

    def _standard_text(self, name: str) -> Text:
        if name == "question":
            return self.trials.default_question
        if name == "debriefing":
            return Text(en="", fr="")
        if name == "instructions":
            english, french = self.words(ENGLISH), self.words(FRENCH)
            return self.trials.default_instructions.filled(
                pace=SET_PACE if self.display_ms else OWN_PACE,
                images=Text(en=english.images, fr=french.images),
                perturbed=Text(en=english.perturbed, fr=french.perturbed),
                clean=Text(en=english.clean, fr=french.clean),
            )
        if name in STANDARD_WORDS:
            return STANDARD_WORDS[name]
        return PURPOSE if name == "data_purpose" else CONSENT

    @property
    def is_pilot(self) -> bool:
        """Whether it is a pilot of another study: its sessions are never counted."""
        return self.pilot_of_id is not None

    @property
    def results_visible(self) -> bool:
        """Whether results split by truth may be shown: the study is over, or was unblinded (and that logged)."""
        return self.state in OVER or (self.state in RUNNING and self.unblinded_at is not None)

    @property
    def results_were_seen(self) -> bool:
        """Whether anybody has seen results, while it was open or since it was closed."""
        return self.unblinded_at is not None or self.results_seen_at is not None
