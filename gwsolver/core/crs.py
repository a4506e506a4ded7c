"""Whether a coordinate reference system can be that of a model, whose coordinates are lengths."""

UNITS = {"metre": "metres", "foot": "feet", "US survey foot": "feet"}
"""What length units of grids are to pyproj's."""
PROJECTED = "Name a projected one, as that of the UTM zone: EPSG:326 with the zone's two digits (north), 327 (south)."


def crs_fault(crs: str, length_unit: str = "unknown") -> str:
    """Return in words why a model cannot stand in a coordinate reference system; "" if nothing speaks against it.

    Parameters
    ----------
    crs : str
        As pyproj takes it: "EPSG:32640"; one that it does not know is passed over.
    length_unit : str
        That of the grid: "metres", "feet", ...; "unknown" for any.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        system = CRS.from_user_input(crs) if crs else None
    except CRSError:
        return ""
    if system is None:
        return ""
    if system.is_geographic or system.is_geocentric:
        counts = "counts in degrees" if system.is_geographic else "has its origin in the centre of the earth"
        return f"{crs} ({system.name}) {counts}, the coordinates of a model are lengths on a map. {PROJECTED}"
    unit = UNITS.get(system.axis_info[0].unit_name, "") if system.axis_info else ""
    if unit and length_unit != "unknown" and unit != length_unit:
        return f"{crs} ({system.name}) counts in {unit}, the model in {length_unit}: its maps would be out of place."
    return ""
