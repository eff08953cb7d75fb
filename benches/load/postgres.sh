# A PostgreSQL for scripts/bench, which sources this: with its defaults, on the repository's disk, every commit flushed.

postgres_bin=''
postgres_port=''

# As the user that the package has made: PostgreSQL refuses to run as root.
as_postgres() {
  local runner=()
  ((EUID == 0)) && runner=(runuser -u postgres --)
  (cd "$work/postgres" && "${runner[@]}" "$@")
}

start_postgres() {
  # Installs it where it is missing, as for the tests.
  tests/postgres/run true
  postgres_bin=$(find /usr/lib/postgresql -path '*/bin/initdb' -printf '%h\n' | sort --version-sort | tail -n 1)
  mkdir "$work/postgres"
  chmod 755 "$work"
  ((EUID == 0)) && chown postgres: "$work/postgres"
  as_postgres "$postgres_bin/initdb" --pgdata=data --username=postgres --auth=trust --encoding=UTF8 --locale=C >/dev/null
  for postgres_port in $(shuf --input-range=15000-29999 --head-count=5) none; do
    [[ $postgres_port != none ]] || die "PostgreSQL didn't start"
    as_postgres "$postgres_bin/pg_ctl" --pgdata=data --wait --log=log --silent \
      --options="-p $postgres_port -k $work_absolute/postgres -c listen_addresses=127.0.0.1" start && break
  done
  postgres_url=postgres://postgres@127.0.0.1:$postgres_port/postgres
}

stop_postgres() {
  [[ -z $postgres_bin ]] || as_postgres "$postgres_bin/pg_ctl" --pgdata=data --wait --silent --mode=immediate stop || true
}
