"""The month-end report: what it says is gathered here, and drawn as a page and as CSV."""
