"""Start Cakupan, or test it, from nothing but Python, pip and git.

    python3 run.py              make .venv and open the app on the sample data (further words go to Streamlit)
    python3 run.py -- FOLDER    the same on your own files, which are read again when they change
    python3 run.py test         make .venv, find or get a browser, run every test (further words go to pytest)
    python3 run.py lock         pin the dependencies anew (needs uv; `lock --upgrade` takes the newest)

On Windows: `py run.py`. Standard library only, since this makes what everything else needs. The pip of the Python
that runs this fills `.venv` from outside, so it also works where Debian has left out ensurepip.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.txt"  # written last, so a .venv without it is half made
APP, TESTS = "requirements.txt", "requirements-dev.txt"  # the second holds the first


def install(wanted: str) -> None:
    """Make `.venv` hold what a requirements file pins, for the Python that runs this; nothing if it does already."""
    version = "Python {}.{}".format(*sys.version_info)
    pins = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in (APP, TESTS)}
    made = STAMP.read_text("utf-8").splitlines() if PYTHON.exists() and STAMP.exists() else []
    if version in made and pins[wanted] in made:
        return
    if importlib.util.find_spec("pip") is None:
        sys.exit("pip is missing. Debian, Ubuntu: apt-get install python3-pip; elsewhere: python3 -m ensurepip")
    print("Setting up .venv: once, about half a minute.", flush=True)
    try:
        if version not in made:
            venv.create(VENV, clear=True, symlinks=os.name != "nt")
        STAMP.unlink(missing_ok=True)
    except OSError as error:
        sys.exit(f"Cannot make {VENV}: {error}. Is the folder yours, and no Cakupan running from it?")
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install"]
    options = ["--require-hashes", "--only-binary", ":all:", "--no-warn-script-location", "-r", wanted]
    if subprocess.run([*pip, *options], cwd=ROOT).returncode:
        sys.exit("pip could not install what Cakupan needs: its last lines above say why. Mend that, run this again.")
    holds = [pins[APP], pins[TESTS]] if wanted == TESTS else [pins[APP]]
    STAMP.write_text("\n".join([version, *holds]) + "\n", "utf-8")


def become(*arguments: str) -> None:
    """Hand over to the Python of `.venv`; as the same process where the system can, so that signals reach it."""
    command = [str(PYTHON), *arguments]
    os.chdir(ROOT)
    if os.name == "posix":
        os.execv(command[0], command)  # noqa: S606 - no shell is meant
    sys.exit(subprocess.run(command).returncode)


def meant(path: str, system: str = os.name) -> str:
    """Return the path that somebody typed: of "My data\\" Windows hands over a quotation mark in the backslash's place,
    and no name there holds one."""
    return path.replace('"', "\\") if system == "nt" else path


def start(arguments: list[str]) -> None:
    """Start the app; Streamlit opens a browser unless there is no display, or nobody to look at it."""
    if str(ROOT).startswith("\\\\"):  # \\server\share, or a drive that stands for it: no page may have such a path
        sys.exit(
            f"{ROOT} lies on the network, and Streamlit opens no app from there. Copy Cakupan to this computer;"
            " your files may stay where they are: py run.py -- FOLDER"
        )
    if "--" in arguments:  # what follows names a folder from where the caller stands, and become() goes to ROOT
        after = arguments.index("--") + 1
        if len(arguments[after:]) != 1:
            listed = ", ".join(arguments[after:]) or "nothing"
            sys.exit(
                f'After "--" stands one folder or file, in quotation marks if its name has a space; found: {listed}.'
            )
        arguments[after] = str(Path(meant(arguments[after])).absolute())
    install(APP)
    if os.environ.get("CI"):
        os.environ.setdefault("STREAMLIT_SERVER_HEADLESS", "true")
    become("-m", "streamlit", "run", "app.py", *arguments)


def test(arguments: list[str]) -> None:
    """Run every test, in two processes: one begins with those in a real browser, the other makes files. A third starts
    one more server and browser, and on two cores all wait for each other: a sixth more of processor time."""
    install(TESTS)
    browser = subprocess.run([str(PYTHON), "-m", "tests.browser.find"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if browser.returncode:
        sys.exit(browser.returncode)  # it has said what to install
    os.environ["CAKUPAN_BROWSER"] = browser.stdout.strip()
    become("-m", "pytest", "-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", *arguments)


def lock(arguments: list[str]) -> None:
    """Pin what `pyproject.toml` asks for, with hashes, for every system and Python at once, and no host's name."""
    uv = shutil.which("uv", path=os.pathsep.join([str(PYTHON.parent), os.environ.get("PATH", "")]))
    if uv is None:
        sys.exit("Pinning needs uv: python3 -m pip install uv")
    known = ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes"]
    quiet = ["--quiet", "--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "python run.py lock"]
    for extra in (["-o", APP], ["--extra", "dev", "-c", APP, "-o", TESTS]):
        command = [uv, "pip", "compile", *known, *quiet, *arguments, "pyproject.toml", *extra]
        subprocess.run(command, cwd=ROOT, check=True)


def main(words: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python runs this far, and should hear why it stops
        sys.exit("Cakupan needs Python 3.11 or newer; this one is {}.{}.".format(*sys.version_info))
    commands = {"test": test, "lock": lock}
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
    elif words and words[0] in commands:
        commands[words[0]](words[1:])
    elif words and not words[0].startswith("-"):
        own = f' Your own files: python3 run.py -- "{words[0]}"' if Path(words[0]).exists() else ""
        sys.exit(f'There is no command "{words[0]}"; there are: {", ".join(commands)}, or none to start the app.{own}')
    else:
        start(words)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
