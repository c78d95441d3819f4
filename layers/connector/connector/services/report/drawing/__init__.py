"""How the parts of a report look as HTML; what they say is none of its business."""
