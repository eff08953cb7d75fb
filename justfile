# What CI runs.
check:
    .ci/run

# All tests, with whatever they need.
test:
    scripts/test

# How fast is it? See scripts/bench --help.
bench *args:
    scripts/bench {{args}}
