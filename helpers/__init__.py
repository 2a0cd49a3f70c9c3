"""One Gear at a Time: the small package that the notebooks import."""
