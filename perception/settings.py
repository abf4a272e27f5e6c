"""Settings, all of them, read from the environment; every default works on one machine without any.

| variable | meaning | default |
|---|---|---|
| `PERCEPTION_DATA_DIR` | the one folder under which everything is written | `data/` in the checkout |
| `PERCEPTION_SECRET_KEY` | Django's secret key | made once, kept in the data folder |
| `PERCEPTION_DEBUG` | `1` for Django's error pages; never on a server that others reach | off |
| `PERCEPTION_ALLOWED_HOSTS` | host names served, comma-separated | `localhost,127.0.0.1,[::1]` |
| `PERCEPTION_HTTPS` | `1` behind a proxy that ends TLS: secure cookies, HSTS, redirects | off |
| `PERCEPTION_BASE_URL` | the address that observers are given in links made by commands | `http://127.0.0.1:8000` |
| `PERCEPTION_IMPORT_ROOTS` | folders on the server that forms may name paths in, separated by `:` | none |
| `PERCEPTION_UPLOAD_BYTES` | how much one person may have uploaded and not yet imported, in bytes | 8,000,000,000 |
| `PERCEPTION_CHECKPOINT_SECONDS` | seconds between two writings of a long run's state | 60 |
| `PERCEPTION_WORK_DIR` | where image work lies until it is done | `work/` in the data folder |
| `PERCEPTION_OBSERVER_CACHE_BYTES` | memory of each web process for observers who were there last | 64,000,000 |
| `PERCEPTION_STIMULUS_MEMORY_BYTES` | memory of each web process for studies’ images; 0 for none | 64,000,000 |
| `PERCEPTION_LEASE_SECONDS` | seconds after which a worker that is silent has lost its run | 40 |
| `TASKS` | `rq` for a queue on Redis | the queue is in the database |
| `REDIS_URL` | where that Redis is | `redis://127.0.0.1:6379/0` |
| `PERCEPTION_SMTP_HOST`, `_PORT`, `_USER`, `_PASSWORD` | the lab's mail server, for observers | none; port 587 |
| `PERCEPTION_SMTP_SECURITY` | `starttls`, `tls` or `none` | `starttls` |
| `PERCEPTION_ENGINE` | where image pairs are made: `inline`, `local` or `slurm` (docs/clusters.md) | `inline` |
| `PERCEPTION_SHARDS` | into how many shards their making is cut | as the engine has it |
| `PERCEPTION_SLURM_PARTITION`, `_MINUTES`, `_MEMORY_GB`, `_CPUS` | what each job asks for | default one; 240; 4; 2 |
| `PERCEPTION_SLURM_OPTIONS` | other options of `sbatch`, such as `account=lab,qos=long` | none |
| `PERCEPTION_MAIL_FROM` | the address that this mail comes from | none |
| `PERCEPTION_METRICS_TOKEN` | what a program shows that asks for `/metrics`; without it there are none | none |
| `PERCEPTION_LOG_FORMAT` | `line`, or `json` for one object a line | `line` |
| `DATABASE_URL` | another database than SQLite, such as `postgres://…` | SQLite in the data folder |
| `PERCEPTION_DATABASE_CONNECTIONS` | connections to PostgreSQL that a process holds at most | a thread's each; 8 |
| `FILES` | `s3`: images, networks and uploads lie on a server that speaks S3 | `disk`: in the data folder |
| `S3_BUCKET` | the bucket, which is there already and private | none |
| `S3_ENDPOINT_URL`, `S3_REGION` | where the server is, if it is not Amazon's; its region | Amazon's; boto3's |
| `S3_PREFIX` | what all keys in the bucket begin with | nothing |
| `S3_ADDRESSING` | `path`, `virtual` or `auto`: how the bucket is named in addresses | `path` with an endpoint |
| `S3_CHECKSUMS` | `on`: send S3's newer checksums, which some servers do not know | off |
| `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` | how the program signs in there, or whatever else boto3 finds | none |
"""

import datetime as dt
import os
from pathlib import Path

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from perception.site.file_storage import storage_settings
from perception.site.secret_key import read_or_make_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("PERCEPTION_DATA_DIR") or BASE_DIR / "data").resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # answers and accounts: for nobody else on the machine

# Forms take no other paths on the server: whoever may fill one in may not therefore read every file. Links in them are
# resolved when a path is checked.
IMPORT_ROOTS = tuple(
    Path(folder.strip()).expanduser().absolute()
    for folder in os.environ.get("PERCEPTION_IMPORT_ROOTS", "").split(os.pathsep)
    if folder.strip()
)

UPLOAD_BYTES = int(os.environ.get("PERCEPTION_UPLOAD_BYTES") or 8_000_000_000)

# A run that is cut off goes on from its last checkpoint.
CHECKPOINT_SECONDS = float(os.environ.get("PERCEPTION_CHECKPOINT_SECONDS") or 60.0)

