#!/bin/bash
# as-root.sh COMMAND...: Postfix and Sendmail want root even when everything they do is private to a test.
[ "$(id -u)" = 0 ] && exec "$@"
if ! command -v sudo >/dev/null; then
    echo "as-root.sh: run as root, or install sudo" >&2
    exit 77
fi
# sudo has a PATH of its own, on which a .NET SDK in somebody's home is not to be found.
keep=("PATH=$PATH")
for name in ACCEPT_INTEROP CI DOTNET_ROOT DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_NOLOGO FAULTS_RUNS FAULTS_SEED MILTERCRYPT_BIN; do
    [ -z "${!name:-}" ] || keep+=("$name=${!name}")
done
exec sudo env "${keep[@]}" "$@"
