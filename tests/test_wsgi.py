# What a server loads: the site as topichub/wsgi.py hands it over.
import subprocess
import sys


def tell(expression: str) -> list[int]:
    code = f"import gc; from topichub import wsgi; print(*{expression})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return list(map(int, told.stdout.split()))


def test_collector_of_garbage_passes_over_all_that_a_server_has_loaded():
    passed_over, others = tell("(gc.get_freeze_count(), len(gc.get_objects()))")
    assert passed_over > 10_000 > others


def test_rows_of_a_search_do_not_set_off_the_collector_time_and_again():
    collections = "sum(one['collections'] for one in gc.get_stats())"
    before, rows, after = tell(f"({collections}, len([[] for _ in range(20_000)]), {collections})")
    assert rows == 20_000 and after - before <= 1
