"""What others saw of lakes: levels by satellite altimetry, as files that one has; areas of satellite images."""
