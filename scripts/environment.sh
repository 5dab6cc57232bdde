#!/bin/sh
# Makes .venv with the locked packages: finds or installs uv, finds a Python that is new enough.
# Never downloads an interpreter and never touches anything outside the project folder.
set -eu
cd "$(dirname "$0")/.."

tools=var/tools
log=var/environment.log
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv
mkdir -p var

fail() {
    echo "$1" >&2
    exit 1
}

works() {
    "$1" --version >/dev/null 2>&1
}

install_uv() {
    printf 'Installing uv … '
    rm -rf "$tools"
    # Debian's Python can lack venv, and other builds can lack pip: either one will do.
    { python3 -m venv "$tools" && "$tools/bin/python" -m pip install -q uv; } >"$log" 2>&1 ||
        { rm -rf "$tools" && python3 -m pip install -q --target "$tools" uv; } >>"$log" 2>&1 ||
        fail "failed; $log says why. Without this step: install uv by hand, then try again."
    echo done
}

# What .python-version names is preferred, but anything from 3.12 on will do.
find_python() {
    "$uv" python find --system "$(cat .python-version)" 2>/dev/null ||
        "$uv" python find --system '>=3.12' 2>/dev/null ||
        fail "topichub needs Python 3.12 or newer; found $(python_version)."
}

python_version() {
    python3 -c 'import platform; print(platform.python_version())' 2>/dev/null || echo none
}

works python3 || works uv || fail "topichub needs Python 3.12 or newer; found none."
if works uv; then
    uv=uv
else
    uv="$tools/bin/uv"
    works "$uv" || install_uv
fi
python=$(find_python)
printf 'Installing the packages … '
"$uv" sync --quiet --locked --python "$python" || fail "failed: see above."
rm -f "$log"
# uv keeps an environment that is up to date, so make needs a time stamp of our own.
touch .venv/.ready
echo done
