# memcheck.awk: reads what valgrind found (--xml=yes) and prints what is ours: an error in a library that MilterCrypt.Native
# calls, or an access of our own code outside of a block from malloc. Ends with the number of findings that it judged.
#
# An error belongs to the code on its stack from the inside out up to the first managed frame; what is further out is its
# caller. .NET's runtime, its compiler and its own bridge to libcrypto have findings of their own, which are not ours.

function text(line) { gsub(/^ *<[^>]*>|<\/[^>]*> *$/, "", line); return line }

/^<error>/ { kind = ""; stacks = 0; frames = 0 }
/^ *<kind>/ && stacks == 0 { kind = text($0) }
/^ *<stack>/ { stacks++ }
/^ *<frame>/ && stacks == 1 { frames++; object[frames] = ""; name[frames] = "" }
/^ *<obj>/ && stacks == 1 { object[frames] = text($0) }
/^ *<fn>/ && stacks == 1 { name[frames] = text($0) }

/^<\/error>/ {
    judged++
    library = ""; managed = 0; runtime = 0
    for (i = 1; i <= frames && !managed && !runtime; i++) {
        if (object[i] ~ /\/lib(crypto|z|bz2|argon2)\.so/) library = object[i]
        else if (object[i] == "" || object[i] ~ /\.dll$/) managed = 1
        else if (object[i] ~ /Microsoft\.NETCore\.App.*\.so$/ && object[i] !~ /libSystem\.Native\.so$/) runtime = 1
    }
    bad_access = kind ~ /^(InvalidRead|InvalidWrite|InvalidFree|MismatchedFree|SyscallParam|Overlap)$/
    lost = kind ~ /^Leak_(DefinitelyLost|IndirectlyLost)$/
    leak = kind ~ /^Leak_/
    if (runtime || !(library != "" && (lost || !leak) || bad_access)) next

    ours++
    print kind
    for (i = 1; i <= frames && i <= 12; i++) print "    " (name[i] == "" ? "?" : name[i]) "  " object[i]
}

END {
    printf "%d findings judged, %d of them ours\n", judged, ours
    exit ours > 0
}
