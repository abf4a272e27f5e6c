"""The options of a study, each once: form, command, protocol and whoever reads a protocol follow from this list.

A new option takes its field in `studies.models.study` with the migration, a record here, in the group and thereby the
step where it is set, and whatever it is to have an effect on.
"""

from django.utils.translation import gettext_noop

from perception.analysis.json_values import JsonValue
from studies.design.option import Flag, OptionGroup, ProtocolEntry, Step, StudyOption
from studies.models.study import Study
from studies.trial_types import STANDARD_WORDS

STEPS: tuple[Step, ...] = (
    ASKING := Step("asked", gettext_noop("What is asked")),
    SHOWING := Step("images", gettext_noop("Images")),
    TRIALS := Step("trials", gettext_noop("Trials")),
    PRACTISING := Step("practice", gettext_noop("Practice and catch trials")),
    PEOPLE := Step("people", gettext_noop("People")),
    ANALYSING := Step("analysis", gettext_noop("Analysis")),
)
"""The pages on which a study is made, in their order."""

ASKED = OptionGroup(gettext_noop("What is asked"), ASKING)
READ = OptionGroup(gettext_noop("The question and the instructions in your words"), ASKING, advanced=True)
WORDS = OptionGroup(
    gettext_noop("Words for the images and for the two answers"),
    ASKING,
    gettext_noop(
        "Observers read them in the standard texts, on buttons and in feedback. Answers are stored, and reported, as "
        "perturbed and clean whatever the words are, and the keys stay P and C."
    ),
    advanced=True,
)
IN_FRENCH = OptionGroup(
    gettext_noop("What is asked, in French"),
    ASKING,
    gettext_noop(
        "Observers choose between English and French. A text that is there in English alone is shown to "
        "everybody; standard texts are there in both languages."
    ),
    advanced=True,
)
IMAGES = OptionGroup(gettext_noop("Which images"), SHOWING)
DRAWN = OptionGroup(gettext_noop("How they are drawn"), SHOWING, advanced=True)
SCREEN = OptionGroup(gettext_noop("On the screen"), TRIALS)
REPEATED = OptionGroup(
    gettext_noop("Shown twice"),
    TRIALS,
    gettext_noop(
        "The second showing comes at least a third of the session after the first. Nothing on the page tells it from "
        "any other trial."
    ),
)
FLICKER = OptionGroup(
    gettext_noop("Flicker"),
    TRIALS,
    gettext_noop(
        "Counts for the trial type “Flicker” alone. Observers are warned before they consent, can stop it at any time, "
        "and what they were shown is counted frame by frame."
    ),
    advanced=True,
)
COURSE = OptionGroup(gettext_noop("Between trials, their order, and measuring the screen"), TRIALS, advanced=True)
PRACTICE = OptionGroup(gettext_noop("Practice trials"), PRACTISING)
CATCH = OptionGroup(gettext_noop("Catch trials"), PRACTISING)
AGREED = OptionGroup(gettext_noop("What observers agree to"), PEOPLE)
BEFORE_AND_AFTER = OptionGroup(gettext_noop("What they are asked besides"), PEOPLE)
PROTECTED = OptionGroup(
    gettext_noop("Data protection"),
    PEOPLE,
    gettext_noop(
        "Every observer has a page, reached by their link, that lists what is stored of them and says what is set "
        "here: who is responsible, what for, on what basis, for how long."
    ),
)
PEOPLE_IN_FRENCH = OptionGroup(
    gettext_noop("Consent, questionnaire, debriefing and purpose in French"), PEOPLE, advanced=True
)
RUNNING = OptionGroup(gettext_noop("When it ends"), PEOPLE)
RECRUITED = OptionGroup(
    gettext_noop("Groups and places"),
    PEOPLE,
    gettext_noop("Who is invited, and by which links, is set on the study’s page under “Recruitment”."),
    advanced=True,
)
SCREENED = OptionGroup(
    gettext_noop("Screening"),
    PEOPLE,
    gettext_noop(
        "Checks that observers go through before the series. What came of each is recorded, and the report counts it; "
        "or whoever does not pass is told that their part has ended. Checks of the device need JavaScript: without it "
        "nothing is measured, and what was not measured was not passed."
    ),
    advanced=True,
)
PUBLISHED = OptionGroup(
    gettext_noop("Who publishes it, and under which approval"),
    PEOPLE,
    gettext_noop(
        "For the report’s first page, the preregistration, the archive and the reporting lists. Observers see the "
        "institution and the approval on their first page, and nothing else of it. It can be changed at any time, also "
        "once the study is open or closed."
    ),
    advanced=True,
)
ANALYSED = OptionGroup(
    gettext_noop("What “undetectable” means"),
    ANALYSING,
    gettext_noop("Fixed with the rest when the study opens: these are choices that nobody may make by the results."),
)
LEFT_OUT = OptionGroup(gettext_noop("Which answers are left out"), ANALYSING, advanced=True)

