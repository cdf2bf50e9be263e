#!/bin/bash
# install-debian.sh demo|test|native: what `make demo`, `make test` or `make test-native` needs beside the .NET SDK, from Debian's own archive.
#
# Runs as root, or through sudo; does nothing, quickly, when all is there. A package that can't be had is named and
# left out: the tests that need it then skip and say why. No daemon of the machine's own is started or configured:
# Postfix is installed without a configuration, and Sendmail, which conflicts with it, is only unpacked beside it.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

# The program's own. libcrypto's old ciphers come with it on Debian 12, and in a package of their own from 13 on.
libraries=(libssl3 libidn2-0 zlib1g libbz2-1.0 libargon2-1)
compgen -G '/usr/lib/*/ossl-modules/legacy.so' >/dev/null || libraries+=(openssl-provider-legacy)

# Postfix, gpg and what they need to run unattended.
demo=("${libraries[@]}" postfix gnupg gpg-agent)

# Other implementations of OpenPGP read what is written; libmilter and a compiler make the filter to compare with;
# pymilter makes one that the milter client drives; m4 and the libraries are what the unpacked Sendmail needs; strace watches
# which files the daemon writes; opendkim signs behind it; of systemd one tool is used that needs none running (socket activation), of
# prometheus only promtool is unpacked, which judges /metrics; debootstrap unpacks newer OpenPGP programs (trixie.sh).
test=("${demo[@]}" sq sqop gosop rnp debootstrap openssl libmilter-dev python3-milter gcc libc6-dev strace gdb procps util-linux opendkim systemd
    m4 libwrap0 liblockfile1 libnsl2 libdb5.3 libldap-2.5-0 libsasl2-2)

case "${1:-}" in
    demo) wanted=("${demo[@]}") ;;
    test) wanted=("${test[@]}") ;;
    native) wanted=("${libraries[@]}" valgrind) ;;
    *) echo "usage: $0 demo|test|native" >&2; exit 64 ;;
esac

sendmail_root=artifacts/sendmail

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing=()
for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
done
# A Node.js that is already there, Debian's or not, will do.
[ "$1" = test ] && { command -v npm >/dev/null || missing+=(nodejs npm); }
unpack_sendmail=no
[ "$1" = test ] && [ ! -e "$sendmail_root/complete" ] && unpack_sendmail=yes

unpack_promtool=no
[ "$1" = test ] && [ ! -e artifacts/prometheus/promtool ] && unpack_promtool=yes

unpack_trixie() { [ "$1" != test ] || tests/trixie.sh; }
[ ${#missing[@]} = 0 ] && [ $unpack_sendmail = no ] && [ $unpack_promtool = no ] && { unpack_trixie "$1"; exit 0; }

if ! command -v apt-get >/dev/null; then
    echo "install-debian.sh: this is not Debian; install by hand: ${missing[*]}" >&2
    exit 0
fi

root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "install-debian.sh: run as root, or install sudo; missing: ${missing[*]}" >&2
    exit 77
fi
log=$(mktemp)
apt_get() {   # quiet; what went wrong is shown
    root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 ||
        { cat "$log" >&2; return 1; }
}

# Debian starts what it installs. This file, there only while we install, says no: nobody asked for a mail server on
# port 25. One that the administrator has put there stays as it is.
guard=/usr/sbin/policy-rc.d
ours=no
clean_up() { rm -f "$log"; [ $ours = no ] || root rm -f "$guard"; }
trap clean_up EXIT
if [ ! -e "$guard" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | root tee "$guard" >/dev/null
    root chmod 755 "$guard"
fi

echo "Installing from Debian: ${missing[*]:-}$([ $unpack_sendmail = yes ] && echo ' (and unpacking sendmail)')$([ $unpack_promtool = yes ] && echo ' (and unpacking promtool)')"
apt_get update || echo "install-debian.sh: apt-get update failed; going on with what the lists say" >&2

if [ ${#missing[@]} != 0 ]; then
    if printf '%s\n' "${missing[@]}" | grep -qx postfix && command -v debconf-set-selections >/dev/null; then
        echo 'postfix postfix/main_mailer_type select No configuration' | root debconf-set-selections
    fi
    if ! apt_get install -y --no-install-recommends "${missing[@]}"; then
        # One name that this release lacks must not cost the others.
        for package in "${missing[@]}"; do
            apt_get install -y --no-install-recommends "$package" ||
                echo "install-debian.sh: no $package to be had; tests that need it will skip" >&2
        done
    fi
fi

if [ $unpack_sendmail = yes ]; then
    download=$(mktemp -d)
    chmod 755 "$download"   # apt fetches as a user of its own
    if (cd "$download" && apt-get -qq download sendmail-bin sendmail-cf >/dev/null 2>&1); then
        mkdir -p "$sendmail_root"
        for deb in "$download"/*.deb; do dpkg -x "$deb" "$sendmail_root"; done
        touch "$sendmail_root/complete"
    else
        echo "install-debian.sh: no sendmail to be had; its tests will skip" >&2
    fi
    rm -rf "$download"
fi

if [ $unpack_promtool = yes ]; then
    download=$(mktemp -d)
    chmod 755 "$download"
    if (cd "$download" && apt-get -qq download prometheus >/dev/null 2>&1); then
        mkdir -p artifacts/prometheus
        dpkg --fsys-tarfile "$download"/prometheus_*.deb | tar -xO ./usr/bin/promtool >"$download/promtool"
        chmod 755 "$download/promtool"
        mv "$download/promtool" artifacts/prometheus/
    else
        echo "install-debian.sh: no prometheus to be had; the test that needs its promtool will skip" >&2
    fi
    rm -rf "$download"
fi

unpack_trixie "$1"
