# Reading dates as people write them.
from datetime import date

import pytest
from hypothesis import given, strategies as st

from publications.dates import Period, parse_period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2016", date(2016, 1, 1), date(2016, 12, 31)),
        (" 2016 ", date(2016, 1, 1), date(2016, 12, 31)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("feb 2016", date(2016, 2, 1), date(2016, 2, 29)),
        ("Sept. 2016", date(2016, 9, 1), date(2016, 9, 30)),
        ("2016-10-14", date(2016, 10, 14), date(2016, 10, 14)),
        ("14 October 2016", date(2016, 10, 14), date(2016, 10, 14)),
        ("14th of Oct, 2016", date(2016, 10, 14), date(2016, 10, 14)),
        ("October 14, 2016", date(2016, 10, 14), date(2016, 10, 14)),
        ("14/10/2016", date(2016, 10, 14), date(2016, 10, 14)),
        ("3.4.2016", date(2016, 4, 3), date(2016, 4, 3)),
    ],
)
def test_year_month_and_day_are_understood(text, first, last):
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text", ["", "soon", "2016-13", "31 Feb 2016", "16", "0000", "9999", "٢٠١٦", "2016-10-14T09:00"]
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="is not a date"):
        parse_period(text)


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(8999, 12, 31)))
def test_a_period_is_read_back_from_its_own_words(day):
    for text in (str(day.year), f"{day:%Y-%m}", day.isoformat()):
        period = parse_period(text)
        assert parse_period(str(period)) == period
        assert parse_period(period.in_words) == period


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text):
    try:
        period = parse_period(text)
    except ValueError as error:
        assert "is not a date" in str(error)
    else:
        assert period.first <= period.last
