# Pages for what goes wrong, in the site's own design.
import pytest
from django.test import Client, override_settings
from django.urls import path

from tests.factories import make_publication, make_topic
from topichub.urls import handler400, handler403, handler404, handler500, urlpatterns as site_urls  # noqa: F401

pytestmark = pytest.mark.django_db


def fails(request):
    raise RuntimeError("A fault of ours")


urlpatterns = [path("fails/", fails), *site_urls]


def test_unknown_page_offers_its_words_and_topics(client):
    make_publication(topics=[make_topic("Coast")])
    response = client.get("/publications/wall-cost-sharing-2019/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "This page is not here" in html
    assert 'value="wall cost sharing"' in html
    assert '<a href="/topics/coast/">' in html


@override_settings(ROOT_URLCONF="tests.test_errors")
def test_fault_of_ours_is_shown_in_our_design_without_a_query_of_its_own(django_assert_num_queries, settings):
    settings.TOPICHUB_PAGE_CACHE = False
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(1):  # whether a planned change is due
        response = client.get("/fails/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert "RuntimeError" not in response.content.decode()


def test_unknown_host_gets_the_page_for_bad_requests(client):
    response = client.get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert "This address cannot be read" in response.content.decode()


def test_form_without_its_cookie_is_refused_in_our_design():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This form could not be accepted" in response.content.decode()


def test_health_answers_while_the_database_does(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_public_pages_only_answer_reading(client, method):
    make_topic("Coast")
    for address in ("/", "/topics/coast/", "/publications/"):
        assert getattr(client, method)(address).status_code == 405


def test_health_answers_by_any_name_and_over_plain_http_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"host": "10.0.0.7"}).content == b"ok\n"
    assert client.get("/healthz", headers={"host": ""}).content == b"ok\n"
    assert client.get("/").status_code == 301
