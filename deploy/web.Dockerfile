# The web server: pages and answers, without the networks. From the root of the repository:
#   docker build --file deploy/web.Dockerfile --tag perception-web .
FROM python:3.11-slim-bookworm

WORKDIR /app
COPY requirements/web.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/web.txt
COPY manage.py pyproject.toml LICENSE ./
COPY perception perception
COPY ml ml
COPY studies studies
COPY templates templates
COPY static static
COPY locale locale

RUN useradd --system --uid 10001 --home-dir /data --create-home perception
USER 10001
ENV PERCEPTION_DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
# Asked under the name localhost, which has to be among the names in PERCEPTION_ALLOWED_HOSTS.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://localhost:8000/healthz', timeout=4)"]
CMD ["python", "manage.py", "serve", "--bind", "0.0.0.0:8000", "--no-worker"]
