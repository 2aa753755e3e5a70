#!/usr/bin/env bash
# Creates .venv with the libraries of requirements.lock and the command `reversal`; uses uv if available, else pip.
set -euo pipefail

python=""
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
  if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Reversal needs Python 3.11 or newer; none was found. Install it, or give its path: make demo PYTHON=/path/to/python3" >&2
  exit 1
fi

echo "Setting up .venv with $("$python" --version) …"
[ -x .venv/bin/python ] || "$python" -m venv .venv
if command -v uv >/dev/null; then
  uv=uv
elif .venv/bin/python -m pip install --quiet uv 2>.venv/uv.log; then
  uv=.venv/bin/uv
else
  uv=""
fi

if [ -n "$uv" ]; then
  "$uv" pip install --quiet --python .venv/bin/python --require-hashes -r requirements.lock
  "$uv" pip install --quiet --python .venv/bin/python --no-build-isolation --no-deps --editable .
else
  echo "uv could not be installed (.venv/uv.log); using pip, which takes longer"
  .venv/bin/python -m pip install --quiet --require-hashes -r requirements.lock
  .venv/bin/python -m pip install --quiet --no-build-isolation --no-deps --editable .
fi

# Where Python may not write what it has compiled (a shared disk, an image with PYTHONDONTWRITEBYTECODE), each job would
# compile its libraries again, which takes longer than measuring a cell. Files that do not compile are never imported.
.venv/bin/python -m compileall -q -j 0 -x '[/\\]tests?[/\\]' .venv/lib analysis >/dev/null || true
