"""Backward pass: the chain rule from the loss to every weight, factor by factor."""

from lessons.i18n import gettext as _
from pages.parts.show import onward
from pages.parts.stepper import walk

walk("backward")
onward("update", _("Then: the update"))