TEXT_FLAGS = "texts (files in UTF-8; what is left out is the standard text)"
TRIAL_FLAGS = "trials"
PROTECTION_FLAGS = "data protection (what observers read of it)"
SCREENING_FLAGS = "screening (each check: off, record, leave_out or end)"
ANALYSIS_FLAGS = "analysis (fixed when the study opens)"
PUBLICATION_FLAGS = "publication (may be changed at any time)"


def _pair_set(study: Study) -> JsonValue:
    return study.pair_set.name


def _catch_pair_set(study: Study) -> JsonValue:
    """Return the name of the pairs; None where they were chosen for no catch trials."""
    return study.catch_pair_set.name if study.n_catch and study.catch_pair_set else None


def _control_pair_set(study: Study) -> JsonValue:
    return study.control_pair_set.name if study.control_pair_set else None


def _told_minutes(study: Study) -> JsonValue:
    return study.told_minutes


def _further_strengths(study: Study) -> JsonValue:
    return [
        {"pair_set": pair_set.name, "attack": pair_set.attack.name, "strength_levels": pair_set.strength}
        for pair_set in study.strengths
        if pair_set.pk != study.pair_set_id
    ]


def _published(name: str, flag: str, explained: str, metavar: str, *, beside: bool = False) -> StudyOption:
    """Return an option that the report's first page tells: no part of the protocol, and never fixed."""
    return StudyOption(
        name,
        PUBLISHED,
        Flag(flag, explained, metavar, PUBLICATION_FLAGS),
        protocol=None,
        beside=beside,
        fixed_at_opening=False,
        fixed_at_closing=False,
    )


def _check(name: str, entry: str, explained: str) -> StudyOption:
    """Return the option that says what becomes of whoever does not pass a check; earlier protocols made none."""
    return StudyOption(
        name,
        SCREENED,
        Flag(f"--{name.replace('_', '-')}", f"{explained} (%(default)s)", section=SCREENING_FLAGS),
        ProtocolEntry(f"screening.{entry}", if_missing="off"),
    )


def _passes(name: str, entry: str, explained: str, metavar: str, if_missing: JsonValue) -> StudyOption:
    """Return an option that says what passes the check before it."""
    return StudyOption(
        name,
        SCREENED,
        Flag(f"--{name.replace('_', '-')}", f"{explained} (%(default)s)", metavar, SCREENING_FLAGS),
        ProtocolEntry(f"screening.{entry}", if_missing=if_missing),
        beside=True,
    )


def _refuses(name: str, explained: str) -> StudyOption:
    """Return an option that asks more of the screen's colours; earlier protocols did not."""
    return StudyOption(
        name,
        SCREENED,
        Flag(f"--{name.replace('_', '-')}", explained, section=SCREENING_FLAGS),
        ProtocolEntry(f"screening.{name}", if_missing=False),
        beside=True,
    )