# Manifests, shards and their results (`ml.shards`), until their pairs are in the storage.
WORK_DIR = Path(os.environ.get("PERCEPTION_WORK_DIR") or DATA_DIR / "work").resolve()
# A worker that has said nothing for so long has lost the run that it did. It says something four times as often; the
# longest that a living one is silent is a machine without memory, which swaps.
RUN_LEASE_SECONDS = float(os.environ.get("PERCEPTION_LEASE_SECONDS") or 40.0)


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


DEBUG = _is_on("PERCEPTION_DEBUG")
SECRET_KEY = os.environ.get("PERCEPTION_SECRET_KEY") or read_or_make_secret_key(DATA_DIR / "secret_key")
ALLOWED_HOSTS = [
    host.strip()
    for host in os.environ.get("PERCEPTION_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]
BASE_URL = os.environ.get("PERCEPTION_BASE_URL", "http://127.0.0.1:8000").rstrip("/")

# What each web process keeps in memory of the observers who were there last, so that it need not be read again.
OBSERVER_CACHE_BYTES = int(os.environ.get("PERCEPTION_OBSERVER_CACHE_BYTES") or 64_000_000)

STIMULUS_MEMORY_BYTES = int(os.environ.get("PERCEPTION_STIMULUS_MEMORY_BYTES") or 64_000_000)

# Mail to observers, by the lab's own server. Without one none is sent: pages offer a file for a mail program instead.
EMAIL_HOST = os.environ.get("PERCEPTION_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("PERCEPTION_SMTP_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("PERCEPTION_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PERCEPTION_SMTP_PASSWORD", "")
_SMTP_SECURITY = os.environ.get("PERCEPTION_SMTP_SECURITY") or "starttls"
if _SMTP_SECURITY not in {"starttls", "tls", "none"}:
    raise ImproperlyConfigured(f"PERCEPTION_SMTP_SECURITY is “{_SMTP_SECURITY}”; it can be starttls, tls or none")
EMAIL_USE_TLS = _SMTP_SECURITY == "starttls"
EMAIL_USE_SSL = _SMTP_SECURITY == "tls"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("PERCEPTION_MAIL_FROM", "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_tasks",
    "django_tasks_db",
    "perception",
    "perception.accounts",
    "ml",
    "studies",
    "studies.design",  # for its commands
    "studies.exports",  # for its commands
    "studies.integrity",  # for its command
    "studies.planning",  # for its commands
    "studies.recipes",  # for its commands
]

# Of at least 16 characters: it is all that stands between the measurements and whoever asks.
METRICS_TOKEN = os.environ.get("PERCEPTION_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("PERCEPTION_METRICS_TOKEN is shorter than 16 characters")

MIDDLEWARE = [
    *(["perception.site.monitoring.request_times.RequestTimesMiddleware"] if METRICS_TOKEN else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "perception.site.content_security_policy.ContentSecurityPolicyMiddleware",
    "perception.site.private_pages.PrivatePagesMiddleware",
    "perception.site.language.LanguageMiddleware",
    # Behind what decorates every response. What it answers, the middleware below would leave as it is.
    "studies.observer.fast_path.middleware.FastPathMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "perception.accounts.sign_ins.LastSeenMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # After it knows who is signed in. What stands above reads no body: the check against forgery does so later, when
    # the view is known.
    "perception.site.body_limits.BodyLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",  # turns a sign-in that is refused into the page that says so
]

ROOT_URLCONF = "perception.urls"
WSGI_APPLICATION = "perception.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CSRF_FAILURE_VIEW = "studies.observer.error_pages.form_expired"

# How much a request may carry, in bytes. An observer's answer has a few short fields; a comment has up to 5,000
# characters, of 12 bytes each in the encoding of forms. A researcher's longest are the texts of a study, and the pieces
# in which files come (`ml.uploads`). No form takes a file.
BODY_LIMIT_OF_ADDRESS = [
    (r"/o/[^/]+/(comments|questions)/", 64 * 1024),
    (r"/o/", 8 * 1024),
    (r"/accounts/", 4 * 1024),
]
BODY_LIMIT_ANONYMOUS = 64 * 1024
BODY_LIMIT_SIGNED_IN = 2 * 1024 * 1024
BODY_REFUSED_VIEW = "studies.observer.error_pages.body_refused"
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT_SIGNED_IN
# Files that a request carries all the same are passed over, and reach no disk.
FILE_UPLOAD_HANDLERS: list[str] = []
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=600, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file does not go away as a server does: nothing has to be asked before each request.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE: a transaction that will write takes the lock at its start and waits its turn, instead of
        # failing half-way. WAL lets readers go on meanwhile. synchronous=FULL: what was acknowledged is on disk.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        # What is deleted is overwritten in the file too, and not left there until its place is needed.
        "PRAGMA secure_delete=ON;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"] |= {
        "ENGINE": "perception.postgresql",
        # Connections stay open in the pool, and Django gives them back to it after each request. Whether a server is
        # still there is looked up without asking it (`perception/postgresql/base.py`).
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": {
            # A server whose machine is gone says no farewell: its silence is noticed within half a minute.
            "connect_timeout": 5,
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
            # Statements are prepared where the program asks for it (`prepared_cursor`), never by their number.
            "prepare_threshold": 1_000_000_000,
            **DATABASES["default"].get("OPTIONS", {}),
            "pool": {
                # None before the first query: gunicorn loads the application, and forks then.
                "min_size": 0,
                "max_size": int(os.environ.get("PERCEPTION_DATABASE_CONNECTIONS") or 8),
                # A request waits for a server that is being restarted. A new attempt to reach it is made for whoever
                # asks then, at once: the pool's own come at ever longer intervals.
                "timeout": 10.0,
                "reconnect_timeout": 5.0,
            },
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Where long work waits for a worker: in the database, or on Redis.
QUEUE = os.environ.get("TASKS") or "database"
if QUEUE not in {"database", "rq"}:
    raise ImproperlyConfigured(f"TASKS is “{QUEUE}”; it can be database or rq")
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
if QUEUE == "rq":
    INSTALLED_APPS += ["django_rq"]
    TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}}
    RQ_QUEUES = {
        "default": {
            "URL": REDIS_URL,
            "DEFAULT_TIMEOUT": -1,  # a training may take days
            "DEFAULT_RESULT_TTL": 3600,
        }
    }
else:
    TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # first: in a pause no password is looked at
    "django.contrib.auth.backends.ModelBackend",
]
# See `perception.site.sign_in`. Failures are forgotten with their pause, successes are not written down.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = dt.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who goes on trying does not make the pause longer
AXES_CLIENT_IP_CALLABLE = "perception.site.sign_in.counted_for"
AXES_HANDLER = "perception.site.failed_sign_ins.FailedSignIns"  # keeps no address and no user agent
AXES_LOCKOUT_CALLABLE = "perception.site.sign_in.paused"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds that a link to set a password is good, see `perception.accounts.links`
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "studies:study-list"
LOGOUT_REDIRECT_URL = "login"

# Of whatever is kept or leaves the pages, and of the commands. Researchers choose that of their pages
# (`perception.site.language`), observers that of theirs (`studies.languages`).
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("en", "English"), ("fr", "Français")]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Who makes shards: this process, processes of this machine, jobs of a cluster (`ml.pairs.engines`).
ENGINE = os.environ.get("PERCEPTION_ENGINE") or "inline"
if ENGINE not in {"inline", "local", "slurm"}:
    raise ImproperlyConfigured(f"PERCEPTION_ENGINE is “{ENGINE}”; it can be inline, local or slurm")
SHARDS = int(os.environ.get("PERCEPTION_SHARDS") or 0) or None
SLURM = {
    "partition": os.environ.get("PERCEPTION_SLURM_PARTITION", ""),
    "minutes": int(os.environ.get("PERCEPTION_SLURM_MINUTES") or 240),
    "memory_gb": float(os.environ.get("PERCEPTION_SLURM_MEMORY_GB") or 4),
    "cpus": int(os.environ.get("PERCEPTION_SLURM_CPUS") or 2),
    "more": dict(
        option.strip().partition("=")[::2]
        for option in os.environ.get("PERCEPTION_SLURM_OPTIONS", "").split(",")
        if option.strip()
    ),
}

# The Python of an environment that has the package cvvdp (`ml.images.visibility.colorvideovdp`); empty where none has.
COLORVIDEOVDP_PYTHON = os.environ.get("PERCEPTION_COLORVIDEOVDP_PYTHON", "")

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise wants it there before `serve` has filled it
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": storage_settings(os.environ),
    "staticfiles": {"BACKEND": "perception.site.static_files.HashedStaticFiles"},
}
# Templates name static files by their hashed name only once `serve` has collected them.
WHITENOISE_MANIFEST_STRICT = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
IS_BEHIND_PROXY = _is_on("PERCEPTION_HTTPS")
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Asked over plain HTTP by whatever watches the server on its own machine.
    SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    CSRF_TRUSTED_ORIGINS = [BASE_URL]

LOG_FORMAT = os.environ.get("PERCEPTION_LOG_FORMAT") or "line"
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"PERCEPTION_LOG_FORMAT is “{LOG_FORMAT}”; it can be line or json")

# Observers' tokens stay out of the logs, in either format.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "perception.site.log_redaction.RedactingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "perception.site.log_redaction.RedactingJsonFormatter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "console_warnings": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "level": "WARNING"},
        "console_errors": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "level": "ERROR"},
    },
    "loggers": {
        "perception": {"handlers": ["console"], "level": "INFO"},
        "ml": {"handlers": ["console"], "level": "INFO"},
        "studies": {"handlers": ["console"], "level": "INFO"},
        "axes": {"handlers": ["console_errors"], "propagate": False},  # its warnings hold names and addresses
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # The worker sets its loggers' level to INFO: each task would be three lines. What fails is still told.
        "django_tasks": {"handlers": ["console_warnings"], "propagate": False},
        "django_tasks_db": {"handlers": ["console_errors"], "propagate": False},
    },
}
