# Builds the layer of third-party packages, for the runtime and processor that the template names:
# `sam build` runs this through layers/targets/<runtime>-<processor>/Makefile, with ARTIFACTS_DIR.
# TARGET, RUNTIME, PYTHON and PACKAGES are the same in both layers: SAM copies the folder of one and builds in the copy, where
# there is no file that both could include. tests/template/test_layers.py sees that they agree.

# The last word, because a path with a space in it is several words to make: this one ends in <runtime>-<processor>/Makefile.
TARGET := $(subst -, ,$(notdir $(patsubst %/,%,$(dir $(lastword $(filter %/Makefile,$(MAKEFILE_LIST)))))))
RUNTIME := $(firstword $(TARGET))
MACHINE := $(if $(filter arm64,$(lastword $(TARGET))),aarch64,x86_64)

# What Lambda's C library can load: Amazon Linux 2 runs Python 3.11, Amazon Linux 2023 what came later.
LIBRARIES := manylinux2014 manylinux_2_17 $(if $(filter-out python3.11,$(RUNTIME)),manylinux_2_28 manylinux_2_34)

PYTHON := $(shell for each in $(RUNTIME) python3 python; do \
	$$each -c 'import sys; sys.exit("python%d.%d" % sys.version_info[:2] != "$(RUNTIME)")' 2>/dev/null && echo $$each && break; done)
PACKAGES := $(ARTIFACTS_DIR)/python

build-DependenciesLayer:
	@test -n "$(PYTHON)" || { echo "$(RUNTIME) is not on the PATH: install it, or name the Python you have, see docs/operations.md, 'One runtime for build and deployment'" >&2; exit 1; }
	@PIP_USER=0 PIP_ROOT_USER_ACTION=ignore $(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --no-compile \
		--implementation cp --python-version $(RUNTIME:python%=%) $(LIBRARIES:%=--platform %_$(MACHINE)) \
		--target "$(PACKAGES)" --requirement requirements.txt
	@rm -rf "$(PACKAGES)/bin" "$(PACKAGES)"/*.dist-info/RECORD  # commands for, and paths of, the machine that builds
	@PYTHONHASHSEED=0 $(PYTHON) -W ignore -m compileall -q --invalidation-mode unchecked-hash -s "$(PACKAGES)" -p /opt/python "$(PACKAGES)"
