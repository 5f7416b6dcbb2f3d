"""What is taught: content, figures, questions and grading; see ``questions`` and ``grade``."""

from .practice.grading import grade
from .practice.questions import Question, questions
from .practice.verdict import Verdict

__all__ = ["Question", "Verdict", "grade", "questions"]
