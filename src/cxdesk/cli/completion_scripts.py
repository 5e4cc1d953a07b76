"""`--install-completion`: the script of each shell, and where it is put."""

from __future__ import annotations

import os

from cxdesk import files
from cxdesk.errors import UnusableError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BASH = """\
# cxdesk: completion for bash. Written by cxdesk --install-completion.
_cxdesk_complete() {
    local line tab=$'\\t' found=() shown=()
    while IFS= read -r line; do
        found+=("${line%%"$tab"*}")
        shown+=("${line/"$tab"/  }")
    done < <(_CXDESK_COMPLETE=bash "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=()
    if [ "${found[0]-}" = :files ]; then
        compopt -o default 2>/dev/null
    elif [ "${#found[@]}" -eq 1 ]; then
        COMPREPLY=("${found[0]}")
    elif [ "${COMP_TYPE-}" = 63 ]; then
        COMPREPLY=("${shown[@]}")
    else
        COMPREPLY=("${found[@]}")
    fi
}
complete -F _cxdesk_complete cxdesk
"""
ZSH = """\
#compdef cxdesk
# cxdesk: completion for zsh. Written by cxdesk --install-completion.
_cxdesk() {
    local line tab=$'\\t'
    local -a found shown
    local -a told=("${(@f)$(
        _CXDESK_COMPLETE=zsh ${words[1]} "${(@)words[2,CURRENT]}" 2>/dev/null
    )}")
    for line in $told; do
        found+=("${line%%$tab*}")
        shown+=("${line/$tab/  -- }")
    done
    if [[ ${found[1]-} == :files ]]; then
        _files
    elif (( $#found )); then
        compadd -U -l -d shown -a found
    fi
}
if [ "$funcstack[1]" = "_cxdesk" ]; then
    _cxdesk "$@"
else
    compdef _cxdesk cxdesk
fi
"""
FISH = """\
# cxdesk: completion for fish. Written by cxdesk --install-completion.
function __cxdesk_complete
    set -l before (commandline -opc)
    set -l found (_CXDESK_COMPLETE=fish $before[1] $before[2..] (commandline -ct) 2>/dev/null)
    if test "$found[1]" = :files
        __fish_complete_path (commandline -ct)
    else if set -q found[1]
        printf '%s\\n' $found
    end
end
complete -c cxdesk -f -a '(__cxdesk_complete)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
PLACES = {
    "bash": "~/.local/share/bash-completion/completions/cxdesk",
    "zsh": "~/.zfunc/_cxdesk",
    "fish": "~/.config/fish/completions/cxdesk.fish",
}
# What a shell that does not look there by itself is told, and where.
ASKED_FOR = {
    "bash": ("~/.bashrc", "source ~/.local/share/bash-completion/completions/cxdesk"),
    "zsh": ("~/.zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
}
PUBLIC = 0o644


def install(arguments: list[str]) -> Any:
    """Write the script of the shell that is named, else of the one in use."""
    from cxdesk.views.reports import TextView

    shell = arguments[0] if arguments else os.path.basename(os.environ.get("SHELL", ""))
    if shell not in SCRIPTS:
        raise UsageError(
            f"There is no completion for {shell or 'this shell'}.",
            "cxdesk --install-completion bash (or zsh, or fish)",
        )
    try:
        told = [_write(shell), *_asked_for(shell)]
    except OSError as error:
        raise UnusableError(
            f"The completion cannot be written: {error.strerror}.",
            "Look who owns the files of your shell.",
        ) from error
    return TextView([*told, "It works in the next terminal you open."], {"did": "completion"})


def _write(shell: str) -> str:
    path = os.path.expanduser(PLACES[shell])
    os.makedirs(os.path.dirname(path), exist_ok=True)
    files.write(path, SCRIPTS[shell].encode(), PUBLIC)
    return f"The completion for {shell} is in {PLACES[shell]}"


def _asked_for(shell: str) -> list[str]:
    if shell not in ASKED_FOR:
        return []
    short, line = ASKED_FOR[shell]
    path = os.path.expanduser(short)
    before = b""
    if os.path.exists(path):
        with open(path, "rb") as file:
            before = file.read()
    if line.encode() in before.splitlines():
        return []
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    mode = os.stat(path).st_mode & 0o777 if before else PUBLIC
    files.write(path, before + gap + line.encode() + b"\n", mode)
    return [f"A line was added to {short}: {line}"]
