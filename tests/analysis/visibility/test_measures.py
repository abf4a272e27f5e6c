"""Which measures of a change are compared: those that were taken, and an extra only where it is there of all."""

import numpy as np

from perception.analysis.visibility.measures import EXTRAS, MEASURES, measures_of_items

ITEM = np.array([0, 1, 2, 0, 1, 2])
NONE = np.full(6, np.nan)
LINF = np.array([4.0, 8.0, np.nan, 4.0, 8.0, np.nan])  # the third was not changed


def test_a_measure_that_no_item_has_is_not_among_them() -> None:
    found = measures_of_items({"linf": LINF, "flip": NONE}, ITEM, 3)

    assert set(found) == {"linf"}
    np.testing.assert_array_equal(found["linf"], [4, 8, np.nan])


def test_a_change_that_came_to_nothing_has_an_infinite_ratio() -> None:
    found = measures_of_items({"linf": np.zeros(6), "psnr": NONE, "ssim": np.ones(6)}, ITEM, 3)

    np.testing.assert_array_equal(found["psnr"], [np.inf] * 3)


def test_an_extra_is_there_if_every_changed_item_has_it() -> None:
    (extra,) = EXTRAS
    assert extra in MEASURES
    everywhere = np.array([9.5, 9.0, np.nan, 9.5, 9.0, np.nan])
    of_one = np.array([9.5, np.nan, np.nan, 9.5, np.nan, np.nan])

    assert set(measures_of_items({"linf": LINF, extra: everywhere}, ITEM, 3)) == {"linf", extra}
    assert set(measures_of_items({"linf": LINF, extra: of_one}, ITEM, 3)) == {"linf"}
    assert set(measures_of_items({"linf": LINF, "flip": of_one}, ITEM, 3)) == {"linf", "flip"}


def test_no_measure_at_all_is_nothing() -> None:
    assert measures_of_items({}, ITEM, 3) == {}
    assert measures_of_items(dict.fromkeys(MEASURES, NONE), ITEM, 3) == {}


def test_an_item_has_the_value_that_stands_beside_any_of_its_answers() -> None:
    once = np.array([4.0, np.nan, np.nan, np.nan, 8.0, np.nan])

    np.testing.assert_array_equal(measures_of_items({"linf": once}, ITEM, 3)["linf"], [4, 8, np.nan])


def test_different_values_beside_one_item_are_none_of_it() -> None:
    found = measures_of_items({"flip": np.array([0.1, 0.2, np.inf, 0.9, 0.2, np.inf])}, ITEM, 3)

    np.testing.assert_array_equal(found["flip"], [np.nan, 0.2, np.inf])
