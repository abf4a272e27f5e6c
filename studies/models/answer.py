"""What the observer said of one trial."""

from django.db import models

from studies.models.trial import Trial


class Answer(models.Model):
    """What the observer said of one trial. There is one, the first: the database holds it to that."""

    class Response(models.TextChoices):
        """The explicit choices of all trial types."""

        PERTURBED = "perturbed", "perturbed"
        CLEAN = "clean", "clean"
        FIRST = "first", "first"
        SECOND = "second", "second"
        SAME = "same", "same"
        DIFFERENT = "different", "different"

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, primary_key=True, related_name="answer")
    response = models.CharField(max_length=10, choices=Response.choices)
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 surely clean … 6 surely perturbed; of the six-point rating"
    )
    confidence = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 a guess … 3 sure; if asked for")
    grade = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="1 very annoying … 5 imperceptible; of the degradation category rating",
    )
    place_x = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="of the marked place: pixels of the stimulus from its left edge, from 0"
    )
    place_y = models.PositiveSmallIntegerField(null=True, blank=True, help_text="the same from its top edge")
    diagnosis = models.CharField(max_length=60, blank=True, help_text="a class of the dataset; if asked for")
    answered_at = models.DateTimeField(help_text="when the server had it, by the server's clock")
    rt_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="from the paint of the image to the answer, by the browser; ms"
    )
    display = models.JSONField(
        default=dict,
        blank=True,
        help_text="pixel ratio, window, size and time shown, focus losses; empty where the browser ran no script",
    )

    class Meta:
        """What was said is among the choices."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(response__in=["perturbed", "clean", "first", "second", "same", "different"]),
                name="answer_response_among_the_choices",
            ),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__gte=1, rating__lte=6),
                name="answer_rating_1_to_6",
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__isnull=True) | models.Q(confidence__gte=1, confidence__lte=3),
                name="answer_confidence_1_to_3",
            ),
            # A grade of 5 says that no difference was seen, and any other that one was: the response says the same.
            models.CheckConstraint(
                condition=models.Q(grade__isnull=True)
                | models.Q(grade__gte=1, grade__lte=4, response="different")
                | models.Q(grade=5, response="same"),
                name="answer_grade_1_to_5_as_response",
            ),
            models.CheckConstraint(
                condition=models.Q(place_x__isnull=True, place_y__isnull=True)
                | models.Q(place_x__isnull=False, place_y__isnull=False, rating__isnull=False),
                name="answer_place_both_ways_and_rated",
            ),
        ]

    def __str__(self) -> str:
        """Return the response."""
        return self.response
