"""Cakupan: how far are workers from their social-security targets, and what closes the gap?

The map, from the ground up; a folder imports only from the rows above it, and folders of one row do not know each
other:

- `base`: what all stand on: errors, months, settings, tables, texts, declarations, languages
- `intake`: what was handed in, and what is wrong with it; `model`: what happens, month by month; `charts`: a table as
  a picture
- `standing`: where everybody stands; `answers`: what it takes, what did it, what it costs, how good it is
- `wording`: every sentence and table in words
- `records`: what people keep
- `reports`: what people take away
- `commands`: the command line

Data flow one way: files -> `intake` -> one canonical table -> `standing`, `model` -> `answers` -> `wording`, `charts`
-> `reports`, pages, `commands`. The package is pure Python and never imports Streamlit; `app.py` and `pages/` arrange
what it returns.
"""

import tomllib
from pathlib import Path

with (Path(__file__).resolve().parent.parent / "pyproject.toml").open("rb") as _project:
    __version__: str = tomllib.load(_project)["project"]["version"]  # no wheel is built: the file is always there
