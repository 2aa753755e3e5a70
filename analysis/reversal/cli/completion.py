"""``reversal completion SHELL`` prints a script that completes commands and options; it is made from the parsers."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

BASH = """_reversal() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" words="{commands}"
    case "${{COMP_WORDS[1]}}" in
{cases}
    esac
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    [[ $COMP_CWORD -eq 1 || $word == -* ]] || COMPREPLY+=($(compgen -f -- "$word"))
}}
complete -o filenames -F _reversal reversal"""
ZSH = "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"


def add_completion(subparsers: Any) -> None:
    """Add ``completion`` to the subcommands of ``reversal``; the commands that were added before are completed."""
    completion = subparsers.add_parser(
        "completion",
        help="print a script that completes commands and options in a shell",
        description='Print a script for your shell. bash: add to ~/.bashrc: eval "$(reversal completion bash)"; zsh: '
        "the same in ~/.zshrc with zsh.",
    )
    completion.add_argument("shell", choices=["bash", "zsh"])
    completion.set_defaults(run=lambda options: print(script(options.shell, subparsers.choices)))


def script(shell: str, commands: Mapping[str, argparse.ArgumentParser]) -> str:
    """Script for a shell."""
    cases = "\n".join(f'        {name}) words="{" ".join(_words(parser))}" ;;' for name, parser in commands.items())
    text = BASH.format(commands=" ".join(commands), cases=cases)
    return ZSH + text if shell == "zsh" else text


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Options of a command, and its subcommands."""
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices
