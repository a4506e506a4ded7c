"""``gwsolver ensemble``: a case whose values are uncertain, run many times; probabilities, bands, what matters most."""

import argparse
import json
import sys
from typing import Any

NAME = "ensemble"
HELP = "run the members of a case's ensemble and tell what they say together"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", help="case folder whose case.toml has [ensemble]")
    parser.add_argument("--out", metavar="DIR", help="folder of the ensemble (default: PATH/ensemble)")
    parser.add_argument("--members", type=int, default=0, metavar="N",
                        help="so many members (default: as the case says)")
    parser.add_argument("--jobs", type=int, default=0, metavar="J", help="processes at a time (default: all cores)")
    parser.add_argument("--scenario", default="", metavar="NAME", help="the ensemble of a scenario of the case")
    parser.add_argument("--scheme", default="", help="transport scheme, as for run")
    parser.add_argument("--flow", choices=("auto", "solve", "saved"), default="auto", help="as for run")
    parser.add_argument("--species", default="", help="species of the figures (default: the first with a limit)")
    parser.add_argument("--time", metavar="T", help="model time or ISO date of the map (default: the last kept)")
    parser.add_argument("--receptor", default="", metavar="NAME",
                        help="receptor of the tornado (default: the one about which members differ most)")
    parser.add_argument("--indicator", default="peak", choices=("peak", "time above limit", "arrival"),
                        help="what the tornado is of (default: peak)")
    parser.add_argument("--lang", default="en", help="language of the figures: en, ru, kk or fr (default: en)")
    parser.add_argument("--width", type=int, default=170, help="85 or 170 mm (default: 170)")
    parser.add_argument("--no-figures", action="store_true", help="draw no figures")


def run(arguments: argparse.Namespace) -> int:
    """Run it; 1 if a member failed."""
    from gwsolver.ensemble.api import ensemble

    if not arguments.no_figures:
        from gwsolver.maps.request import check_width
        from gwsolver.maps.words import language

        language(arguments.lang)  # refused now, not after hours
        check_width(arguments.width)
    quiet = arguments.as_json

    def tell(name: str, word: str) -> None:
        if not quiet and word != "running":
            print(f"{name if name == 'base' else f'member {name}'}: {word}", file=sys.stderr)

    found = ensemble(
        arguments.path, arguments.out, members=arguments.members, jobs=arguments.jobs, scheme=arguments.scheme,
        flow=arguments.flow, scenario=arguments.scenario, tell=tell)
    figures = [] if arguments.no_figures else _draw(found, arguments)
    if quiet:
        print(json.dumps({
            "status": "failed" if found.failures else "ok", "folder": str(found.folder),
            "members": found.design.n_members, "finished": found.n,
            "failures": {str(n): words for n, words in found.failures.items()}, "figures": figures,
        }, ensure_ascii=False))
    else:
        _print(found)
        for figure in figures:
            print(f"  figure {figure}")
    return 1 if found.failures else 0


def _draw(found: Any, arguments: argparse.Namespace) -> list[str]:
    """Draw what the case allows: a map where there is a limit, the others where there are receptors too."""
    from gwsolver.maps import exceedance_map, receptor_band, save_map, tornado

    if not found.wanted.limits:
        return []
    species = arguments.species or next(iter(found.wanted.limits))
    shared = {"lang": arguments.lang, "width": arguments.width}
    drawn = {"exceedance": exceedance_map(found, species, time=arguments.time, **shared)}
    if found.case.receptors:
        drawn["band"] = receptor_band(found, species, **shared)
        drawn["tornado"] = tornado(
            found, species, receptor=arguments.receptor, indicator=arguments.indicator, **shared)
    return [str(save_map(figure, found.folder / f"{name}_{species}_{arguments.lang}.png"))
            for name, figure in drawn.items()]


def _print(found: Any) -> None:
    """Tell how many finished, what receptors see, what failed."""
    from gwsolver.ensemble.products import arrivals
    from gwsolver.run.comparison import Clock

    print(f"{found.n} of {found.design.n_members} members finished; ensemble in {found.folder}")
    for row in arrivals(found).itertuples():
        print(f"  {row.species} at {row.receptor}: above the limit in {row.members_above} of {row.members_finished} "
              "members")
        if row.members_above:
            unit = Clock.of(found.case).unit
            by = ((part, getattr(row, part)) for part in ("P10", "P50", "P90"))
            told = ", ".join(f"{part} {t if isinstance(t, str) else f'{t:.3g} {unit}'}" for part, t in by)
            print(f"    first reached: {told}")
    for number, words in found.failures.items():
        print(f"error: member {number} failed: {words}", file=sys.stderr)
