#!/bin/sh
# Renders the configuration from the environment, then becomes HAProxy.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=80}" "${STATUS_PORT:=8404}" "${BACKLOG:=511}"
: "${BACKENDS:=web1=127.0.0.1:8080=8081}" "${MAX_CONNECTIONS:=4096}"
: "${CHECK_EVERY:=250ms}" "${FALL:=2}" "${RISE:=2}" "${CONNECT_TIMEOUT:=1000ms}" "${KEEPALIVE_TIMEOUT:=65s}"

# Each is name=address:port=port of the health check.
SERVERS=$(echo "$BACKENDS" | tr ',' '\n' | while IFS='=' read -r name address check; do
    [ -z "$name" ] || echo "    server $name $address check port $check"
done)

export LISTEN_ADDR LISTEN_PORT STATUS_PORT BACKLOG SERVERS MAX_CONNECTIONS CHECK_EVERY FALL RISE CONNECT_TIMEOUT \
    KEEPALIVE_TIMEOUT

mkdir -p /run/balancer
# shellcheck disable=SC2016 # envsubst wants the names, not the values
envsubst '$LISTEN_ADDR $LISTEN_PORT $STATUS_PORT $BACKLOG $SERVERS $MAX_CONNECTIONS $CHECK_EVERY $FALL $RISE $CONNECT_TIMEOUT $KEEPALIVE_TIMEOUT' \
    < /etc/redline/haproxy.cfg.template > /run/balancer/haproxy.cfg

exec haproxy -db -f /run/balancer/haproxy.cfg "$@"
