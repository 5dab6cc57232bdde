# Numbers on Arabic pages are in European digits, as Django writes dates there, and so take the marks that go
# with these digits.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
