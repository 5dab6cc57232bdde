# Publications as others cite them: a Reference is made once, then written in each format and style.
# Knows models, but neither requests nor addresses.
