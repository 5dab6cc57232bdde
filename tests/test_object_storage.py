# Pictures and files in a bucket: the same site on an object storage that answers over HTTP, as in real life.
import re
from pathlib import Path

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.db import transaction
from moto.server import ThreadedMotoServer

from publications.models import File
from tests.factories import make_draft, make_file, make_image, make_publication
from topichub import environment

REPORT = b"%PDF-1.7 " + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(endpoint, settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "hub")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("TOPICHUB_MEDIA", f"s3://hub-media/site?endpoint={endpoint}&region=us-east-1")
    settings.STORAGES = settings.STORAGES | {"default": environment.media()}
    bucket = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").create_bucket(
        Bucket="hub-media"
    )
    yield bucket
    bucket.objects.delete()


def names(bucket):
    return {stored.key for stored in bucket.objects.all()}


def written_in(folder):
    return {path for path in Path(folder).rglob("*") if path.is_file()}


@pytest.mark.django_db
def test_readers_get_files_and_pictures_from_the_bucket_alone(client, bucket, settings):
    here = written_in(settings.MEDIA_ROOT)
    item = make_publication("Wall", image=make_image())
    file = make_file(item, REPORT)
    whole = client.get(file.get_absolute_url())
    assert whole.getvalue() == REPORT
    part = client.get(file.get_absolute_url(), headers={"range": "bytes=100-199"})
    assert (part.status_code, part.getvalue()) == (206, REPORT[100:200])
    page = client.get(item.get_absolute_url()).content.decode()
    picture = client.get(re.search(r'<img[^>]* src="([^"]+)"', page)[1])
    assert picture.getvalue().startswith(b"\xff\xd8\xff")  # as every JPEG does
    assert all(name.startswith("site/") for name in names(bucket))
    assert written_in(settings.MEDIA_ROOT) == here


@pytest.mark.django_db
def test_the_bucket_tells_nobody_of_hidden_files(client, bucket):
    file = make_file(make_draft(), REPORT)
    assert client.get(file.get_absolute_url()).status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_replaced_and_deleted_content_leaves_the_bucket(bucket):
    file = make_file(make_publication("Wall"), REPORT)
    first = names(bucket)
    file.file = ContentFile(b"%PDF-1.7 second", name="second.pdf")
    file.save()
    assert len(names(bucket)) == 1
    assert names(bucket).isdisjoint(first)
    with transaction.atomic():
        File.objects.get().delete()
    assert not names(bucket)


@pytest.mark.django_db
def test_a_file_that_the_bucket_lost_is_not_found(client, bucket):
    file = make_file(make_publication("Wall"), REPORT)
    bucket.objects.delete()
    assert client.get(file.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("address", ["hub-media", "s3://", "s3://hub?regoin=x", "https://hub-media"])
def test_an_address_that_names_no_bucket_stops_the_start(monkeypatch, address):
    monkeypatch.setenv("TOPICHUB_MEDIA", address)
    with pytest.raises(ImproperlyConfigured, match="^TOPICHUB_MEDIA is “"):
        environment.media()