STUDY_OPTIONS: tuple[StudyOption, ...] = (
    StudyOption("title", ASKED, Flag("title"), ProtocolEntry("title"), in_figures=True),
    StudyOption(
        "trial_type",
        ASKED,
        Flag("--trial-type", "(%(default)s)", section=TRIAL_FLAGS),
        ProtocolEntry("trial_type"),
        in_figures=True,
    ),
    StudyOption(
        "asks_diagnosis",
        ASKED,
        Flag("--ask-diagnosis", "a second question: which diagnosis", section=TRIAL_FLAGS),
        ProtocolEntry("asks_diagnosis"),
        in_figures=True,
    ),
    StudyOption("question", READ, Flag("--question", section=TEXT_FLAGS), ProtocolEntry("question")),
    StudyOption(
        "instructions",
        READ,
        Flag("--instructions", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("instructions"),
    ),
    # Protocols up to now had no words: they were these.
    StudyOption(
        "images_word",
        WORDS,
        Flag("--images-word", "the images, in the plural", "WORD", TEXT_FLAGS),
        ProtocolEntry("words.images", if_missing=STANDARD_WORDS["images_word"].en),
    ),
    StudyOption(
        "images_word_fr",
        WORDS,
        Flag("--images-word-fr", "the images, in the plural, in French", "WORD", TEXT_FLAGS),
        ProtocolEntry("words.images_fr", if_missing=STANDARD_WORDS["images_word"].fr),
        beside=True,
    ),
    StudyOption(
        "perturbed_word",
        WORDS,
        Flag("--perturbed-word", "the answer for perturbed images", "WORD", TEXT_FLAGS),
        ProtocolEntry("words.perturbed", if_missing=STANDARD_WORDS["perturbed_word"].en),
    ),
    StudyOption(
        "perturbed_word_fr",
        WORDS,
        Flag("--perturbed-word-fr", "the answer for perturbed images, in French", "WORD", TEXT_FLAGS),
        ProtocolEntry("words.perturbed_fr", if_missing=STANDARD_WORDS["perturbed_word"].fr),
        beside=True,
    ),
    StudyOption(
        "clean_word",
        WORDS,
        Flag("--clean-word", "the answer for clean images", "WORD", TEXT_FLAGS),
        ProtocolEntry("words.clean", if_missing=STANDARD_WORDS["clean_word"].en),
    ),
    StudyOption(
        "clean_word_fr",
        WORDS,
        Flag("--clean-word-fr", "the answer for clean images, in French", "WORD", TEXT_FLAGS),
        ProtocolEntry("words.clean_fr", if_missing=STANDARD_WORDS["clean_word"].fr),
        beside=True,
    ),
    StudyOption(
        "title_fr",
        IN_FRENCH,
        Flag("--title-fr", "title in French", "TITLE", TEXT_FLAGS),
        ProtocolEntry("title_fr"),
    ),
    StudyOption(
        "question_fr",
        IN_FRENCH,
        Flag("--question-fr", metavar="QUESTION", section=TEXT_FLAGS),
        ProtocolEntry("question_fr"),
    ),
    StudyOption(
        "instructions_fr",
        IN_FRENCH,
        Flag("--instructions-fr", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("instructions_fr"),
    ),
    StudyOption(
        "pair_set",
        IMAGES,
        Flag("--pairs", "name of the image pairs (default: the newest)"),
        ProtocolEntry("images.pair_set", _pair_set),
    ),
    StudyOption(
        "further_pair_sets",
        IMAGES,
        Flag(
            "--further-pairs",
            "the same images at a further strength, or by another attack; may be given several times",
            "NAME",
        ),
        ProtocolEntry("attack.further_strengths", _further_strengths, if_missing=[]),
    ),
    StudyOption(
        "compares_attacks",
        IMAGES,
        Flag("--compare-attacks", "the further image pairs are of other attacks, each with figures of its own"),
        ProtocolEntry("attack.compares_attacks", if_missing=False),
    ),
    # Protocols say nothing of a choice that is not made.
    StudyOption(
        "control_pair_set",
        IMAGES,
        Flag("--positive-control", "which of the further pairs are those of an attack that is surely seen", "NAME"),
        ProtocolEntry(
            "attack.positive_control",
            _control_pair_set,
            if_missing=None,
            applies=lambda study: study.control_pair_set is not None,
        ),
        beside=True,
    ),
    StudyOption(
        "adapts_strength",
        IMAGES,
        Flag("--adaptive-strength", "choose each observer's strengths from their answers, by QUEST+"),
        ProtocolEntry("attack.adaptive_strength", if_missing=False, applies=lambda study: study.adapts_strength),
    ),
    StudyOption(
        "n_perturbed",
        IMAGES,
        Flag("--perturbed", "how many perturbed images (%(default)s)"),
        ProtocolEntry("images.n_perturbed"),
        in_figures=True,
    ),
    StudyOption(
        "n_clean",
        IMAGES,
        Flag("--clean", "how many clean images (%(default)s)"),
        ProtocolEntry("images.n_clean"),
        in_figures=True,
        beside=True,
    ),
    StudyOption(
        "prevalence",
        DRAWN,
        Flag("--prevalence", section=TRIAL_FLAGS),
        ProtocolEntry("images.prevalence"),
        in_figures=True,
    ),
    StudyOption(
        "one_lesion_once",
        DRAWN,
        Flag("--allow-repeated-lesions"),
        ProtocolEntry("images.one_lesion_once"),
    ),
    # Before images were measured, none was chosen by how visible its change is.
    StudyOption(
        "visibility_measure",
        DRAWN,
        Flag("--visibility-measure", "show images within a range of this measure alone", section=TRIAL_FLAGS),
        ProtocolEntry("images.visibility.measure", if_missing=""),
    ),
    StudyOption(
        "visibility_low",
        DRAWN,
        Flag("--visibility-from", "its least value (no limit)", "VALUE", TRIAL_FLAGS),
        ProtocolEntry("images.visibility.from", if_missing=None),
        beside=True,
    ),
    StudyOption(
        "visibility_high",
        DRAWN,
        Flag("--visibility-to", "its largest value (no limit)", "VALUE", TRIAL_FLAGS),
        ProtocolEntry("images.visibility.to", if_missing=None),
        beside=True,
    ),
    StudyOption(
        "visibility_tolerance",
        DRAWN,
        Flag(
            "--visibility-within",
            "its largest difference between the attacks, or strengths, of an image (not matched)",
            "VALUE",
            TRIAL_FLAGS,
        ),
        ProtocolEntry("images.visibility.matched_within", if_missing=None),
        beside=True,
    ),
    # Before there were pools, every study dealt out one set of images or several.
    StudyOption(
        "allocation",
        DRAWN,
        Flag("--allocation", "(%(default)s)", section=TRIAL_FLAGS),
        ProtocolEntry("images.allocation", if_missing="shared"),
    ),
    StudyOption(
        "n_subsets",
        DRAWN,
        Flag("--subsets", "sets of images, one an observer (%(default)s)", "N", TRIAL_FLAGS),
        ProtocolEntry("images.n_subsets"),
        in_figures=True,
    ),
    StudyOption(
        "pool_size",
        DRAWN,
        Flag("--pool-size", "images to draw each observer’s own from (all)", "N", TRIAL_FLAGS),
        ProtocolEntry("images.pool_size", if_missing=None),
        beside=True,
    ),
    StudyOption("seed", DRAWN, Flag("--seed", "default: drawn"), ProtocolEntry("randomization.seed")),
    StudyOption(
        "display_ms",
        SCREEN,
        Flag("--display-ms", "how long an image is shown (until answered)", "MS", TRIAL_FLAGS),
        ProtocolEntry("display.image_ms"),
        in_figures=True,
    ),
    StudyOption(
        "break_every",
        SCREEN,
        Flag("--break-every", "a break after so many trials (none)", "N", TRIAL_FLAGS),
        ProtocolEntry("display.break_every_trials"),
        beside=True,
    ),
    StudyOption(
        "scale",
        SCREEN,
        Flag("--scale", "screen pixels per image pixel (%(default)s)"),
        ProtocolEntry("display.screen_pixels_per_image_pixel"),
    ),
    StudyOption(
        "display_rule",
        SCREEN,
        Flag("--display-rule"),
        ProtocolEntry("display.unfit_window"),
        beside=True,
    ),
    # Protocols up to now showed nothing twice.
    StudyOption(
        "n_repeated",
        REPEATED,
        Flag("--repeats", "trials shown a second time, for agreement within observers (none)", "N", TRIAL_FLAGS),
        ProtocolEntry("repeats.n", if_missing=0),
    ),
    # No other trial type flickers, and protocols say nothing of a flicker that there is not.
    StudyOption(
        "flicker_hz",
        FLICKER,
        Flag("--flicker-hz", "cycles per second, of trials of the type flicker (%(default)s)", "HZ", TRIAL_FLAGS),
        ProtocolEntry("flicker.cycles_per_second", if_missing=5.0, applies=lambda study: study.flickers),
    ),
    StudyOption(
        "fixation_ms",
        COURSE,
        Flag("--fixation-ms", "cross before each image (none)", "MS", TRIAL_FLAGS),
        ProtocolEntry("display.fixation_ms"),
    ),
    StudyOption(
        "pause_ms",
        COURSE,
        Flag("--pause-ms", "pause between trials (none)", "MS", TRIAL_FLAGS),
        ProtocolEntry("display.pause_ms"),
        beside=True,
    ),
    StudyOption(
        "longest_run",
        COURSE,
        Flag("--longest-run", "of one right answer (no limit)", "N", TRIAL_FLAGS),
        ProtocolEntry("randomization.longest_run"),
    ),
    StudyOption(
        "asks_calibration",
        COURSE,
        Flag("--ask-calibration", "offer to measure the screen by a card"),
        ProtocolEntry("display.asks_calibration"),
    ),
    StudyOption(
        "n_practice",
        PRACTICE,
        Flag("--practice", "practice trials with feedback (none)", "N", TRIAL_FLAGS),
        ProtocolEntry("practice.n"),
        in_figures=True,
    ),
    StudyOption(
        "n_catch",
        CATCH,
        Flag("--catch", "plainly perturbed trials (none)", "N", TRIAL_FLAGS),
        ProtocolEntry("catch.n"),
        in_figures=True,
    ),
    StudyOption(
        "catch_pair_set",
        CATCH,
        Flag("--catch-pairs", "image pairs of the catch trials, of greater strength", "NAME", TRIAL_FLAGS),
        ProtocolEntry("catch.pair_set", _catch_pair_set),
        beside=True,
    ),
    StudyOption(
        "consent_text",
        AGREED,
        Flag("--consent", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("consent_text"),
    ),
    # What observers are told: protocols up to now did not speak of it, and nobody was told.
    StudyOption(
        "session_minutes",
        AGREED,
        Flag("--minutes", "how long observers are told that it takes (the estimate)", "N", TEXT_FLAGS),
        ProtocolEntry("minutes_told", _told_minutes, if_missing=None),
    ),
    StudyOption(
        "questionnaire",
        BEFORE_AND_AFTER,
        Flag("--questionnaire", "one question a line", "FILE", TEXT_FLAGS),
        ProtocolEntry("questionnaire"),
    ),
    StudyOption(
        "asks_comments",
        BEFORE_AND_AFTER,
        Flag("--ask-comments", "ask for comments at the end"),
        ProtocolEntry("asks_comments"),
    ),
    StudyOption(
        "shows_score",
        BEFORE_AND_AFTER,
        Flag("--show-score", "tell observers their score at the end"),
        ProtocolEntry("shows_score"),
    ),
    # Protocols up to now had no debriefing.
    StudyOption(
        "debriefing",
        BEFORE_AND_AFTER,
        Flag("--debriefing", "what the study was about, read after the last answer (none)", "FILE", TEXT_FLAGS),
        ProtocolEntry("debriefing", if_missing=""),
    ),
    StudyOption(
        "debriefs_withdrawn",
        BEFORE_AND_AFTER,
        Flag("--debrief-withdrawn", "debrief those who withdraw, too", section=TEXT_FLAGS),
        ProtocolEntry("debriefs_withdrawn", if_missing=False),
    ),
    # What becomes of the data is promised to observers, not to readers of the results: no protocol holds it.
    StudyOption(
        "data_controller",
        PROTECTED,
        Flag("--data-controller", "who is responsible for the data", "WHO", PROTECTION_FLAGS),
        protocol=None,
    ),
    StudyOption(
        "data_contact",
        PROTECTED,
        Flag("--data-contact", "whom observers can ask", "WHOM", PROTECTION_FLAGS),
        protocol=None,
    ),
    StudyOption(
        "data_purpose",
        PROTECTED,
        Flag("--data-purpose", "what the data are kept for (the standard text)", "FILE", PROTECTION_FLAGS),
        protocol=None,
    ),
    StudyOption(
        "legal_basis",
        PROTECTED,
        Flag("--legal-basis", "(%(default)s)", section=PROTECTION_FLAGS),
        protocol=None,
    ),
    StudyOption(
        "kept_days",
        PROTECTED,
        Flag(
            "--kept-days",
            "delete what tells who somebody is so many days after the study is closed (never)",
            "DAYS",
            PROTECTION_FLAGS,
        ),
        protocol=None,
    ),
    StudyOption(
        "keeps_detached_answers",
        PROTECTED,
        Flag("--delete-answers-too", "then delete the answers as well", section=PROTECTION_FLAGS),
        protocol=None,
    ),
    StudyOption(
        "later_withdrawal",
        PROTECTED,
        Flag("--later-withdrawal", "may observers withdraw after the end? (%(default)s)", section=PROTECTION_FLAGS),
        protocol=None,
    ),
    StudyOption(
        "outside_ids_kept_days",
        PROTECTED,
        Flag(
            "--outside-ids-kept-days",
            "delete recruiters' ids so many days after the study is closed (%(default)s)",
            "DAYS",
            PROTECTION_FLAGS,
        ),
        protocol=None,
    ),
    StudyOption(
        "consent_text_fr",
        PEOPLE_IN_FRENCH,
        Flag("--consent-fr", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("consent_text_fr"),
    ),
    StudyOption(
        "questionnaire_fr",
        PEOPLE_IN_FRENCH,
        Flag("--questionnaire-fr", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("questionnaire_fr"),
    ),
    StudyOption(
        "debriefing_fr",
        PEOPLE_IN_FRENCH,
        Flag("--debriefing-fr", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("debriefing_fr", if_missing=""),
    ),
    StudyOption(
        "data_purpose_fr",
        PEOPLE_IN_FRENCH,
        Flag("--data-purpose-fr", metavar="FILE", section=PROTECTION_FLAGS),
        protocol=None,
    ),
    # Protocols up to version 5 knew neither groups nor open links.
    StudyOption(
        "groups",
        RECRUITED,
        Flag("--groups", "groups of observers, one a line", "FILE", TEXT_FLAGS),
        ProtocolEntry("groups", value_of=lambda study: "\n".join(study.group_names), if_missing=""),
    ),
    StudyOption(
        "group_question",
        RECRUITED,
        Flag("--group-question", "question of the questionnaire whose choices are the groups", "TEXT"),
        ProtocolEntry("group_question", if_missing=""),
    ),
    StudyOption(
        "abandoned_after_minutes",
        RECRUITED,
        Flag(
            "--abandoned-after",
            "end sessions by open links after so many minutes without a sign (never)",
            "MINUTES",
        ),
        ProtocolEntry("running.abandoned_after_minutes", if_missing=None),
    ),
    _check("checks_touch", "touch", "the main pointer is no finger"),
    _check("checks_window", "window", "the browser's window is large enough"),
    _passes("least_window_width", "least_window_width", "its smallest width in CSS pixels", "N", 1000),
    _passes("least_window_height", "least_window_height", "its smallest height in CSS pixels", "N", 600),
    _check("checks_pixel_ratio", "pixel_ratio", "screen pixels per CSS pixel are in a range"),
    _passes("least_pixel_ratio", "least_pixel_ratio", "the smallest ratio", "RATIO", 1.0),
    _passes("most_pixel_ratio", "most_pixel_ratio", "the largest ratio", "RATIO", 3.0),
    _check("checks_zoom", "zoom", "the page is not zoomed"),
    _check("checks_screen_colours", "screen_colours", "colours are of 8 bits a channel, and the screen's own"),
    _refuses("refuses_wide_gamut", "and the gamut is no wider than sRGB (no matter)"),
    _refuses("refuses_high_dynamic_range", "and the dynamic range is not high (no matter)"),
    _check("checks_viewing_distance", "viewing_distance", "eyes are so far from the screen"),
    _passes("least_distance_cm", "least_distance_cm", "at least", "CM", 40),
    _passes("most_distance_cm", "most_distance_cm", "at most", "CM", 80),
    _check("checks_brightness", "brightness", "digits near black and near white are read"),
    _passes("brightness_at_least", "brightness_at_least", "of 8 digits", "N", 6),
    _check("checks_colour_vision", "colour_vision", "colour plates are read"),
    _passes("colour_vision_at_least", "colour_vision_at_least", "of 8 plates", "N", 7),
    _check("checks_acuity", "acuity", "the gap of Landolt rings is seen"),
    _passes("least_acuity", "least_acuity", "decimal acuity that their size stands for", "ACUITY", 0.3),
    _passes("acuity_distance_cm", "acuity_distance_cm", "from the screen", "CM", 60),
    _check("checks_comprehension", "comprehension", "questions on the instructions are answered right"),
    _passes("comprehension_at_least", "comprehension_at_least", "of the questions; all if left out", "N", None),
    _passes("comprehension_tries", "comprehension_tries", "after each, the instructions are read again", "N", 2),
    StudyOption(
        "comprehension",
        SCREENED,
        Flag("--comprehension", "one question a line, = after the right choice", "FILE", TEXT_FLAGS),
        ProtocolEntry("screening.comprehension_questions", if_missing=""),
    ),
    StudyOption(
        "comprehension_fr",
        SCREENED,
        Flag("--comprehension-fr", metavar="FILE", section=TEXT_FLAGS),
        ProtocolEntry("screening.comprehension_questions_fr", if_missing=""),
    ),
    # How a study ends is no promise to its readers: the protocol does not hold it.
    StudyOption(
        "closes_when_finished",
        RUNNING,
        Flag("--stay-open", "do not close when every observer is done"),
        protocol=None,
    ),
    # Protocols up to version 4 did not speak of it, and the program did not do it.
    StudyOption(
        "may_be_reopened",
        RUNNING,
        Flag("--may-be-reopened", "allow it to be reopened once closed (no)", section=ANALYSIS_FLAGS),
        ProtocolEntry("running.may_be_reopened", if_missing=False),
    ),
    _published("authors", "--authors", "one a line: the name, and the ORCID iD after a comma", "FILE"),
    _published("institution", "--institution", "where the study is done", "NAME"),
    _published("ethics_committee", "--ethics-committee", "which approved the study", "NAME"),
    _published("ethics_number", "--ethics-number", "of the approval", "NUMBER", beside=True),
    _published("ethics_exemption", "--ethics-exemption", "why no approval was needed", "TEXT"),
    _published("registry", "--registry", "where the study is registered", "NAME"),
    _published("registration", "--registration", "its number or address there", "ID", beside=True),
    _published("funding", "--funding", "who paid, and what they had a say in", "TEXT"),
    _published("conflicts", "--competing-interests", "of the authors", "TEXT"),
    # Protocols of version 2 had neither a margin nor rules of exclusion.
    StudyOption(
        "margin",
        ANALYSED,
        Flag("--margin", "of “undetectable”, around ½ (%(default)s)", section=ANALYSIS_FLAGS),
        ProtocolEntry("analysis.margin_of_equivalence", if_missing=0.05),
        in_figures=True,
    ),
    StudyOption(
        "catch_at_least",
        LEFT_OUT,
        Flag(
            "--catch-at-least",
            "leave out observers who see fewer of the catch trials (nobody)",
            "PERCENT",
            ANALYSIS_FLAGS,
        ),
        ProtocolEntry("analysis.exclusions.catch_trials_seen_at_least_percent", if_missing=0),
    ),
    StudyOption(
        "rt_at_least_ms",
        LEFT_OUT,
        Flag("--rt-at-least-ms", "leave out faster answers (none)", "MS", ANALYSIS_FLAGS),
        ProtocolEntry("analysis.exclusions.response_time_at_least_ms", if_missing=0),
        beside=True,
    ),
    StudyOption(
        "leaves_out_partly_shown",
        LEFT_OUT,
        Flag("--leave-out-partly-shown", "leave out answers to images not wholly in view", section=ANALYSIS_FLAGS),
        ProtocolEntry("analysis.exclusions.answers_to_partly_shown_images", if_missing=False),
    ),
    StudyOption(
        "leaves_out_rejected",
        LEFT_OUT,
        Flag("--leave-out-rejected", "leave out observers whom the rule of BT.500 rejects", section=ANALYSIS_FLAGS),
        ProtocolEntry("analysis.exclusions.observers_rejected_by_bt500", if_missing=False),
    ),
)

OPTIONS = {option.name: option for option in STUDY_OPTIONS}
"""The options by the names of their fields."""
