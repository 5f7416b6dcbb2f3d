"""The catalogues of interface strings, one a language, and what keeps them up to date."""
