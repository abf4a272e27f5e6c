"""Rows of answers for the tests of the exports: one by hand, and any by Hypothesis."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from studies.answers.rows import AnswerRow

ROW = AnswerRow(
    observer="Observer A",
    simulated=False,
    item="S01",
    second_item="",
    side="",
    role="series",
    phase="series",
    subset=None,
    truth="perturbed",
    response="clean",
    rating=None,
    confidence=None,
    position=1,
    image="IMG_1",
    lesion="LESION_1",
    diagnosis="nv",
    diagnosis_answered="",
    strength=4.0,
    rt_ms=640,
    served_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
    answered_at=datetime(2026, 11, 24, 9, 30, 1, 250, tzinfo=UTC),
    pixel_ratio=1.5,
    shown_whole=True,
    focus_losses=0,
)
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-2", " =1", "＝1+1", "=cmd|' /C calc'!A0"]

# What a label or a name may be: printable, with a formula's first characters and quotes more often than by chance.
names = st.text(
    st.one_of(
        st.sampled_from("=+-@'\"|;,\\ "),
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
    ),
    min_size=1,
    max_size=12,
).filter(lambda text: text == text.strip())
moments = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given apart
words = st.sampled_from(["perturbed", "clean"])


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Return a strategy for a value that may not be there."""
    return st.one_of(st.none(), strategy)


rows = st.builds(
    replace,
    st.just(ROW),
    observer=names,
    simulated=st.booleans(),
    item=names,
    role=st.sampled_from(["series", "catch"]),
    subset=maybe(st.integers(1, 50)),
    truth=words,
    response=words,
    rating=maybe(st.integers(1, 6)),
    confidence=maybe(st.integers(1, 3)),
    position=st.integers(1, 1000),
    showing=maybe(st.sampled_from([1, 2])),
    image=names,
    lesion=names,
    diagnosis=st.one_of(st.just(""), names),
    diagnosis_answered=st.one_of(st.just(""), names),
    strength=st.floats(0, 255, allow_nan=False),
    rt_ms=maybe(st.integers(0, 86_400_000)),
    served_at=maybe(moments),
    answered_at=moments,
    pixel_ratio=maybe(st.floats(0, 16, allow_nan=False)),
    shown_whole=maybe(st.booleans()),
    focus_losses=maybe(st.integers(0, 10_000)),
)
