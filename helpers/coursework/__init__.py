"""The office: hand a lesson out, take it in, mark it. `python -m helpers.coursework --help`"""
