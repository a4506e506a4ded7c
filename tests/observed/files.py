"""Small files in the formats of those who offer levels; numbers are made up."""

DAHITI_TEXT = """# DAHITI-ID       : 99
# Target name     : Somewhere, Lake
# Country         : Kazakhstan
# Points          : 3
2008-07-20 341.087 0.009
2008-07-30 341.238 0.136
2008-08-09 341.200 0.000
"""
DAHITI_NEW_TEXT = """2008-07-20 15:14:04 341.087 0.009
2008-07-30 04:36:14 341.238 0.136
2008-08-09 04:36:14 341.200 0.000
"""
DAHITI_CSV = """datetime;wse;wse_u
2008-07-20 07:29:46;341.087;0.009
2008-07-30 07:29:44;341.238;0.136
2008-08-09 07:29:45;341.200;0.000
"""
DAHITI_OLD_CSV = "date;height;error\n2008-07-20;341.087;0.009\n2008-07-30;341.238;0.136\n2008-08-09;341.2;0\n"
DAHITI_JSON = """{"code": 200, "target": {"id": "99", "target_name": "Somewhere, Lake"}, "data": [
 {"date": "2008-07-20T00:00:00", "height": 341.087, "error": 0.009, "data": "jason2_hf 219 001"},
 {"date": "2008-07-30T00:00:00", "height": 341.238, "error": 0.136},
 {"date": "2008-08-09T00:00:00", "height": 341.2, "error": 0.0}]}
"""
DAHITI_OLD_JSON = """[{"date": "2008-07-20", "height": 341.087, "error": 0.009, "data_type": "OP"},
{"date": "2008-07-30", "height": 341.238, "error": 0.136}, {"date": "2008-08-09", "height": 341.2, "error": 0.0}]"""
HYDROWEB_LAKE = """lake=somewhere;country=Kazakhstan;basin=Balkhash;lat= 45.73;lon= 76.42;date=2012/12/12;diff=public
# Mean area: 18200 km2
# surface of reference: GGMO2C; high resolution global gravity model

# (1): decimal year, (2): date = yyyy/mm/dd, (3): time = hh:mm
 2008.551 ; 2008/07/20 ; 02:35 ;  341.087 ;    0.009 ;  ;  ;
 2008.578 ; 2008/07/30 ; 14:29 ;  341.238 ;    0.136 ; 18100 ; 1.2 ; 0
 2008.590 ; 2008/08/03 ; 14:29 ; 9999.999 ; 9999.999 ;  ;  ;
 2008.606 ; 2008/08/09 ; 14:29 ;  341.200 ;    0.000 ;  ;  ;
"""
HYDROWEB_OLD_STATION = """station=ili_ja2_0053_01;river=Ili;basin=Balkhash;lat=45.1;lon=74.5;ref=GGM02C;ref_value=0.000
# undef values=999.999
 2008.551 ; 2008/07/20 ; 16:59 ;    341.087 ;    0.009 ;    0 ;  ;
 2008.578 ; 2008/07/30 ; 14:32 ;    341.238 ;    0.136 ;    0 ;  ;
 2008.590 ; 2008/08/03 ; 14:32 ;    999.999 ;    9.999 ;    0 ;  ;
 2008.606 ; 2008/08/09 ; 14:32 ;    341.200 ;    0.000 ;    0 ;  ;
"""
HYDROWEB_STATION = """#BASIN:: BALKHASH
#RIVER:: ILI
#ID:: R_ILI_KM0100
#REFERENCE ELLIPSOID:: WGS84
#GEOID MODEL:: EGM2008
#PRODUCT CONTENT::
#COL 1 : DATE(YYYY-MM-DD)
#COL 2 : TIME(HH:MM)
2008-07-20 05:12 341.087 0.009 : 74.512 45.101 300.25 -40.84 0.10 JASON2
2008-07-30 05:13 341.238 0.136 : 74.512 45.101 300.25 -40.84 0.10 JASON2
2008-08-03 05:13 9999.999 9999.999 : 74.512 45.101 300.25 -40.84 0.10 JASON2
2008-08-09 05:14 341.200 0.000 : 74.512 45.101 300.25 -40.84 0.10 JASON2
"""
# File, format, target, datum, rows without a level.
ALL = {
    "dahiti ascii": (DAHITI_TEXT, "DAHITI, ASCII", "Somewhere, Lake", "", 0),
    "dahiti ascii with time": (DAHITI_NEW_TEXT, "DAHITI, ASCII", "", "", 0),
    "dahiti csv": (DAHITI_CSV, "DAHITI, CSV", "", "", 0),
    "older dahiti csv": (DAHITI_OLD_CSV, "DAHITI, CSV", "", "", 0),
    "dahiti json": (DAHITI_JSON, "DAHITI, JSON", "Somewhere, Lake", "", 0),
    "older dahiti json": (DAHITI_OLD_JSON, "DAHITI, JSON", "", "", 0),
    "hydroweb lake": (HYDROWEB_LAKE, "Hydroweb, lake", "somewhere", "GGMO2C", 1),
    "older hydroweb station": (HYDROWEB_OLD_STATION, "Hydroweb, lake", "ili_ja2_0053_01", "GGM02C", 1),
    "hydroweb station": (HYDROWEB_STATION, "Hydroweb, station", "R_ILI_KM0100", "EGM2008", 1),
}
