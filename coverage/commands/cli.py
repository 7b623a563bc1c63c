"""What may be typed after `python -m coverage`, and what comes back when it is wrong?

The commands and options are declared once (`OPTIONS`, `COMMANDS`); Typer's parameters, both languages' help and the
refusals follow from the declarations. The work itself (`commands`) is imported only when a command runs, so that help
is there at once.
"""

from __future__ import annotations

import contextlib
import errno
import inspect
import io
import locale
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from babel import Locale
from typer.core import TyperCommand, TyperGroup

from coverage.base import texts as languages
from coverage.base.errors import CakupanError, UsageRefused
from coverage.base.texts import Texts
from coverage.commands import terminal
from coverage.commands.options import COMMANDS, EXAMPLES, OPTIONS, Option
from coverage.commands.terminal import HelpEntry

PROGRAM = "python -m coverage"
DONE, REFUSED, INTERRUPTED, PIPE_CLOSED = 0, 2, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code: 0 done, 1 a person must look, 2 refused in one line."""
    _speak_utf8()
    arguments = list(sys.argv[1:] if argv is None else argv)
    texts = languages.load(_environment())
    try:
        texts, arguments = _language(arguments, texts)
        code = app(texts, arguments)(arguments)
        sys.stdout.flush()
        return code
    except CakupanError as error:
        return _refuse(texts.error(error))
    except typer.TyperException as error:
        return _refuse(texts.error(_usage(error)))
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _system(error, texts)


def app(texts: Texts, arguments: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """Build the commands that a line may mean, with all their words in one language; call the result with the line."""
    typed = typer.Typer(
        cls=_group(texts), add_completion=False, pretty_exceptions_enable=False, invoke_without_command=True
    )

    @typed.callback()
    def start(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    for name in COMMANDS.keys() & arguments:  # to build all of them takes longer than what most are asked
        options = [option for option in OPTIONS if option.name in COMMANDS[name]]
        typed.command(name, cls=_command(name, options, texts))(_callback(name, options, texts))
    group = typer.main.get_command(typed)

    def call(arguments: Sequence[str]) -> int:
        # Typer only reads the line; the work comes after it, or Typer would answer a closed pipe in its own way.
        work = group.main(args=list(arguments), prog_name=PROGRAM, standalone_mode=False)
        return int(work()) if callable(work) else int(work or DONE)

    return call


def _callback(name: str, options: Sequence[Option], texts: Texts) -> Callable[..., Callable[[], int]]:
    """Return the function that Typer calls with the options, made from their declarations; it returns the work."""

    def understand(**given: Any) -> Callable[[], int]:
        from coverage.commands import answering
        from coverage.commands.request import Request

        for option in options:
            value = given[option.parameter]
            if (
                option.takes
                and value is not None
                and any(not text.strip() for text in (value if option.many else [value]))
            ):
                raise UsageRefused("option_empty", option=f"--{option.name}")
        del given["language"]  # chosen before the words of the help were
        wanted: dict[str, Any] = {
            key: tuple(value or ()) if isinstance(value, list) else value for key, value in given.items()
        }
        return partial(answering.run, name, Request(**wanted), texts)

    parameters = [
        inspect.Parameter(
            option.parameter,
            inspect.Parameter.KEYWORD_ONLY,
            default=[] if option.many else None if option.takes else False,
            annotation=Annotated[_kind_of(option), typer.Option(f"--{option.name}")],
        )
        for option in options
    ]
    function: Any = understand
    function.__signature__ = inspect.Signature(parameters)
    return understand


def _kind_of(option: Option) -> Any:
    if not option.takes:
        return bool
    return list[str] if option.many else str | None


def _command(name: str, options: Sequence[Option], texts: Texts) -> type[TyperCommand]:
    """Return a command whose help is in this language, and which refuses words that it has no place for."""

    class Command(TyperCommand):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            entries = [_entry(option, texts, name) for option in options] + [_help_entry(texts)]
            about = [texts(f"cli.command.{name}.help"), *_examples(name, texts)]
            usage = f"{texts('cli.usage')}: {ctx.command_path} {texts('cli.options_short')}"
            formatter.write(terminal.help_page(usage, about, [(texts("cli.options"), entries)], sys.stdout))

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            ctx.allow_extra_args = True
            rest = super().parse_args(ctx, args)
            data = ctx.params.get("data")
            # A shell turns `--data *.csv` into many words: those that are files are data too.
            stray = [parse_argument for parse_argument in rest if not (data and Path(parse_argument).exists())]
            if stray:
                code = "file_unnamed" if Path(stray[0]).exists() else "argument_unexpected"
                raise UsageRefused(code, found=stray[0])
            if rest:
                ctx.params["data"] = [*data, *rest]
            return rest

    return Command


def _group(texts: Texts) -> type[TyperGroup]:
    """Return the group of all commands, its help in this language."""

    class Group(TyperGroup):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            commands = [HelpEntry(name=name, words=texts(f"cli.command.{name}.help")) for name in COMMANDS]
            options = [_entry(option, texts) for option in OPTIONS if option.name == "language"]
            lists = [(texts("cli.commands"), commands), (texts("cli.options"), [*options, _help_entry(texts)])]
            about = [texts("cli.about"), *_examples("gaps", texts), texts("cli.more"), texts("cli.codes")]
            usage = f"{texts('cli.usage')}: {ctx.command_path} {texts('cli.command_word')} {texts('cli.options_short')}"
            formatter.write(terminal.help_page(usage, about, lists, sys.stdout))

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args[0] not in COMMANDS:
                raise UsageRefused("command_unknown", found=args[0], allowed=" | ".join(COMMANDS))
            return super().resolve_command(ctx, args)

    return Group


def _entry(option: Option, texts: Texts, command: str = "") -> HelpEntry:
    """Return an option with what it takes and means, and what it means besides to this command."""
    key, here = f"cli.metavar.{option.takes}", f"cli.command.{command}.{option.name}"
    words = texts(f"cli.option.{option.name}") + (f" {texts(here)}" if here in texts else "")
    return HelpEntry(
        name=f"--{option.name}",
        takes=texts(key) if key in texts else option.takes,
        words=f"{words} {texts('cli.many')}" if option.many else words,
    )


def _help_entry(texts: Texts) -> HelpEntry:
    return HelpEntry(name="--help", words=texts("cli.option.help"))


def _examples(name: str, texts: Texts) -> list[str]:
    lines = "\n".join(f"  {PROGRAM} {example}" for example in EXAMPLES[name])
    return [f"{texts('cli.example_word')}:\n{lines}"]


def _language(arguments: Sequence[str], texts: Texts) -> tuple[Texts, list[str]]:
    """Take `--language` out of the line, wherever it stands: it decides the words of everything else."""
    rest: list[str] = []
    wanted = None
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name != "--language":
            rest.append(word)
            continue
        wanted = value if equals else next(words, "")
        if not wanted:
            raise UsageRefused("option_empty", option="--language")
    if wanted is None:
        return texts, rest
    if wanted not in languages.languages():
        allowed = " | ".join(languages.languages())
        raise UsageRefused("language_unknown", found=wanted, allowed=allowed)
    return languages.load(wanted), rest


def _environment(variables: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str:
    """Return the language of the environment's locale; Indonesian if it is none of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if variables.get(name):
            return languages.choose(variables[name].partition(".")[0])
    if platform != "win32":
        return languages.choose(None)
    # Windows has no such variables, and says "Indonesian_Indonesia.1252" or "en-ID", at which `getlocale` gives up.
    text = locale.setlocale(locale.LC_CTYPE).partition(".")[0].partition("_")[0]
    named = {
        (Locale.parse(language).english_name or language).casefold(): language for language in languages.languages()
    }
    return languages.choose(named.get(text.casefold(), text))


