"""To come."""

from pages.parts import session

session.start()
