"""What do people keep? Scenarios, meetings, changes and typed targets."""
