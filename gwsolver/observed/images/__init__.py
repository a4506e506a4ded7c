"""How much water covers in a satellite image: index, threshold, connected body, area; `geotiff.py` knows rasterio."""
