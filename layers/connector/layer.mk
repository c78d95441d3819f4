# Builds the layer with the connector itself, for the runtime that the template names:
# `sam build` runs this through layers/targets/<runtime>-<processor>/Makefile, with ARTIFACTS_DIR.

TARGET := $(subst -, ,$(notdir $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))))
RUNTIME := $(firstword $(TARGET))

PYTHON := $(shell for each in $(RUNTIME) python3 python; do \
	$$each -c 'import sys; sys.exit("python%d.%d" % sys.version_info[:2] != "$(RUNTIME)")' 2>/dev/null && echo $$each && break; done)
PACKAGES := $(ARTIFACTS_DIR)/python

build-ConnectorLayer:
	@test -n "$(PYTHON)" || { echo "$(RUNTIME) is not on the PATH: install it, or name the Python you have, see docs/operations.md, 'One runtime for build and deployment'" >&2; exit 1; }
	@mkdir -p "$(PACKAGES)" && cp -R connector "$(PACKAGES)" && find "$(PACKAGES)" -name __pycache__ -prune -exec rm -rf {} +
	@PYTHONHASHSEED=0 $(PYTHON) -m compileall -q --invalidation-mode unchecked-hash -s "$(PACKAGES)" -p /opt/python "$(PACKAGES)"
