#!/bin/bash
# trixie.sh: a Debian 13 with its OpenPGP programs in artifacts/trixie, so that tests ask newer ones than this machine has.
#
# install-debian.sh calls it. It runs as root, or through sudo, once (some 40 seconds), and does nothing, quickly, when all
# is there. Nothing of the machine is bound into that folder, and nothing runs in it but what tests start with chroot. It
# never fails: where the folder can't be made, artifacts/trixie-missing says why, and the tests that want it say so and skip.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

programs=gpg,gpg-agent,gpgconf,sq,sqop,rsop,gosop,rnp

root=artifacts/trixie
missing=artifacts/trixie-missing
[ -e $root ] && exit 0

mkdir -p artifacts
give_up() { echo "trixie.sh: $1; tests of Debian 13's OpenPGP programs will skip" >&2; echo "$1" >$missing; exit 0; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
as_root true 2>/dev/null || give_up "no root, and no sudo that asks nothing"
[ -x /usr/sbin/debootstrap ] || give_up "debootstrap is not installed"

# The mirror that this machine is set up with, in either of apt's formats.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
    sed -nE 's#^URIs:[[:space:]]*(https?://[^[:space:]]*/debian)/?([[:space:]].*)?$#\1#p
             s#^deb[[:space:]]+(\[[^]]*\][[:space:]]+)?(https?://[^[:space:]]*/debian)/?[[:space:]].*#\2#p' | head -1)
[ -n "$mirror" ] || give_up "apt is set up with no Debian mirror"
eval "$(apt-config shell proxy Acquire::http::Proxy)"

new=$root.new
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Unpacking Debian 13 with ${programs//,/, }"
as_root rm -rf $new
if ! as_root env ${proxy:+"http_proxy=$proxy"} timeout 300 \
    debootstrap --variant=minbase --include=$programs trixie $new "$mirror" >"$log" 2>&1; then
    as_root rm -rf $new
    give_up "debootstrap failed: $(grep -E '^[EW]:' "$log" | tail -1)"
fi

# Packages and documentation are never looked at; what remains is a third.
as_root rm -rf $new/var/cache/apt/archives $new/usr/share/{doc,locale,man}
rm -f $missing
as_root mv $new $root
