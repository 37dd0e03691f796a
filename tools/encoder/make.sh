#!/bin/sh
# Make bot/encoder/ anew. Training needs an environment of its own: torch, made with pip on Python 3.11
# (other installers fetch a build for graphics cards of 3 GB). Nothing of it is needed to run the product.
set -eu
cd "$(dirname "$0")/../.."
environment=var/encoder-venv
if [ ! -x "$environment/bin/python" ]; then
    "${PYTHON:-python3.11}" -m venv "$environment"
fi
"$environment/bin/python" -m pip install --quiet --requirement tools/encoder/requirements.txt
exec nice -n 10 "$environment/bin/python" -m tools.encoder "$@"
