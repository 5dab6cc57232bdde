# What a server loads: the site as topichub/wsgi.py hands it over.
import subprocess
import sys


def test_collector_of_garbage_passes_over_all_that_a_server_has_loaded():
    tell = "import gc; from topichub import wsgi; print(gc.get_freeze_count(), len(gc.get_objects()))"
    told = subprocess.run([sys.executable, "-c", tell], capture_output=True, text=True, check=True)
    passed_over, others = map(int, told.stdout.split())
    assert passed_over > 10_000 > others
