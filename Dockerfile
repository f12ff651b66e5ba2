# One image for every process of the product; docker-compose.yml says which one a container is.
FROM python:3.13-slim AS libraries
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=nh_otp.settings NH_OTP_STATIC_ROOT=/static
# two accounts in one group: the verifier's files are not the application's
RUN groupadd --gid 10000 nh_otp \
 && useradd --uid 10001 --gid 10000 --no-create-home --shell /usr/sbin/nologin nh_app \
 && useradd --uid 10002 --gid 10000 --no-create-home --shell /usr/sbin/nologin nh_verifier \
 && install -d -o nh_verifier -g nh_otp -m 0750 /run/verifier
COPY --from=libraries /venv /venv
WORKDIR /app
COPY CHANGELOG.md LICENSE manage.py ./
COPY nh_otp nh_otp
COPY branches branches
COPY devices devices
COPY templates templates
# the key of this one step signs nothing and is gone with it
RUN head -c 48 /dev/urandom | base64 > /tmp/key \
 && NH_OTP_SECRET_KEY_FILE=/tmp/key python manage.py collectstatic --no-input \
 && rm /tmp/key
USER nh_app
CMD ["gunicorn", "nh_otp.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--max-requests=2000", "--preload", "--no-control-socket"]
