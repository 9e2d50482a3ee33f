# Completion of staithe(1) for bash. Commands and flags come from the program's own help, so they cannot disagree.

_staithe_containers() { staithe ps "$@" 2>/dev/null | awk -F '  +' 'NR > 1 { split($NF, names, ", "); print names[1] }'; }
_staithe_images() { staithe images 2>/dev/null | awk 'NR > 1 && $1 != "<none>" { print $1 ":" $2 }'; }
_staithe_commands() { staithe --help 2>/dev/null | awk '/^  [a-z]/ { print $1 }'; }
_staithe_flags() { staithe help "$1" 2>/dev/null | grep -oE -- '(^|[ ,])--?[A-Za-z][A-Za-z-]*' | tr -d ' ,'; }

_staithe() {
    local word=${COMP_WORDS[COMP_CWORD]} command= i
    for ((i = 1; i < COMP_CWORD; ++i)); do
        case ${COMP_WORDS[i]} in
            -H | --host) ((++i)) ;;
            -*) ;;
            *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    if [[ -z $command ]]; then
        COMPREPLY=($(compgen -W "$(_staithe_commands)" -- "$word"))
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(_staithe_flags "$command")" -- "$word"))
    else
        case $command in
            run | create | rmi) COMPREPLY=($(compgen -W "$(_staithe_images)" -- "$word")) ;;
            attach | stop | kill | top | port) COMPREPLY=($(compgen -W "$(_staithe_containers)" -- "$word")) ;;
            start | restart | wait | rm | logs | export | diff) COMPREPLY=($(compgen -W "$(_staithe_containers -a)" -- "$word")) ;;
            cp)
                compopt -o nospace
                COMPREPLY=($(compgen -S : -W "$(_staithe_containers -a)" -- "$word") $(compgen -f -- "$word"))
                ;;
            inspect) COMPREPLY=($(compgen -W "$(_staithe_containers -a) $(_staithe_images)" -- "$word")) ;;
            help) COMPREPLY=($(compgen -W "$(_staithe_commands)" -- "$word")) ;;
            import) COMPREPLY=($(compgen -f -- "$word")) ;;
        esac
    fi
}
complete -F _staithe staithe
