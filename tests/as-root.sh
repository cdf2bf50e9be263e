#!/bin/bash
# as-root.sh COMMAND...: Postfix and Sendmail want root even when everything they do is private to a test.
[ "$(id -u)" = 0 ] && exec "$@"
command -v sudo >/dev/null && exec sudo --preserve-env=PATH,HOME,CI,DOTNET_ROOT,DOTNET_CLI_TELEMETRY_OPTOUT,MILTERCRYPT_BIN "$@"
echo "as-root.sh: run as root, or install sudo" >&2
exit 77
