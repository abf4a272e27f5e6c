"""How the images are viewed, as flags of a command line: pixels per degree, or what they follow from."""

from argparse import ArgumentParser

from ml.errors import MlError
from ml.images.visibility.viewing import DEFAULT_PIXELS_PER_DEGREE, pixels_per_degree
from ml.management.data_command import Options

FROM_A_DISTANCE = ("distance_cm", "pixels_per_cm")


def add_viewing_flags(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        "--pixels-per-degree",
        type=float,
        metavar="N",
        help="pixels of an image in a degree of the visual angle "
        f"(default: {DEFAULT_PIXELS_PER_DEGREE:g}; or say how the images are viewed by the next three)",
    )
    parser.add_argument("--distance-cm", type=float, metavar="CM", help="from the eyes to the screen")
    parser.add_argument("--pixels-per-cm", type=float, metavar="N", help="of the screen, with --distance-cm")
    parser.add_argument(
        "--scale", type=float, metavar="N", help="screen pixels that show a pixel of the image, a side (default: 1)"
    )


def pixels_per_degree_of(options: Options) -> float:
    """Return what the command line says of the pixels in a degree.

    Raises
    ------
    MlError
        It says it twice, or half.
    """
    given = [options[name] for name in FROM_A_DISTANCE]
    if all(one is None for one in given):
        if options["scale"] is not None:
            raise MlError("--scale goes with --distance-cm and --pixels-per-cm.")
        stated = options["pixels_per_degree"]
        return DEFAULT_PIXELS_PER_DEGREE if stated is None else stated
    if options["pixels_per_degree"] is not None:
        raise MlError("Give --pixels-per-degree, or --distance-cm with --pixels-per-cm; not both.")
    if None in given:
        raise MlError("--distance-cm and --pixels-per-cm go together: pixels per degree follow from both.")
    try:
        return pixels_per_degree(
            distance_cm=options["distance_cm"],
            screen_pixels_per_cm=options["pixels_per_cm"],
            scale=1.0 if options["scale"] is None else options["scale"],
        )
    except ValueError as error:
        raise MlError(f"How the images are viewed: {error}.") from error
