"""What do people take away? Slides, workbook, briefing and pictures."""
