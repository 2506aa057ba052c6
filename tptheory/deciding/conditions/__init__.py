"""Under which hypotheses a claim is true: the weakest of some candidates, and the equation that is missing."""
