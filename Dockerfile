# docker build -t sync-asmx . && docker run -p 8080:8080 -v sync-asmx:/data sync-asmx
#
# Secrets come from files, such as Docker's: SYNC_ASMX_ADMIN_TOKEN_FILE=/run/secrets/admin-token, and SYNC_ASMX_LEDGER_FILE for a URL with
# a password. They have to be readable for 10001.
FROM rust:1.95-slim-bookworm AS build
# A compiler for C comes with the image: it is all that SQLite and ring need beside Rust.
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin sync-asmx

FROM debian:bookworm-slim
COPY --from=build /src/target/release/sync-asmx /usr/local/bin/sync-asmx
COPY LICENSE-APACHE LICENSE-MIT LICENSE-UNICODE /usr/share/doc/sync-asmx/
# A named volume takes its owner from here; a folder of the host that is mounted in its place has to be writable for 10001.
RUN mkdir /data && chown 10001:10001 /data
USER 10001:10001
VOLUME /data
# So the ledger's default, sqlite:data/sync-asmx.db, is in the volume; set here, it would contradict SYNC_ASMX_LEDGER_FILE.
WORKDIR /
ENV SYNC_ASMX_LISTEN=0.0.0.0:8080
EXPOSE 8080
# Asks over HTTP; with TLS, tell SYNC_ASMX_SERVER, or switch it off.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["sync-asmx", "health"]
# The service runs as process 1, and ends in order at SIGTERM: `docker stop` loses nothing.
ENTRYPOINT ["sync-asmx"]
