"""Components of oil and what they react with: formulas, properties, crudes, limits."""

from gwsolver.reactions.components.component import Component
from gwsolver.reactions.components.crude import Crude, CrudePart
from gwsolver.reactions.components.database import Database, DrinkingLimit, component, crude, database, limit

__all__ = ["Component", "Crude", "CrudePart", "Database", "DrinkingLimit", "component", "crude", "database", "limit"]
