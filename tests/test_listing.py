# Page numbers and the drawing of the years, without a database.
from hypothesis import given, strategies as st

from publications.listing.histogram import draw, spark
from publications.listing.paging import page_count, page_numbers


def test_few_pages_are_all_offered():
    assert page_numbers(1, 3) == [1, 2, 3]
    assert page_numbers(4, 7) == [1, 2, 3, 4, 5, 6, 7]


def test_many_pages_show_both_ends_and_the_neighbours():
    assert page_numbers(1, 30) == [1, 2, 3, 4, None, 30]
    assert page_numbers(4, 30) == [1, 2, 3, 4, 5, None, 30]
    assert page_numbers(15, 30) == [1, None, 14, 15, 16, None, 30]
    assert page_numbers(30, 30) == [1, None, 27, 28, 29, 30]
    assert page_numbers(6000, 12000) == [1, None, 5999, 6000, 6001, None, 12000]


@given(st.integers(1, 12000), st.data())
def test_every_offer_of_pages_is_ordered_and_holds_the_current_page(pages, data):
    current = data.draw(st.integers(1, pages))
    numbers = page_numbers(current, pages)
    shown = [number for number in numbers if number]
    assert shown == sorted(set(shown))
    assert {1, current, pages} <= set(shown)
    assert len(numbers) <= 9
    for before, gap, after in zip(numbers, numbers[1:], numbers[2:], strict=False):
        if gap is None:
            assert after - before > 2, "a gap of one page is that page"


def test_page_count_of_nothing_is_one():
    assert [page_count(total) for total in (0, 1, 20, 21, 240_000)] == [1, 1, 1, 2, 12_000]


@given(st.dictionaries(st.integers(1950, 2030), st.integers(1, 10**6), min_size=1))
def test_histogram_draws_every_year_once_within_its_box(counts):
    histogram = draw(counts, (1990, 2000), lambda year: f"?{year}")
    assert {bar.year: bar.count for bar in histogram.bars if bar.count} == counts
    assert len(histogram.bars) >= 12
    assert all(bar.url == (f"?{bar.year}" if bar.count else "") for bar in histogram.bars)
    assert all(2 <= bar.height <= 96 and bar.top >= 26 for bar in histogram.bars if bar.count)
    assert len(histogram.lines) <= 2
    assert [label.year for label in histogram.labels] == sorted(label.year for label in histogram.labels)


def test_mirrored_histogram_runs_from_right_to_left():
    counts = dict.fromkeys(range(2000, 2020), 1)
    plain, mirrored = (draw(counts, (2001, 2003), str, mirrored=mirrored) for mirrored in (False, True))
    assert [bar.left for bar in mirrored.bars] == [bar.left for bar in plain.bars][::-1]
    assert [bar.middle for bar in mirrored.bars] == [bar.middle for bar in plain.bars][::-1]
    assert (plain.start, plain.span) == ("0%", ("5.00%", "20.00%"))
    assert (mirrored.start, mirrored.span) == ("100%", ("80.00%", "95.00%"))
    assert [(label.year, label.x) for label in mirrored.labels][:2] == [(2000, "100%"), (2005, "72.50%")]


def test_empty_list_has_no_histogram():
    assert draw({}, None, str) is None


def test_spark_fits_its_box():
    bars = spark({2026: 10, 2020: 1}, 2026)
    assert len(bars) == 12
    assert all(y >= 0 and y + height == 24 for _, y, height in bars)
