"""What would be done about people if the writer looked at them now, and a plan made of that.

Pure. How it is found out, by the writer's own steps, is in `services/foresee`.
"""
