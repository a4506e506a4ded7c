"""``gwsolver observe``: levels of a lake from a file of satellite altimetry."""

import argparse
import json

NAME = "observe"
HELP = "turn a file of DAHITI or Hydroweb into a table of observed levels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("file", metavar="FILE", help="as downloaded from DAHITI or Hydroweb: ASCII, CSV or JSON")
    parser.add_argument("--datum", required=True, metavar="NAME", help="height system of the gauge: \"Baltic heights\"")
    parser.add_argument("--offset", required=True, metavar="LENGTH",
                        help="what is added to the file's levels to come to that datum: \"-0.35 m\", \"0 m\"")
    parser.add_argument("--sigma", default="0 m", metavar="LENGTH",
                        help="least standard error, with the offset's own; those of the file are formal ones")
    parser.add_argument("--yearly", action="store_true",
                        help="means of the years that were seen in all twelve months, as gwsolver invert asks for")
    parser.add_argument("--out", required=True, metavar="CSV", help="table that [[surface.observed]] reads")


def run(arguments: argparse.Namespace) -> int:
    """Run it."""
    from gwsolver.observed.levels import read_levels
    from gwsolver.observed.table import Datum, metres, single, table, write, yearly

    datum = Datum(arguments.datum, metres("--offset", arguments.offset), metres("--sigma", arguments.sigma, least=0.0))
    record = read_levels(arguments.file)
    rows = table(record, (yearly if arguments.yearly else single)(record), datum)
    write(rows, arguments.out, read=arguments.file)
    first, last = (row["date"] or row["year"] for row in (rows[0], rows[-1]))
    if arguments.as_json:
        print(json.dumps({
            "status": "ok", "format": record.format, "target": record.target, "datum_in_file": record.datum,
            "datum": datum.name, "offset_m": datum.offset, "levels": len(rows), "left_out": record.left_out,
            "first": first, "last": last, "file": arguments.out,
        }, ensure_ascii=False))
        return 0
    levels = sorted(float(row["level_m"]) for row in rows)
    what = ": ".join(part for part in (record.format, record.target) if part)
    print(f"{what}, {len(rows)} levels, {first} to {last}")
    print(f"above {record.datum or 'a datum that the file does not name'}; "
          f"with {datum.offset:+g} m above {datum.name}: {levels[0]:.2f} to {levels[-1]:.2f} m")
    if record.left_out:
        print(f"{record.left_out} rows that the file marks as undefined left out")
    print(arguments.out)
    return 0
