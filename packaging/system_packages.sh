# Sourced by setup.sh: the system's own libraries, on Debian, Ubuntu and what descends from them.
# A name with a bar has another name in other releases.
# shellcheck shell=bash

# Without these Qt does not load, or the window does not open.
needed_packages=(
    "libglib2.0-0t64|libglib2.0-0" libgl1 libegl1 libfontconfig1 libdbus-1-3 libxkbcommon0 libbrotli1
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxcb-randr0 libxcb-render-util0
    libxcb-image0 libxkbcommon-x11-0 libx11-xcb1
)
# Without these it works, but looks plainer, and the tests of the keyring, of a real X server, of what a screen reader
# finds, of power cuts, of certificates and of bad lines are left out; under CI they fail.
wanted_packages=(
    fonts-inter fonts-jetbrains-mono fonts-noto-color-emoji fonts-noto-cjk
    xvfb gnome-keyring dbus-daemon desktop-file-utils appstream
    at-spi2-core python3-gi gir1.2-atspi-2.0
    gcc libc6-dev curl openssl util-linux mount iproute2
)

is_installed() {
    local name
    for name in ${1//|/ }; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] && return 0
    done
    return 1
}

# The name that this release knows; nothing when it knows none.
known_name() {
    local name policy
    for name in ${1//|/ }; do
        policy=$(apt-cache policy "$name" 2>/dev/null)
        if [[ $policy =~ Candidate:\ [^\(] ]]; then
            echo "$name"
            return
        fi
    done
}

known_names() {
    local entry
    for entry in "$@"; do known_name "$entry"; done
}

install_with_apt() {
    local log
    log=$(mktemp)
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# install_system_packages [have-python]: installs what is missing when root, else tells what to install.
install_system_packages() {
    if [ "$(uname)" != Linux ]; then return; fi
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        if [ ! -e .venv ]; then
            echo "This is no Debian: please see to it that these are installed, by whatever name they have here:"
            echo "  ${needed_packages[*]%%|*} ${wanted_packages[*]}"
        fi
        return
    fi
    local needed=() wanted=() entry
    if [ $# -eq 0 ]; then
        for entry in python3 python3-venv; do is_installed "$entry" || needed+=("$entry"); done
    fi
    for entry in "${needed_packages[@]}"; do is_installed "$entry" || needed+=("$entry"); done
    for entry in "${wanted_packages[@]}"; do is_installed "$entry" || wanted+=("$entry"); done
    if [ ${#needed[@]} -eq 0 ] && [ ${#wanted[@]} -eq 0 ]; then return; fi

    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq >/dev/null 2>&1 || echo "apt-get update failed; going on with the lists that are here." >&2
    fi
    local names_needed names_wanted
    mapfile -t names_needed < <(known_names ${needed[@]+"${needed[@]}"})
    mapfile -t names_wanted < <(known_names ${wanted[@]+"${wanted[@]}"})
    if [ "$(id -u)" = 0 ]; then
        if [ ${#names_needed[@]} -gt 0 ]; then
            echo "Installing system packages: ${names_needed[*]} …"
            install_with_apt "${names_needed[@]}" || exit 1
        fi
        if [ ${#names_wanted[@]} -gt 0 ]; then
            echo "Installing fonts and test tools: ${names_wanted[*]} …"
            install_with_apt "${names_wanted[@]}" || echo "Going on without: ${names_wanted[*]}" >&2
        fi
        return
    fi
    if [ ${#needed[@]} -gt 0 ]; then
        echo "Some system libraries are missing. Please run this, then try again:" >&2
        echo "  sudo apt-get install --no-install-recommends ${names_needed[*]} ${names_wanted[*]}" >&2
        exit 1
    fi
    if [ ${#names_wanted[@]} -gt 0 ]; then
        echo "It looks better, and all tests run, with:"
        echo "  sudo apt-get install --no-install-recommends ${names_wanted[*]}"
    fi
}
