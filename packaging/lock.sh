#!/usr/bin/env bash
# Renews requirements.lock (what the program needs) and requirements-dev.lock (that, and what developing it needs):
# exact versions with the hashes of every file, for all systems and for Python 3.11 to 3.13.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -x build/uv/bin/uv ]; then
    .venv/bin/python -m venv build/uv
    build/uv/bin/pip install --quiet uv
fi
compile() {
    build/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --upgrade pyproject.toml "$@"
}
compile --output-file requirements.lock
compile --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock
