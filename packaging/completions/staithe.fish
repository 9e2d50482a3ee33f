# Completion of staithe(1) for fish. Commands and flags come from the program's own help, so they cannot disagree.

function __staithe_commands
    staithe --help 2>/dev/null | string match -rg '^  ([a-z]+) +(.*)' | while read -l name; read -l text; echo $name\t$text; end
end

function __staithe_command
    set -l words (commandline -opc) ''
    for i in (seq 2 (count $words))
        string match -qr '^(-H|--host)$' -- $words[(math $i - 1)]; and continue
        string match -qr '^(-|$)' -- $words[$i]; or begin; echo $words[$i]; return; end
    end
end

function __staithe_flags
    staithe help (__staithe_command) 2>/dev/null | string match -r '^ +(?:-[A-Za-z], )?--[a-z-]+' | string match -ra -- '--?[A-Za-z][a-z-]*'
end

function __staithe_containers
    staithe ps $argv 2>/dev/null | string match -rg '  (\S+?)(?:, \S+)*$' | tail -n +2
end

function __staithe_images
    staithe images 2>/dev/null | string match -rg '^([^<]\S*) +(\S+)' | tail -n +3 | while read -l name; read -l tag; echo $name:$tag; end
end

function __staithe_is
    contains -- (__staithe_command) $argv
end

complete -c staithe -f
complete -c staithe -n 'test -z (__staithe_command)' -a '(__staithe_commands)'
complete -c staithe -n 'test -n (__staithe_command); and string match -q -- "-*" (commandline -ct)' -a '(__staithe_flags)'
complete -c staithe -n '__staithe_is help' -a '(__staithe_commands)'
complete -c staithe -n '__staithe_is run create rmi history tag verify inspect' -a '(__staithe_images)'
complete -c staithe -n '__staithe_is attach stop kill top port' -a '(__staithe_containers)'
complete -c staithe -n '__staithe_is start restart wait rm logs export diff commit inspect' -a '(__staithe_containers -a)'
complete -c staithe -n '__staithe_is cp' -F -a '(__staithe_containers -a):'
complete -c staithe -n '__staithe_is import' -F
complete -c staithe -n '__staithe_is tree' -l svg -r -F
