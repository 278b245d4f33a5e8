"""Icons, fonts and the style sheet; found by `Path(resources.__file__).parent`."""
