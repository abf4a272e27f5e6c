# The worker: trains, perturbs, opens studies, makes reports. From the root of the repository:
#   docker build --file deploy/worker.Dockerfile --tag perception-worker .
FROM python:3.11-slim-bookworm

WORKDIR /app
COPY requirements/servers.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/servers.txt
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
CMD ["python", "manage.py", "worker"]
