"""Workforce: from posts on paper to officers on duty, by hour of the week and area, and what they cost."""
