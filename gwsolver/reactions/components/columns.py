"""Columns of the database's tables: their units, what is allowed in them, and the field each fills."""

from dataclasses import dataclass

STATUSES = ("published", "textbook", "assumed", "measured", "calibrated", "computed")


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    field : str
        Name in the typed record.
    unit : str
        Of its numbers; "" for text.
    allowed : str
        Interval of its numbers, as in `gwsolver.core.errors.INTERVALS`.
    required : bool
    """

    field: str
    unit: str = ""
    allowed: str = ""
    required: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers."""
        return bool(self.allowed)


@dataclass(frozen=True)
class Table:
    """One table: the word by which TOML files name its rows, its columns, and the column that tells it from others."""

    word: str
    mark: str
    columns: dict[str, Column]


_ORIGIN = {"status": Column("status", required=True), "source": Column("source"), "note": Column("note")}
_POSITIVE, _NOT_NEGATIVE, _ANY = "(0, inf)", "[0, inf)", "(-inf, inf)"

PROPERTIES = Table("component", "class", {
    "component": Column("name", required=True),
    "aliases": Column("aliases"),
    "class": Column("kind", required=True),
    "formula": Column("formula"),
    "molar_mass_g_per_mol": Column("molar_mass", "g/mol", _POSITIVE),
    "density_20C_kg_per_m3": Column("density", "kg/m3", _POSITIVE),
    "solubility_25C_mg_per_L": Column("solubility", "mg/L", _NOT_NEGATIVE),
    "liquid_or_subcooled_solubility_mg_per_L": Column("liquid_solubility", "mg/L", _NOT_NEGATIVE),
    "vapour_pressure_25C_Pa": Column("vapour_pressure", "Pa", _NOT_NEGATIVE),
    "henry_Pa_m3_per_mol": Column("henry", "Pa m3/mol", _NOT_NEGATIVE),
    "log10_Kow": Column("log_kow", "-", _ANY),
    "log10_Koc_L_per_kg": Column("log_koc", "-", _ANY),
    "diffusion_water_25C_m2_per_s": Column("diffusion_water", "m2/s", _POSITIVE),
    "diffusion_air_25C_m2_per_s": Column("diffusion_air", "m2/s", _POSITIVE),
    **_ORIGIN,
})
CRUDE = Table("crude", "pseudo_component", {
    "oil": Column("oil", required=True),
    "pseudo_component": Column("component", required=True),
    "mass_fraction_wt_percent": Column("percent", "%", _NOT_NEGATIVE, required=True),
    "molar_mass_g_per_mol": Column("molar_mass", "g/mol", _POSITIVE),
    "pure_liquid_solubility_mg_per_L": Column("solubility", "mg/L", _NOT_NEGATIVE),
    "oil_API_gravity": Column("api_gravity", "-", _ANY),
    "oil_density_15C_kg_per_m3": Column("density", "kg/m3", _POSITIVE, required=True),
    **_ORIGIN,
})
LIMITS = Table("limit", "jurisdiction", {
    "component": Column("component", required=True),
    "jurisdiction": Column("jurisdiction", required=True),
    "use": Column("use", required=True),
    "limit": Column("value", "", _POSITIVE, required=True),
    "unit": Column("unit", required=True),
    "date": Column("date"),
    "legal_reference": Column("reference", required=True),
    "status": Column("status", required=True),
    "note": Column("note"),
})
TABLES = (PROPERTIES, CRUDE, LIMITS)
