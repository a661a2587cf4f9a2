#!/bin/sh
# Becomes Valkey, with what differs from stack to stack as arguments.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=6379}" "${MAXMEMORY:=64mb}"

exec valkey-server /etc/redline/valkey.conf \
    --bind "$LISTEN_ADDR" --port "$LISTEN_PORT" --maxmemory "$MAXMEMORY" "$@"
