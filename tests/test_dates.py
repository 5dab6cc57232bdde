# Reading dates as people write them.
from datetime import date

import pytest
from django.utils import translation
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
        ("٢٠١٦", date(2016, 1, 1), date(2016, 12, 31)),
    ],
)
def test_year_month_and_day_are_understood(text, first, last):
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize(
    "text", ["", "soon", "2016-13", "31 Feb 2016", "16", "0000", "9999", "2016-10-14T09:00"]
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="is not a date"):
        parse_period(text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "14. Oktober 2016"),
        ("de", "14. okt. 2016"),
        ("de", "14.10.2016"),
        ("fr", "14 octobre 2016"),
        ("fr", "14 oct. 2016"),
        ("ar", "14 أكتوبر 2016"),
        ("ar", "١٤ أكتوبر ٢٠١٦"),
        ("ar", "١٤/١٠/٢٠١٦"),
        ("ar", "14 October 2016"),
    ],
)
def test_months_go_by_their_names_in_the_language_of_the_page(language, text):
    with translation.override(language):
        assert parse_period(text) == Period(date(2016, 10, 14), date(2016, 10, 14))


def test_an_address_holds_a_period_as_numbers_alone():
    for text, written in (("14 Oct 2016", "2016-10-14"), ("Oct 2016", "2016-10"), ("2016", "2016")):
        assert str(parse_period(text)) == written


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(8999, 12, 31)))
def test_a_period_is_read_back_from_its_own_words_in_every_language(day):
    for language in ("en-gb", "de", "fr", "ar"):
        with translation.override(language):
            for text in (str(day.year), f"{day:%Y-%m}", day.isoformat()):
                period = parse_period(text)
                assert parse_period(str(period)) == period
                assert parse_period(period.in_words) == period
                assert parse_period(period.in_short) == period


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text):
    try:
        period = parse_period(text)
    except ValueError as error:
        assert "is not a date" in str(error)
    else:
        assert period.first <= period.last