def _usage(error: typer.TyperException) -> UsageRefused:
    """Say in our own words what Typer found wrong with the line."""
    option = getattr(error, "option_name", None)
    if option is None:
        return UsageRefused("usage_refused")
    if not hasattr(error, "possibilities"):
        return UsageRefused("option_empty", option=option)
    context = getattr(error, "ctx", None)
    accepted = COMMANDS.get(getattr(context, "info_name", ""), frozenset({"language"}))
    allowed = [f"--{each_option.name}" for each_option in OPTIONS if each_option.name in accepted]
    return UsageRefused("option_unknown", found=option, allowed=" ".join([*allowed, "--help"]))


def _refuse(sentence: str) -> int:
    sys.stderr.write(terminal.on_one_line(sentence) + "\n")
    return REFUSED


def _system(error: OSError, texts: Texts) -> int:
    """Say what the computer refused; a reader that went away (`| head`) is nothing to speak of."""
    nameless = error.filename is None
    # Windows calls a closed pipe an invalid argument, and much of what goes wrong with a file or a share as well.
    closed = isinstance(error, BrokenPipeError) or (
        sys.platform == "win32" and error.errno == errno.EINVAL and nameless
    )
    if closed or nameless:
        _let_go_of_output()
    if closed:
        return PIPE_CLOSED
    result = texts.reason(error.strerror or type(error).__name__)
    if nameless:
        return _refuse(texts("error.output_failed", found=result))
    return _refuse(texts("error.system_refused", found=result, file=str(error.filename)))


def _let_go_of_output() -> None:
    """Point standard output nowhere, or Python would try to flush it again on its way out."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def _speak_utf8() -> None:
    """Write UTF-8 with plain line feeds, whatever the console's code page; never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
