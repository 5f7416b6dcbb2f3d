"""What is taught: content, figures, questions and grading; see ``questions`` and ``grade``."""

from .grading import Verdict, grade
from .quiz import Question, questions

__all__ = ["Question", "Verdict", "grade", "questions"]
