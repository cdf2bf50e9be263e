#!/bin/bash
# run.sh [PROJECT...]: builds and runs the test projects, all of them when none is named, and ends with the names of the
# tests that failed and "N passed, N failed, N skipped". Fails when a test fails, when a runner dies without a result, or when nothing ran.
#
# The tests drive the published program, as its users run it: `make build` comes first, or MILTERCRYPT_BIN names another.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export MILTERCRYPT_BIN=${MILTERCRYPT_BIN:-$PWD/artifacts/bin/miltercrypt}
results=artifacts/test-results
rm -rf "$results"; mkdir -p "$results"

projects=("$@")
# The quick ones first; real mail servers last.
[ ${#projects[@]} != 0 ] ||
    mapfile -t projects < <(cd tests && ls -d MilterCrypt.*.Tests MilterCrypt.Tests MilterCrypt.Interop | sort -u | grep -v Interop; echo MilterCrypt.Interop)

dotnet build MilterCrypt.sln -v quiet --nologo -clp:NoSummary || exit 1

# An attribute of the assembly element, 0 where it is missing.
count() { local n; n=$(sed -n "s/.*<assembly [^>]*\b$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -1); echo "${n:-0}"; }

# The tests that failed, one a line with the beginning of what they said; a failure outside of a test by its kind and, where it has
# one, its name.
failures() {
    perl -0777 -ne '
        while (/<(test|error) ([^>]*)>(.*?)(?=<test |<error |\z)/gs) {
            my ($kind, $attributes, $content) = ($1, $2, $3);
            next if $kind eq "test" && $attributes !~ /\bresult="Fail"/;
            my ($name) = $attributes =~ /\bname="([^"]*)"/;
            my ($type) = $kind eq "error" ? $attributes =~ /\btype="([^"]*)"/ : ();
            my ($said) = $content =~ m{<message>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</message>}s;
            my $line = join(": ", grep { defined } $type, $name, defined $said ? substr($said =~ s/\s+/ /gr, 0, 400) : undef);
            $line =~ s/&quot;/"/g; $line =~ s/&lt;/</g; $line =~ s/&gt;/>/g; $line =~ s/&amp;/&/g;
            print "$line\n";
        }' "$1"
}

passed=0 failed=0 skipped=0 names=()
for project in "${projects[@]}"; do
    xml=$results/$project.xml
    run=(dotnet "artifacts/dotnet/bin/$project/debug/$project.dll" -noLogo -noColor -xml "$xml")
    # Mail servers need root; nothing else gets it.
    [ "$project" = MilterCrypt.Interop ] && run=(tests/as-root.sh "${run[@]}")
    "${run[@]}" | grep -vE '^ +(Discover(ing|ed)|Starting|Finished):'
    if [ ! -s "$xml" ]; then
        echo "$project: the runner died without a result"
        failed=$((failed + 1)) names+=("$project: no result")
        continue
    fi
    passed=$((passed + $(count passed "$xml")))
    # What fails outside a test (a fixture, a clean-up) counts as a failure too.
    failed=$((failed + $(count failed "$xml") + $(count errors "$xml")))
    skipped=$((skipped + $(count skipped "$xml")))
    mapfile -t -O ${#names[@]} names < <(failures "$xml")
done

echo
[ ${#names[@]} = 0 ] || printf 'failed: %s\n' "${names[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ] && [ $passed != 0 ]
