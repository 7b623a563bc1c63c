"""What happens, month by month? History, targets, levers, projection, scenarios and chance."""
