"""One function on every cell of a grid: on all cores, or on a Dask cluster."""
