"""The rows of the `WatermarksTable`: what is kept between runs beside ledger, audit and mapping."""
