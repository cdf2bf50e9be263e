#!/bin/bash
# test-native.sh: the tests of MilterCrypt.Native under valgrind, which sees what libcrypto, zlib, libbz2 and libargon2 do with
# the memory that we hand them. Fails when a test fails, and when one of them reads or writes where it may not, uses what
# nobody wrote, or loses memory because we did not give it back. Some minutes.
#
# The tests are built first. What .NET's runtime does by itself is left out: see memcheck.awk.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
dll=artifacts/dotnet/bin/MilterCrypt.Native.Tests/debug/MilterCrypt.Native.Tests.dll
found=artifacts/test-results/memcheck.xml

command -v valgrind >/dev/null || { echo "test-native.sh: valgrind is not installed" >&2; exit 77; }
mkdir -p "$(dirname "$found")"; rm -f "$found"

# The runtime writes code into memory and runs it: once, where it stays, so that valgrind translates it once. It reserves
# address space by the size of its heap, of which valgrind has less. Its youngest generation is small, so that it is used
# again and again: an old pointer left in there would hide that what it points to is lost.
export DOTNET_EnableWriteXorExecute=0 DOTNET_TieredCompilation=0 DOTNET_GCHeapHardLimit=0x10000000 DOTNET_GCgen0size=0x80000
export DOTNET_gcServer=0 DOTNET_gcConcurrent=0
valgrind --quiet --smc-check=all-non-file --trace-children=no --num-callers=30 --leak-check=full --errors-for-leak-kinds=definite \
    --show-leak-kinds=definite --xml=yes --xml-file="$found" \
    dotnet "$dll" -noLogo -noColor "$@" | grep -vE '^ +(Discover(ing|ed)|Starting|Finished):'
tests=${PIPESTATUS[0]}

# Without its last line the file says nothing: valgrind was killed.
grep -q '</valgrindoutput>' "$found" || { echo "test-native.sh: valgrind came to no end" >&2; exit 1; }
awk -f tests/memcheck.awk "$found"
memory=$?
[ "$tests" = 0 ] && [ $memory = 0 ]
