"""Settings of AppTest for every test of the pages."""

import functools
import logging

from streamlit import config
from streamlit.components.v2 import manifest_scanner

from pages.parts import show

# A failing test says what was raised.
config.set_option("client.showErrorDetails", "full")
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
# Every new session reads the metadata of all installed packages, which takes longer than a page.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
show.FLUSH = 0  # there is nobody whom anything is sent to
