"""What the verbs of `connector mappings` are given alike."""

from __future__ import annotations

from connector.services.operate.verbs.verb import Argument, Form

THE_FILE = Argument("file", "mapping file", Form.INPUT_FILE, is_required=True)
SURE = Argument("yes", "do not ask", Form.FLAG, flag="--yes")
