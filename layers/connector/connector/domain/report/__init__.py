"""What the month-end report says; how it looks is drawn in `services/report`."""
