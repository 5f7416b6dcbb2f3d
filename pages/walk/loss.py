"""Loss: one number for how wrong the output is, and its curve."""

import streamlit as st

from lessons.drawing.curves import curve_figure, loss_curve, telling_output
from lessons.i18n import gettext as _
from pages.parts.show import curve, onward
from pages.parts.stepper import walk
from pages.session import state


def loss_over_output() -> None:
    """The loss as one output moves and the others stay."""
    example, output = state.example(), 1
    outputs = example.sizes[-1]
    st.markdown("## " + _("The loss as the output moves"))
    if outputs > 1:
        options = range(1, outputs + 1)
        output = telling_output(example.shown)
        output = st.segmented_control(_("Output"), options, default=output, required=True, key=f"output.{outputs}") or 1
    figure = curve_figure(loss_curve(example.shown, output, example.worked.sample), state.look())
    curve(figure, "loss.curve", _("The curve of the loss with the point where the output stands"))
    st.caption(_("The dashed line is the tangent at this point; its slope is the first factor of the backward pass."))


walk("loss", between=loss_over_output)
onward("backward", _("Then: the backward pass"))
