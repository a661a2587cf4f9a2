#!/bin/sh
# Renders the configuration from the environment, starts the logger and the counters, then becomes Varnish.
set -eu

# As its own user from here on, with nothing kept but the right to listen on a low port.
if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=varnish --regid=varnish --clear-groups \
        --inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service "$0" "$@"
fi

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=80}" "${ORIGINS:=127.0.0.1:8080}"
: "${STORAGE:=64m}" "${GRACE:=10s}"
: "${PURGE_KEY:?PURGE_KEY must be set: who knows it may empty the cache}"

BACKENDS=''
ADD_BACKENDS=''
n=0
for origin in $(echo "$ORIGINS" | tr ',' ' '); do
    n=$((n + 1))
    BACKENDS="$BACKENDS
backend origin$n {
    .host = \"${origin%:*}\";
    .port = \"${origin##*:}\";
    .connect_timeout = 5s;
    .first_byte_timeout = 60s;
    .between_bytes_timeout = 30s;
}"
    ADD_BACKENDS="$ADD_BACKENDS
    origins.add_backend(origin$n);"
done
export BACKENDS ADD_BACKENDS GRACE PURGE_KEY

mkdir -p -m 700 /run/varnish
# shellcheck disable=SC2016 # envsubst wants the names, not the values
envsubst '$BACKENDS $ADD_BACKENDS $GRACE $PURGE_KEY' < /etc/redline/edge.vcl.template > /run/varnish/edge.vcl

redline-beside &

# The work folder holds the compiled configuration, so its file system must allow programs.
exec varnishd -F -j none -n /var/lib/varnish/edge \
    -a "$LISTEN_ADDR:$LISTEN_PORT" -f /run/varnish/edge.vcl -s "malloc,$STORAGE" -T none \
    -p thread_pool_min=50 -p thread_pool_max=1000 -p timeout_idle=65 -p vsl_space=32M "$@"
