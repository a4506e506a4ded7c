"""``gwsolver lake-area``: how much water covers in a satellite image."""

import argparse
import json

NAME = "lake-area"
HELP = "measure the area of a lake in a satellite image (GeoTIFF)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("image", metavar="IMAGE.tif", help="with a coordinate reference system")
    parser.add_argument("--index", default="ndwi", metavar="NAME",
                        help="ndwi (green and near infrared; without it) or mndwi (green and shortwave infrared)")
    parser.add_argument("--bands", type=int, nargs=2, default=(), metavar="N",
                        help="numbers of its two bands, 1 first, where the file does not name them")
    parser.add_argument("--threshold", type=float, metavar="T", help="water is above it (without it: Otsu's)")
    parser.add_argument("--at", type=float, nargs=2, metavar=("X", "Y"),
                        help="a point of the lake in the image's coordinates (without it: the largest body)")
    parser.add_argument("--case", metavar="FOLDER", help="case with [surface], whose stage table tells the level")
    parser.add_argument("--lake", nargs="+", metavar="NAME", help="lake of that case; basins at one level together")


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.core.errors import InputError, Problem
    from gwsolver.observed.images.lake_area import lake_area

    if bool(arguments.case) != bool(arguments.lake):
        raise InputError([Problem("--case and --lake go together: the stage table of that lake tells the level")])
    found = lake_area(arguments.image, index=arguments.index, bands=arguments.bands, threshold=arguments.threshold,
                      at=arguments.at)
    body = found.body
    told = {
        "status": "ok", "area_km2": 1e-6 * body.area, "standard_error_km2": 1e-6 * body.standard_error,
        "independent_error_km2": 1e-6 * body.independent_error, "pixels": body.pixels, "cut_off": body.cut_off,
        "index": found.index, "bands": found.bands, "threshold": found.threshold, "separability": found.separability,
        "water_share": found.water_share,
    }
    how = "given" if found.separability is None else f"Otsu, separability {found.separability:.2f}"
    words = (f"{'more than ' * body.cut_off}{1e-6 * body.area:.6g} km2 of water "
             f"({found.index} > {found.threshold:.3f}, {how}); standard error by mixed pixels of the shore "
             f"{1e-6 * body.standard_error:.2g} km2, {1e-6 * body.independent_error:.2g} if each errs by itself")
    if arguments.case:
        from gwsolver.run.lake_level import level_of_area
        from gwsolver.run.load import network_of

        level = level_of_area(network_of(arguments.case), arguments.lake, body.area, body.standard_error)
        told |= {"level_m": level.level, "level_standard_error_m": level.standard_error}
        words += f"; level {level.level:.3f} m, standard error {level.standard_error:.2g} m"
    if body.cut_off:
        words += "; it touches the image's edge or pixels without a value"
    print(json.dumps(told, ensure_ascii=False) if arguments.as_json else words)
    return 0
