# Builds the layer with the connector itself, for the runtime that the template names:
# `sam build` runs this through layers/targets/<runtime>-<processor>/Makefile, with ARTIFACTS_DIR.
# TARGET, RUNTIME, PYTHON and PACKAGES are the same in both layers: SAM copies the folder of one and builds in the copy, where
# there is no file that both could include. tests/template/test_layers.py sees that they agree.

# The last word, because a path with a space in it is several words to make: this one ends in <runtime>-<processor>/Makefile.
TARGET := $(subst -, ,$(notdir $(patsubst %/,%,$(dir $(lastword $(filter %/Makefile,$(MAKEFILE_LIST)))))))
RUNTIME := $(firstword $(TARGET))

PYTHON := $(shell for each in $(RUNTIME) python3 python; do \
	$$each -c 'import sys; sys.exit("python%d.%d" % sys.version_info[:2] != "$(RUNTIME)")' 2>/dev/null && echo $$each && break; done)
PACKAGES := $(ARTIFACTS_DIR)/python

build-ConnectorLayer:
	@test -n "$(PYTHON)" || { echo "$(RUNTIME) is not on the PATH: install it, or name the Python you have, see docs/operations.md, 'One runtime for build and deployment'" >&2; exit 1; }
	@mkdir -p "$(PACKAGES)" && cp -R connector "$(PACKAGES)" && find "$(PACKAGES)" -name __pycache__ -prune -exec rm -rf {} +
	@PYTHONHASHSEED=0 $(PYTHON) -m compileall -q --invalidation-mode unchecked-hash -s "$(PACKAGES)" -p /opt/python "$(PACKAGES)"
