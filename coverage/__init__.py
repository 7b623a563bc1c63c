"""Cakupan: how far are workers from their social-security targets, and what closes the gap?

The map, from the ground up; a room imports only from rooms above it:

- ground: `errors` (what went wrong, as data), `settings` (every threshold and rate, with its source),
  `tables` (the contract: which columns a table has), `texts` (words, numbers and months of a language)
- what was handed in: `intake` (files as branches send them, to one canonical table), `checks`
- what is: `history` (the rates of the past), `targets`, `scope` (what is being looked at), `gaps`
- what if: `projection` (stocks and flows, month by month), `scenarios` (levers and programmes in a file or a link)
- showing it: `charts`, `account` (what was understood of the files), `reference` (what the words and figures mean),
  `cli`

The package is pure Python and never imports Streamlit; `app.py` and `pages/` arrange what it returns.
"""

__version__ = "0.1.0"
