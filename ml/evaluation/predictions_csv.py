"""A classifier's predictions from a CSV file: what is wrong is said with line and column, all of it at once."""

from dataclasses import dataclass

import numpy as np

from perception.core.input_files.csv_table import CsvError, CsvRowsError, CsvTable, read_csv

COLUMNS = ("image", "truth", "clean_prediction", "perturbed_prediction")


@dataclass(frozen=True, slots=True)
class Predictions:
    """Three columns of class names, one row an image, and the names that stand in them, sorted."""

    truth: list[str]
    clean: list[str]
    perturbed: list[str]
    classes: list[str]


def read_predictions(data: bytes, *, source: str) -> Predictions:
    """Read a table of predictions: columns `image`, `truth`, `clean_prediction`, `perturbed_prediction`.

    Parameters
    ----------
    data
        The bytes of the file.
    source
        Its name, for messages.

    Raises
    ------
    CsvRowsError
        Everything that is wrong with single rows: more or fewer cells than the header, empty cells, images that stand
        twice.
    CsvError
        The file cannot be read as a table, or lacks a column or any row.
    """
    errors: list[CsvError] = []
    table = read_csv(data, source=source, required=COLUMNS, problems=errors)
    if not table.lines and not errors:
        raise CsvError("there is no image below the header", source=source)
    for column in COLUMNS:
        if "" in table.cells[column]:
            empty = np.array([not cell for cell in table.cells[column]], dtype=bool)
            errors += table.errors(empty, column, "the cell is empty")
    errors += _repeated_images(table)
    if errors:
        raise CsvRowsError(errors)
    truth, clean, perturbed = (table.cells[column] for column in COLUMNS[1:])
    return Predictions(truth, clean, perturbed, classes=sorted({*truth, *clean, *perturbed}))


def _repeated_images(table: CsvTable) -> list[CsvError]:
    images = table.cells["image"]
    if len(set(images)) == len(images):
        return []
    errors = []
    first_line: dict[str, int] = {}
    for place, (image, line) in enumerate(zip(images, table.lines, strict=True)):
        first = first_line.setdefault(image, line)
        if image and first != line:
            errors.append(table.row(place).error(f"the image {image} stands in line {first} too", "image"))
    return errors
