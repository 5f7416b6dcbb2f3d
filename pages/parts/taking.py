"""Files to take along: a button for each, and one line of what it is."""

import streamlit as st

from lessons.exports import BANKS, EXPORTS, file_name
from lessons.i18n import gettext as _
from lessons.i18n import language
from lessons.sheets import Settings
from pages.drawn.components import download
from pages.session import state

WIDE = 640  # pixels, so that on a wide page, too, what a file is stands beside its button


def of_example() -> None:
    """The files of the example as it is now."""
    example = state.example()
    for kind in EXPORTS:
        _offer(kind, example.to_json(), example.sizes)


def of_settings(settings: Settings) -> None:
    """The banks for learning platforms, with the variants of a set of sheets."""
    for kind in BANKS:
        _offer(kind, settings.to_json(), settings.sizes)


def _offer(kind: str, body: str, sizes: tuple[int, ...]) -> None:
    export = (EXPORTS | BANKS)[kind]
    with st.container(width=WIDE):
        button, about = st.columns([1, 2], gap="small", vertical_alignment="center")
    with button:
        download(
            _(export.title), address=f"make/{kind}?lang={language()}", body=body, file_name=file_name(kind, sizes),
            key=f"take.{kind}",
        )  # fmt: skip
    about.caption(_(export.about))
