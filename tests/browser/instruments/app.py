"""A small app of a plane, a line of numbers and a graph: page.py."""

from pathlib import Path

import streamlit as st

from pages.drawn import files

app = st.App(Path(__file__).with_name("page.py"), routes=files.ROUTES)
