"""What is read, passed over, and refused: options and packages by name."""

from gwsolver.packages.registry import feature_kinds, kinds, solute_kinds

COMMON = frozenset({"PRINT_INPUT", "PRINT_FLOWS", "SAVE_FLOWS", "EXPORT_ARRAY_ASCII", "EXPORT_ARRAY_NETCDF"})
STRESS = frozenset({"AUXILIARY", "AUX", "AUXMULTNAME", "BOUNDNAMES", "TS6", "TAS6", "OBS6", "READASARRAYS"})
MOVED = ("wel", "drn", "riv", "ghb")
"""Packages that may say MOVER."""
FEATURES = frozenset({"MOVER", "AUXILIARY", "AUX", "BOUNDNAMES", "TS6", "OBS6", "STAGE", "BUDGET", "BUDGETCSV",
                      "PACKAGE_CONVERGENCE", "PRINT_STAGE", "MAXIMUM_ITERATIONS", "MAXIMUM_STAGE_CHANGE"})
SOLUTES = frozenset({"AUXILIARY", "AUX", "BOUNDNAMES", "TS6", "OBS6", "CONCENTRATION", "BUDGET", "BUDGETCSV",
                     "PRINT_CONCENTRATION", "FLOW_PACKAGE_NAME", "FLOW_PACKAGE_AUXILIARY_NAME"})
TABLES = ("laktab", "sfrtab")
"""Packages behind TAB6: stage tables of lakes, cross sections of streams."""
DISCRETISATION = frozenset({"LENGTH_UNITS", "NOGRB", "GRB6", "XORIGIN", "YORIGIN", "ANGROT", "CRS", "NCF6",
                            "VERTICAL_OFFSET_TOLERANCE"})
OPTIONS: dict[str, frozenset[str]] = {
    "sim": frozenset({"CONTINUE", "NOCHECK", "MEMORY_PRINT_OPTION", "MAXERRORS", "PRINT_INPUT", "PROFILE_OPTION"}),
    "tdis": frozenset({"TIME_UNITS", "START_DATE_TIME"}),
    "nam": frozenset({"LIST", "PRINT_INPUT", "PRINT_FLOWS", "SAVE_FLOWS", "NEWTON", "NC_MESH2D_FILERECORD",
                      "NETCDF_MESH2D", "NETCDF_STRUCTURED"}),
    "dis": DISCRETISATION, "disv": DISCRETISATION, "disu": DISCRETISATION,
    "ic": frozenset(),
    "npf": frozenset({"ALTERNATIVE_CELL_AVERAGING", "VARIABLECV", "PERCHED", "SAVE_SPECIFIC_DISCHARGE",
                      "SAVE_SATURATION", "K22OVERK", "K33OVERK", "REWET"}),
    "sto": frozenset({"STORAGECOEFFICIENT", "SS_CONFINED_ONLY"}),
    "oc": frozenset({"BUDGET", "BUDGETCSV", "HEAD", "CONCENTRATION"}),
    "obs": frozenset({"DIGITS"}),
    "adv": frozenset({"SCHEME", "ATS_PERCEL"}),
    "dsp": frozenset({"XT3D_OFF", "XT3D_RHS"}),
    "mst": frozenset({"FIRST_ORDER_DECAY", "ZERO_ORDER_DECAY", "SORPTION", "SORBATE"}),
    "ist": frozenset({"FIRST_ORDER_DECAY", "ZERO_ORDER_DECAY", "SORPTION", "SORBATE", "CIM", "BUDGET", "BUDGETCSV"}),
    "spc": frozenset({"READASARRAYS", "TS6", "TAS6"}),
    "ssm": frozenset(),
    "hfb": frozenset(),
    "mvr": frozenset({"BUDGET", "BUDGETCSV"}),
    "mvt": frozenset({"BUDGET", "BUDGETCSV"}),
    "fmi": frozenset({"FLOW_IMBALANCE_CORRECTION"}),
    "gwfgwt": frozenset(),
    "gwfgwf": frozenset({"AUXILIARY", "BOUNDNAMES", "CELL_AVERAGING", "VARIABLECV", "NEWTON", "OBS6"}),
    "gwtgwt": frozenset({"GWFMODELNAME1", "GWFMODELNAME2", "AUXILIARY", "BOUNDNAMES", "ADV_SCHEME",
                         "DSP_XT3D_OFF", "DSP_XT3D_RHS", "OBS6"}),
}
GWF_PACKAGES = frozenset({"dis", "disv", "disu", "ic", "npf", "sto", "oc", "obs", "mvr", "hfb"})
GWT_PACKAGES = frozenset({"dis", "disv", "disu", "ic", "adv", "dsp", "mst", "ist", "ssm", "fmi", "mvt", "oc", "obs"})
EXCHANGES = ("GWF6-GWT6", "GWF6-GWF6", "GWT6-GWT6")
FROM_SAVED = "Run MODFLOW 6 once and let FMI (or the flow model's OC) name its saved flows: transport runs on them."
HINTS = {
    "XT3D": "Without XT3D the flow can be solved here; or run MODFLOW 6 and use its saved flows.",
    "THICKSTRT": "Use ICELLTYPE 0 or 1, or run MODFLOW 6 and use its saved flows.",
    "GNC6": "Without ghost nodes the flow can be solved here, less accurately where cells meet off centre.",
    "MODELNAMES": "Movers between models are not solved; run MODFLOW 6 and use its saved flows.",
    "ATS6": "Give the time steps in TDIS.",
}


def packages_of(model: str) -> frozenset[str]:
    """Return the package types (lower case, without the 6) that a model may have."""
    own = GWF_PACKAGES if model == "gwf" else GWT_PACKAGES
    registered = (*kinds().values(), *feature_kinds().values(), *solute_kinds().values())
    return own | {k.mf6_type[:-1].lower() for k in registered if k.model == model}


def accepted_options(package: str, model: str) -> frozenset[str] | None:
    """Return the option words a package may have; None if nothing is refused there (IMS)."""
    if package == "ims":
        return None
    if package in OPTIONS:
        return OPTIONS[package] | COMMON
    for kind in kinds().values():
        if kind.model == model and kind.mf6_type[:-1].lower() == package:
            harmless = {"AUTO_FLOW_REDUCE_CSV"} if "auto_flow_reduce" in kind.options else set()
            harmless |= {"MOVER"} if kind.kind in MOVED else set()
            return COMMON | STRESS | {o.upper() for o in kind.options} | harmless
    for features in feature_kinds().values():
        if features.model == model and features.mf6_type[:-1].lower() == package:
            return COMMON | FEATURES | {o.upper() for o in features.options}
    for solutes in solute_kinds().values():
        if solutes.model == model and solutes.mf6_type[:-1].lower() == package:
            return COMMON | SOLUTES | {o.upper() for o in solutes.options}
    return COMMON


def hint_for(word: str, model: str) -> str:
    """Return what can be done about something that is refused."""
    return HINTS.get(word.upper(), FROM_SAVED if model == "gwf" else "")
