"""Which input of a page stands for a choice of its frame now?"""

from __future__ import annotations

import re
from typing import Any

from streamlit.testing.v1 import AppTest


def picker(app: AppTest, name: str) -> Any:
    """Return the input of a choice; its own key counts up whenever something else has changed the choice."""
    inputs = [*app.selectbox, *app.button_group]
    (found,) = [one for one in inputs if re.fullmatch(rf"{name}_\d+", one.key or "")]
    return found
