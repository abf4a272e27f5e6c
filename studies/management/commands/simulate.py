"""`manage.py simulate STUDY`: simulated observers answer an open study, for dry runs, teaching and validation."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from perception.core.progress import terminal_progress
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from
from studies.models.observer import Observer
from studies.models.observer_state import usable
from studies.models.study import Study
from studies.simulation.run import simulate_study
from studies.simulation.simulated_observer import SimulatedGroup


class Command(BaseCommand):
    """Have simulated observers answer a study."""

    help = (
        "Invite simulated observers to an open study and have them answer all of it, through the same steps as people. "
        "They are marked as simulated in the study, its report and its exports, and never mixed with people: a study "
        "to which people were invited is refused. Cut off, the same command goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("--observers", type=int, default=2, metavar="N", help="how many (%(default)s)")
        parser.add_argument(
            "--dprime",
            type=float,
            default=0.0,
            help="d′ of the mean observer at the main strength (%(default)g: guesses)",
        )
        parser.add_argument(
            "--criterion", type=float, default=0.0, help="above 0, “clean” is said more often (%(default)g)"
        )
        parser.add_argument(
            "--observer-sd", type=float, default=0.0, help="SD of d′ and criterion between observers (%(default)g)"
        )
        parser.add_argument(
            "--image-sd", type=float, default=0.0, help="SD between images, the same for all observers (%(default)g)"
        )
        parser.add_argument(
            "--lapse", type=float, default=0.0, help="share of trials in which any button is pressed (%(default)g)"
        )
        parser.add_argument(
            "--look-share",
            type=float,
            default=0.0,
            help="of an image shown again: how much of the first look’s variance comes back, 0 to 1 (%(default)g)",
        )
        parser.add_argument(
            "--dprime-of",
            action="append",
            default=[],
            metavar="ATTACK=D",
            help="d′ of one of the attacks that the study compares, by its name on the study’s page; may be given "
            "several times (--dprime)",
        )
        parser.add_argument("--seed", type=int, default=1, help="the same one gives the same answers (%(default)s)")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        study: str,
        observers: int,
        dprime: float,
        criterion: float,
        observer_sd: float,
        image_sd: float,
        lapse: float,
        look_share: float,
        dprime_of: list[str],
        seed: int,
        by: str | None,
        **options: object,
    ) -> None:
        """Simulate, and say where the report is."""
        answered, researcher = study_from(study), researcher_from(by)
        before = _finished(answered)
        try:
            group = SimulatedGroup(
                dprime=dprime,
                criterion=criterion,
                observer_sd=observer_sd,
                image_sd=image_sd,
                lapse=lapse,
                look_share=look_share,
            )
            with terminal_progress("Simulating", unit="answer") as progress:
                simulate_study(
                    study=answered,
                    group=group,
                    observers=observers,
                    seed=seed,
                    by=researcher,
                    progress=progress,
                    dprime_of=dict(map(_dprime_of, dprime_of)),
                )
        except StudyError as error:
            raise CommandError(str(error)) from error
        answered.refresh_from_db()
        again = "" if _finished(answered) > before else " All had answered before; nothing was added."
        self.stdout.write(
            f"{observers} simulated observer{'s have' if observers != 1 else ' has'} answered “{answered.title}”: no "
            f"person gave these answers.{again}\n"
            + (
                f"It is closed; the figures: manage.py study_report {answered.pk}"
                if answered.state == Study.State.CLOSED
                else "It is open still; its report can be seen once it is closed, or unblinded."
            )
        )


def _dprime_of(given: str) -> tuple[str, float]:
    name, _, number = given.rpartition("=")
    try:
        return name, float(number)
    except ValueError:
        raise CommandError(f"--dprime-of takes the name of an attack and its d′, as PGD=1.5; not {given}.") from None


def _finished(study: Study) -> int:
    return Observer.objects.filter(usable(), study=study).count()
