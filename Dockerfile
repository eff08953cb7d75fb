# syntax=docker/dockerfile:1
# Not run here: there is no Docker on the machine of the tests.
#
#   docker build -t sync-asmx .
#   docker run --rm -p 8080:8080 -e SYNC_ASMX_ADMIN_TOKEN=choose-another sync-asmx
#
# Then http://localhost:8080/_emulator/ is the console, which asks for that token: a caller from outside the container is never on its machine.
# Whoever calls it by another name than localhost, such as the service's name in Compose, has to be let in: SYNC_ASMX_ALLOWED_HOST=sync-asmx.
# docs/ci.md has more of both.
#
# Secrets come from files as well, such as Docker's: SYNC_ASMX_ADMIN_TOKEN_FILE=/run/secrets/admin-token, and SYNC_ASMX_LEDGER_FILE for a URL
# with a password. They have to be readable for 10001.
FROM rust:1.95-slim-bookworm AS build
# A compiler for C comes with the image: it is all that SQLite and ring need beside Rust. `.cargo/config.toml`, which says how SQLite is built,
# is part of what is copied. The caches keep the dependencies from one build to the next.
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --release --locked --bin sync-asmx && cp target/release/sync-asmx /sync-asmx

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="sync-asmx" \
      org.opencontainers.image.description="A stand-in for Kognitiv Loyalty's SOAP service Services/Sync.asmx, for desks and CI" \
      org.opencontainers.image.licenses="(MIT OR Apache-2.0) AND Unicode-3.0"
# For databases and servers whose certificates the world's authorities have signed (sslrootcert=system, sync-asmx --server https://…).
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /sync-asmx /usr/local/bin/sync-asmx
COPY LICENSE-APACHE LICENSE-MIT LICENSE-UNICODE /usr/share/doc/sync-asmx/
# A named volume takes its owner from here; a folder of the host that is mounted in its place has to be writable for 10001.
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
# So the ledger's default, sqlite:data/sync-asmx.db, is in the volume; set here, it would contradict SYNC_ASMX_LEDGER_FILE.
WORKDIR /
ENV SYNC_ASMX_LISTEN=0.0.0.0:8080
EXPOSE 8080
# Needs no token, and takes one that is given either way. Asks http://127.0.0.1:8080 unless SYNC_ASMX_SERVER says otherwise, which it has to
# with another port or with TLS: SYNC_ASMX_SERVER=https://localhost:8080 SYNC_ASMX_CACERT=/data/tls/ca.pem.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["sync-asmx", "health"]
# The service runs as process 1, and ends in order at SIGTERM: `docker stop` loses nothing.
ENTRYPOINT ["sync-asmx"]
