"""A classifier's predictions from a CSV file: what is wrong is said with line and column, all of it at once."""

from dataclasses import dataclass

from perception.csv_table import CsvError, CsvRowsError, read_csv

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
        Empty cells, and images that stand twice.
    CsvError
        The file cannot be read as a table, or lacks a column or any row.
    """
    table = read_csv(data, source=source, required=COLUMNS)
    if not table.rows:
        raise CsvError("there is no image below the header", source=source)
    errors: list[CsvError] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        errors += [row.error("the cell is empty", column) for column in COLUMNS if not row.cells[column]]
        image = row.cells["image"]
        line = seen.setdefault(image, row.line)
        if image and line != row.line:
            errors.append(row.error(f"the image {image} stands in line {line} too", "image"))
    if errors:
        raise CsvRowsError(errors)
    columns = {column: [row.cells[column] for row in table.rows] for column in COLUMNS[1:]}
    return Predictions(
        truth=columns["truth"],
        clean=columns["clean_prediction"],
        perturbed=columns["perturbed_prediction"],
        classes=sorted(set().union(*columns.values())),
    )
