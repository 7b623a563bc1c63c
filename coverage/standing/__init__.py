"""Where does everybody stand? Gaps, missing reports, and how hard a target is."""
