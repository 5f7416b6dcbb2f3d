"""Check: the same gradient three ways, for every parameter."""

import streamlit as st

from lessons.i18n import gettext as _
from mlp_core import NonFinite, check_gradients
from mlp_core.checks import Check
from pages.parts import taking
from pages.parts.show import cell, head, onward, table
from pages.session import state

ALARM = 1e-6  # beyond what finite differences of well-scaled numbers are off by


def comparison(result: Check) -> None:
    """The largest disagreement, and the three numbers of every parameter."""
    look = state.look()
    st.metric(_("Largest disagreement"), f"{result.largest:.1e}")
    if result.largest > ALARM:
        st.warning(
            _("They disagree. Differences fail where a ReLU stands exactly at its corner, or where the numbers are very large.")
        )
    table(
        _("Gradient of every parameter"),
        [_("Gradient"), _("Engine"), "SymPy", _("Differences"), _("Disagreement")],
        [
            [head(look.html(row.target))]
            + [cell(look.value(row.target, value)) for value in (row.engine, row.sympy)]
            + [cell(look.value(row.target, row.difference) if row.resolved else _("too small for differences"))]
            + [cell(f"{row.disagreement:.1e}")]
            for row in result.rows
        ],
    )
    st.caption(_("Raise the decimals in the sidebar to see where the three part: differences stop at about ten digits."))


st.markdown("## " + _("Three ways to one gradient"))
st.markdown(
    _(
        "The engine goes backwards with the chain rule. SymPy evaluates the formulas of the same steps, from the inputs "
        "alone, to 30 digits or more: that shows what rounding does. Differences move one weight a little to both sides and "
        "look at the loss, without any chain rule: that would show a wrong formula. Where all three agree, the gradient is "
        "right."
    )
)
example = state.example()
try:
    found = check_gradients(example.network, *example.model.data)
except NonFinite as error:
    text = _("In layer {n} the numbers are too large to compare: they overflow, or saturate beyond all digits.")
    st.error(text.format(n=error.layer))
else:
    comparison(found)
st.markdown("## " + _("To take along"))
taking.of_example()
onward("notes", _("Then: what went wrong in the notes"))
