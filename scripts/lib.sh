# shellcheck shell=bash
# Shared by the set-up scripts: messages and Debian packages. Sourced, not run.

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

# install_packages NAME...: installs the Debian packages that are missing, with sudo when needed.
install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q '^install ok installed$' \
            || missing+=("$name")
    done
    ((${#missing[@]})) || return 0
    command -v apt-get >/dev/null \
        || die "please install what your system calls these Debian packages: ${missing[*]}"
    local as_root=()
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || die "please run as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# find_python: prints a Python >= 3.11 that can make environments; installs Debian's if there is none.
find_python() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return
        fi
    done
    install_packages python3 python3-venv
    /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
        || die "this needs Python 3.11 or newer"
    echo /usr/bin/python3
}
