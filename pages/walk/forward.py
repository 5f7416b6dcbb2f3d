"""Forward pass: from the inputs to the output, one z and one a at a time."""

from lessons.i18n import gettext as _
from pages.parts.show import onward
from pages.parts.stepper import walk

walk("forward")
onward("loss", _("Then: the loss"))
