# Completion of staithe(1) for bash. Commands and flags come from the program's own help, so they cannot disagree.

_staithe_containers() { staithe ps "$@" 2>/dev/null | awk -F '  +' 'NR > 1 { split($NF, names, ", "); print names[1] }'; }
_staithe_images() { staithe images 2>/dev/null | awk 'NR > 1 && $1 != "<none>" { print $1 ":" $2 }'; }
_staithe_commands() { staithe --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }'; }
_staithe_flags() { staithe help "$1" 2>/dev/null | grep -oE -- '(^|[ ,])--?[A-Za-z][A-Za-z-]*' | tr -d ' ,'; }

# Offers the lines of standard input that begin with $1. Not by compgen -W: that expands what it is given, and the name of
# an image is anybody's text. Readline puts an answer after the last colon of the word, so what is before it is left out.
_staithe_offer() {
    local line before=
    [[ $COMP_WORDBREAKS == *:* && $1 == *:* ]] && before=${1%"${1##*:}"}
    while read -r line; do
        [[ $line == "$1"* && $line != *[!A-Za-z0-9_./:-]* ]] && COMPREPLY+=("${line#"$before"}")
    done
}

_staithe_files() {
    local file
    while read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
}

_staithe() {
    # By blanks alone: COMP_WORDS is cut at the colons of hosts and images, too.
    local words word command= i
    read -ra words <<< "${COMP_LINE:0:COMP_POINT}"
    [[ ${COMP_LINE:0:COMP_POINT} == *' ' ]] && words+=('')
    word=${words[-1]} COMPREPLY=()
    for ((i = 1; i < ${#words[@]} - 1; ++i)); do
        case ${words[i]} in
            -H | --host) ((++i)) ;;
            -*) ;;
            *) command=${words[i]}; break ;;
        esac
    done
    if [[ -z $command ]]; then
        _staithe_offer "$word" < <(_staithe_commands; echo help)
    elif [[ $word == -* ]]; then
        _staithe_offer "$word" < <(_staithe_flags "$command")
    elif [[ ${words[-2]} == --svg || ${words[-2]} == --cidfile || ${words[-2]} == -o ]]; then
        _staithe_files "$word"
    else
        case $command in
            run | create | rmi | history | tag | verify) _staithe_offer "$word" < <(_staithe_images) ;;
            attach | stop | kill | top | port) _staithe_offer "$word" < <(_staithe_containers) ;;
            start | restart | wait | rm | logs | export | diff | commit) _staithe_offer "$word" < <(_staithe_containers -a) ;;
            cp)
                compopt -o nospace 2>/dev/null
                _staithe_offer "$word" < <(_staithe_containers -a | sed 's/$/:/')
                _staithe_files "$word"
                ;;
            inspect) _staithe_offer "$word" < <(_staithe_containers -a; _staithe_images) ;;
            help) _staithe_offer "$word" < <(_staithe_commands) ;;
            import) _staithe_files "$word" ;;
        esac
    fi
}
complete -F _staithe staithe
