# bash completion for miltercrypt: asks the program itself, which knows its commands and options.
_miltercrypt() {
    local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
    local answers
    answers=$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | grep -v '^/')
    COMPREPLY=($(compgen -W "$answers" -- "$word"))
}
# Where the program has nothing to offer, a file may be meant.
complete -o default -F _miltercrypt miltercrypt
