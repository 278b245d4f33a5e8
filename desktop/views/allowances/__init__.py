"""The tab « Arrêts et IJ ». `reviewed` says what the parts of the review are given, `review` puts them together."""
