"""What is taught: content, figures, questions and grading; see ``questions`` and ``grade``."""

from .practice.grading import Verdict, grade
from .practice.questions import Question, questions

__all__ = ["Question", "Verdict", "grade", "questions"]
