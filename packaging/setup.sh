#!/usr/bin/env bash
# Makes everything ready to run and to test: system libraries, .venv, the locked packages, the project itself.
# Quiet when all goes well; safe to run again.
set -euo pipefail
cd "$(dirname "$0")/.."

. packaging/system_packages.sh

suits() {
    "$1" -c '
import sys
sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
' >/dev/null 2>&1 && "$1" -c 'import ctypes, ensurepip, sqlite3, ssl, venv' >/dev/null 2>&1
}

find_python() {
    local name
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if suits "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "This step of the set-up failed: $*" >&2
        exit 1
    fi
    rm -f "$log"
}

python=$(find_python) || true
install_system_packages ${python:+"have-python"}
[ -n "$python" ] || python=$(find_python) || {
    echo "Python 3.11, 3.12 or 3.13 is needed (with its venv and sqlite3 modules), and none was found." >&2
    echo "Install one from your system's packages or https://www.python.org, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
}

if [ -e .venv ] && ! suits .venv/bin/python; then
    rm -rf .venv
fi
if [ ! -e .venv ]; then
    echo "Setting up the Python environment in .venv; the first time this takes a minute or two …"
    quietly "$python" -m venv .venv
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
quietly .venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
quietly .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
quietly .venv/bin/python -m compileall -q desktop_chat
