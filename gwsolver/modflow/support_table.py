"""The table of what is read, solved and refused, made from the registry.

``python -m gwsolver.modflow.support_table`` prints it.
"""

from gwsolver.modflow.support import EXCHANGES, GWF_PACKAGES, GWT_PACKAGES, HINTS, OPTIONS
from gwsolver.packages.registry import feature_kinds, kinds, solute_kinds

TITLES = {
    "dis": "Structured grid", "disv": "Grid of layers of polygons", "disu": "Unstructured grid",
    "ic": "Initial conditions", "npf": "Hydraulic conductivity", "sto": "Storage", "oc": "Output control",
    "obs": "Observations", "adv": "Advection", "dsp": "Dispersion and diffusion",
    "mst": "Storage, sorption (linear, Freundlich, Langmuir), decay of order 1 or 0",
    "ist": "Immobile domains: storage, exchange, sorption, decay",
    "hfb": "Barriers between neighbouring cells: walls, faults (solute disperses across them, as in MODFLOW)",
    "mvr": "Movers: water of WEL, DRN, RIV, GHB, LAK and SFR for lakes and reaches",
    "mvt": "Solute that movers carry",
    "ssm": "Concentration of sources (AUX, AUXMIXED, SPC6 files as lists or arrays, MIXED)",
    "fmi": "Flow from another simulation or from files",
}
SOLUTE_OPTIONS = "FLOW_PACKAGE_NAME, FLOW_PACKAGE_AUXILIARY_NAME"
HEAD = """# What is supported

Made from the registry of packages; `python -m gwsolver.modflow.support_table` prints it anew, and a test holds
this page to it. What does not stand here is refused by name with exit code 2, never silently ignored.
"""


def table() -> str:
    """Return the page as Markdown."""
    lines = [HEAD]
    for model, title, own in (("gwf", "Flow (GWF)", GWF_PACKAGES), ("gwt", "Transport (GWT)", GWT_PACKAGES)):
        lines += [f"## {title}", "", "| package | what it is | options understood | quantities |"]
        lines.append("| --- | --- | --- | --- |")
        for name in sorted(own):
            options = ", ".join(sorted(OPTIONS.get(name, ()))) or "-"
            lines.append(f"| {name.upper()} | {TITLES[name]} | {options} | - |")
        for kind in sorted((k for k in kinds().values() if k.model == model), key=lambda k: k.kind):
            options = ", ".join(o.upper() for o in kind.options) or "-"
            columns = ", ".join(f"{c.keyword} [{c.dimension}]" for c in kind.columns)
            lines.append(f"| {kind.mf6_type[:-1]} | {kind.title} | {options} | {columns} |")
        for features in sorted((k for k in feature_kinds().values() if k.model == model), key=lambda k: k.kind):
            options = ", ".join(o.upper() for o in features.options) or "-"
            columns = ", ".join(f"{c.keyword} [{c.dimension}]" for c in (*features.columns, *features.part_columns))
            lines.append(f"| {features.mf6_type[:-1]} | {features.title} | {options} | {columns} |")
        for solute in sorted((k for k in solute_kinds().values() if k.model == model), key=lambda k: k.kind):
            columns = ", ".join(f"{c.keyword} [{c.dimension}]" for c in solute.columns)
            lines.append(f"| {solute.mf6_type[:-1]} | {solute.title} | {SOLUTE_OPTIONS} | {columns} |")
        lines.append("")
    lines += [
        "Boundary packages also take AUXILIARY, AUXMULTNAME, BOUNDNAMES, TS6, TAS6 (array form) and OBS6; every",
        "package PRINT_INPUT, PRINT_FLOWS and SAVE_FLOWS. Packages of lakes and reaches take AUXILIARY, BOUNDNAMES,",
        "TS6, OBS6, TAB6 and FILEOUT of STAGE, BUDGET and BUDGETCSV; limits of their own iterations are passed over.",
        "LKT and SFT take the same, with FILEOUT of CONCENTRATION; BUDGET and BUDGETCSV of MVT are passed over.",
        "Of IMS only the closures are used.", "",
        "## Simulation", "",
        "| | options understood |", "| --- | --- |",
        f"| mfsim.nam | {', '.join(sorted(OPTIONS['sim']))} |",
        f"| TDIS | {', '.join(sorted(OPTIONS['tdis']))} |",
        f"| model name files | {', '.join(sorted(OPTIONS['nam']))} |",
        *(f"| {name} | {', '.join(sorted(OPTIONS[name.lower().replace('6', '').replace('-', '')])) or '-'} |"
          for name in EXCHANGES), "",
        "## What to do about what is refused", "", "| asked for | hint |", "| --- | --- |",
        *(f"| {word} | {hint} |" for word, hint in HINTS.items()),
        "| any other flow package (MAW, UZF, ...) | Run MODFLOW 6 once: transport runs on its saved flows. |",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(), end="")
