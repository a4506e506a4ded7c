"""Components of oil and what they react with: formulas, properties, stoichiometry."""
