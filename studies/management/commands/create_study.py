"""`manage.py create_study TITLE`: make a draft, and open it at once if asked."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from studies.design.invitations import invitation_url, invite_observers, next_labels
from studies.design.lifecycle import create_study, open_study
from studies.errors import StudyError
from studies.lookup import pair_set_from, researcher_from
from studies.models.study import Study
from studies.trial_types import TRIAL_TYPES


class Command(BaseCommand):
    """Make a study, as the form in the interface does."""

    help = "Make a study from image pairs; with --observers and --open it is ready for observers at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the design's options; what is not given has the form's defaults."""
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.add_argument("title")
        parser.add_argument("--pairs", help="name of the image pairs (default: the newest)")
        parser.add_argument(
            "--further-pairs",
            action="append",
            default=[],
            metavar="NAME",
            help="the same images at a further strength; may be given several times",
        )
        parser.add_argument("--perturbed", type=int, default=30, help="how many perturbed images (30)")
        parser.add_argument("--clean", type=int, default=20, help="how many clean images (20)")
        self._add_texts(parser)
        self._add_trials(parser)
        self._add_analysis(parser)
        parser.add_argument("--scale", type=int, default=1, help="screen pixels per image pixel (1)")
        parser.add_argument("--display-rule", choices=Study.DisplayRule.values, default=Study.DisplayRule.FLAG)
        parser.add_argument("--seed", type=int, help="default: drawn")
        parser.add_argument("--allow-repeated-lesions", action="store_true")
        parser.add_argument("--stay-open", action="store_true", help="do not close when every observer is done")
        parser.add_argument("--ask-calibration", action="store_true", help="offer to measure the screen by a card")
        parser.add_argument("--ask-comments", action="store_true", help="ask for comments at the end")
        parser.add_argument("--show-score", action="store_true", help="tell observers their score at the end")
        parser.add_argument("--observers", type=int, default=0, metavar="N", help="invite N observers")
        parser.add_argument("--open", action="store_true", help="open the study")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def _add_texts(self, parser: ArgumentParser) -> None:
        group = parser.add_argument_group("texts (files in UTF-8; what is left out is the standard text)")
        group.add_argument("--question")
        group.add_argument("--instructions", type=Path, metavar="FILE")
        group.add_argument("--consent", type=Path, metavar="FILE")
        group.add_argument("--questionnaire", type=Path, metavar="FILE", help="one question a line")
        group.add_argument("--title-fr", metavar="TITLE", help="title in French")
        group.add_argument("--question-fr", metavar="QUESTION")
        group.add_argument("--instructions-fr", type=Path, metavar="FILE")
        group.add_argument("--consent-fr", type=Path, metavar="FILE")
        group.add_argument("--questionnaire-fr", type=Path, metavar="FILE")

    def _add_trials(self, parser: ArgumentParser) -> None:
        group = parser.add_argument_group("trials")
        group.add_argument("--trial-type", choices=TRIAL_TYPES, default="yes_no", help="(%(default)s)")
        group.add_argument("--ask-diagnosis", action="store_true", help="a second question: which diagnosis")
        group.add_argument("--display-ms", type=int, metavar="MS", help="how long an image is shown (until answered)")
        group.add_argument("--fixation-ms", type=int, default=0, metavar="MS", help="cross before each image (none)")
        group.add_argument("--pause-ms", type=int, default=0, metavar="MS", help="pause between trials (none)")
        group.add_argument(
            "--break-every", type=int, default=0, metavar="N", help="a break after so many trials (none)"
        )
        group.add_argument("--practice", type=int, default=0, metavar="N", help="practice trials with feedback (none)")
        group.add_argument("--catch", type=int, default=0, metavar="N", help="plainly perturbed trials (none)")
        group.add_argument("--catch-pairs", metavar="NAME", help="image pairs of the catch trials, of greater strength")
        group.add_argument("--subsets", type=int, default=1, metavar="N", help="sets of images, one an observer (1)")
        group.add_argument("--prevalence", choices=Study.Prevalence.values, default=Study.Prevalence.FIXED)
        group.add_argument("--longest-run", type=int, default=0, metavar="N", help="of one right answer (no limit)")

    def _add_analysis(self, parser: ArgumentParser) -> None:
        group = parser.add_argument_group("analysis (fixed when the study opens)")
        group.add_argument("--margin", type=float, default=0.05, help="of “undetectable”, around ½ (%(default)s)")
        group.add_argument(
            "--catch-at-least",
            type=int,
            default=0,
            metavar="PERCENT",
            help="leave out observers who see fewer of the catch trials (nobody)",
        )
        group.add_argument(
            "--rt-at-least-ms", type=int, default=0, metavar="MS", help="leave out faster answers (none)"
        )
        group.add_argument(
            "--leave-out-partly-shown", action="store_true", help="leave out answers to images not wholly in view"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the study and print its number, and the observers' links."""
        by = researcher_from(options["by"])
        try:
            study = create_study(
                by=by,
                title=options["title"],
                pair_set=pair_set_from(options["pairs"]),
                further_pair_sets=[pair_set_from(name) for name in options["further_pairs"]],
                margin=options["margin"],
                catch_at_least=options["catch_at_least"],
                rt_at_least_ms=options["rt_at_least_ms"],
                leaves_out_partly_shown=options["leave_out_partly_shown"],
                n_perturbed=options["perturbed"],
                n_clean=options["clean"],
                question=options["question"],
                instructions=_text_of(options["instructions"]),
                consent_text=_text_of(options["consent"]),
                questionnaire=_text_of(options["questionnaire"]),
                title_fr=options["title_fr"],
                question_fr=options["question_fr"],
                instructions_fr=_text_of(options["instructions_fr"]),
                consent_text_fr=_text_of(options["consent_fr"]),
                questionnaire_fr=_text_of(options["questionnaire_fr"]),
                trial_type=options["trial_type"],
                asks_diagnosis=options["ask_diagnosis"],
                display_ms=options["display_ms"],
                fixation_ms=options["fixation_ms"],
                pause_ms=options["pause_ms"],
                break_every=options["break_every"],
                n_practice=options["practice"],
                n_catch=options["catch"],
                catch_pair_set=pair_set_from(options["catch_pairs"]) if options["catch_pairs"] else None,
                n_subsets=options["subsets"],
                prevalence=options["prevalence"],
                longest_run=options["longest_run"],
                asks_calibration=options["ask_calibration"],
                asks_comments=options["ask_comments"],
                shows_score=options["show_score"],
                scale=options["scale"],
                display_rule=options["display_rule"],
                seed=options["seed"],
                one_lesion_once=not options["allow_repeated_lesions"],
                closes_when_finished=not options["stay_open"],
            )
            self.stdout.write(f"Study {study.pk}: {study.title}")
            if options["observers"]:
                labels = next_labels(study, options["observers"])
                for observer in invite_observers(study=study, labels=labels, by=by):
                    self.stdout.write(f"  {observer.label}: {invitation_url(observer)}")
            if options["open"]:
                study = open_study(study=study, by=by)
            self.stdout.write(f"  {study.get_state_display()}")
        except StudyError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            wrong = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(wrong) from error


def _text_of(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read as UTF-8 text: {error}") from error
