"""The checks behind `connector ping`, of the connector's own parts, Rippling and Visma."""
