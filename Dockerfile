# The app for others: see "Run it for others" in the README. Only `docker compose up` gives it its limits and its proxy.
FROM python:3.11-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE requirements.txt app.py ./
COPY dtl dtl
COPY pages pages
COPY assets assets
COPY .streamlit .streamlit
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
COPY requirements.txt /tmp/requirements.txt
COPY --from=build /wheels /tmp/wheels
# PyTorch for processors alone, as pinned, then the rest with the tested versions; nothing of this is kept but packages.
RUN pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu "$(grep '^torch==' /tmp/requirements.txt)" \
    && pip install --no-cache-dir --constraint /tmp/requirements.txt "$(echo /tmp/wheels/*.whl)[online]" \
    && rm -r /tmp/wheels /tmp/requirements.txt \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin dtl
# Everything is written below /tmp, which lies in memory where compose.yaml starts it.
ENV HOME=/tmp MPLCONFIGDIR=/tmp/matplotlib \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OMP_NUM_THREADS=1
USER dtl
WORKDIR /tmp
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["dtl", "app", "--no-browser", "--address", "0.0.0.0", "--port", "8501"]
