"""CCNET bill validators: CashCode SM, MVU, MSM, MFL, SL, GX and the units of other makers that speak it."""
