# All settings, in reading order: core, apps, data, pages, security, ours. Every value that differs
# between sites comes from the environment; the README has the table.
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_noop as _
from whitenoise.compress import Compressor

from topichub import environment as env

# Core
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.data_dir(BASE_DIR)

DEBUG = env.switch("DEBUG", default=False)
SECRET_KEY = env.secret_key(DATA_DIR, debug=DEBUG)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
ROOT_URLCONF = "topichub.urls"
WSGI_APPLICATION = "topichub.wsgi.application"

LANGUAGE_CODE = env.language("LANGUAGE_CODE", "en-gb")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "topichub.formats"
TIME_ZONE = env.time_zone()
USE_TZ = True
USE_I18N = True

# Apps
INSTALLED_APPS = [
    "publications",  # before the admin, whose templates and static files it overrides
    "topichub.apps.HubAdminConfig",  # Django's admin with the site in publications/admin/site.py
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.humanize",  # thousands as each language writes them
    "django_filters",
    "django.forms",
    "django_prose_editor",
    "reversion",  # the tables of versions, and their pruning
]
MIDDLEWARE = [
    "publications.site.health.HealthMiddleware",
    "publications.reading.ReplicaMiddleware",
    "publications.site.compression.TextCompressionMiddleware",
    "publications.site.page_cache.PageCacheMiddleware",  # before all that adds headers, to keep these too
    "publications.site.purging.PurgeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "publications.site.policy.PolicyMiddleware",
    "publications.site.sessions.SessionsOfStaff",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "publications.site.sessions.AccountsOfStaff",
    "publications.site.sessions.MessagesToStaff",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "publications.site.previews.PreviewMiddleware",
    "publications.site.time_travel.TimeTravelMiddleware",
    "publications.site.pages.FormerPageMiddleware",
]

# Data
DATABASES = env.databases(DATA_DIR, BASE_DIR)
DATABASE_ROUTERS = ["publications.reading.ReplicaRouter"] if len(DATABASES) > 1 else []
CACHES = {"default": env.cache(), "pages": env.page_cache()}
SERIALIZATION_MODULES = {"whole": "publications.history.whole"}  # what a version holds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = DATA_DIR / "media"
# Pictures and files have no address of their own: views serve them, and ask first whether they may.
MEDIA_URL = "/media-is-not-served/"
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "publications.site.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
OWN_STYLESHEET = env.stylesheet(BASE_DIR, DATA_DIR)
STATICFILES_DIRS = [BASE_DIR / "static", *([("own", OWN_STYLESHEET.parent)] if OWN_STYLESHEET else [])]
STORAGES = {
    "default": env.media(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Maps of scripts are read by developers' tools alone and would take as long to compress as all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# Security
AUTHENTICATION_BACKENDS = [
    "publications.roles.GroupBackend",
    "publications.roles.TopicRoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"

HTTPS = env.switch("TOPICHUB_HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "publications.site.errors.csrf_failure"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
if env.switch("TOPICHUB_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Nothing inline and nothing from elsewhere, in the admin too. A nonce is sent only where a page asks for
# one: the rich text editor's import map in the admin.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # Whoever asks for pages that do not exist must not fill the log.
        "django.request": {"level": "ERROR"},
    },
}

# Ours
TOPICHUB_SITE_NAME = env.text("TOPICHUB_SITE_NAME", "topichub")
TOPICHUB_TAGLINE = env.text("TOPICHUB_TAGLINE", _("Research, by topic"))
TOPICHUB_DESCRIPTION = env.text("TOPICHUB_DESCRIPTION", _("Everything we publish, free to read."))
TOPICHUB_ROBOTS = env.choice("TOPICHUB_ROBOTS", ["allow", "no-training", "none"])
TOPICHUB_PAGE_CACHE = env.switch("TOPICHUB_PAGE_CACHE", default=not DEBUG)
TOPICHUB_CDN_SECONDS = env.number("TOPICHUB_CDN_SECONDS", 0)
TOPICHUB_PURGE_COMMAND = env.text("TOPICHUB_PURGE_COMMAND")
TOPICHUB_STYLESHEET = f"own/{OWN_STYLESHEET.name}" if OWN_STYLESHEET else ""
