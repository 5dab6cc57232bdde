# Rows written past the models: all of them, each once, whatever their number.
import pytest
from django.db import IntegrityError, transaction

from publications import bulk
from publications.models import SearchWord

pytestmark = pytest.mark.django_db
COLUMNS = ("word", "stem")


@pytest.mark.parametrize("number", [0, 1, 20, 21, 49, 50, 51, 499, 500, 1_111])
def test_as_many_rows_as_are_given_are_written_once_each(number):
    rows = [(f"word {n}", f"stem % {n}") for n in range(number)]
    bulk.write_rows(SearchWord._meta.db_table, COLUMNS, rows)
    assert list(SearchWord.objects.order_by("pk").values_list(*COLUMNS)) == rows


def test_a_row_that_is_refused_takes_all_others_back():
    rows = [(f"word {n}", "stem") for n in range(600)] + [("word 7", "stem")]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.write_rows(SearchWord._meta.db_table, COLUMNS, rows)
    assert not SearchWord.objects.exists()


def test_rows_that_are_there_already_stay_where_that_is_said():
    rows = [(f"word {n}", "stem") for n in range(60)]
    bulk.write_rows(SearchWord._meta.db_table, COLUMNS, rows[:7])
    others = [(word, "other") for word, _ in rows]
    bulk.write_rows(SearchWord._meta.db_table, COLUMNS, others, "ON CONFLICT DO NOTHING")
    assert sorted(SearchWord.objects.values_list(*COLUMNS)) == sorted(rows[:7] + others[7:])
