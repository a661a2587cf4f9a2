#!/bin/sh
# Renders the zone from the addresses of this run, then becomes NSD.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=53}" "${ZONE:=foobar.com}" "${TTL:=60}"
: "${WWW_ADDRESSES:=127.0.0.1}"
export LISTEN_ADDR LISTEN_PORT ZONE

mkdir -p /run/dns

first=${WWW_ADDRESSES%%,*}
# A wildcard is an address to listen on, not one to send people to.
case $LISTEN_ADDR in
    0.0.0.0 | ::) : "${NS_ADDRESSES:=$first}" ;;
    *) : "${NS_ADDRESSES:=$LISTEN_ADDR}" ;;
esac

{
    echo "\$ORIGIN $ZONE."
    echo "\$TTL $TTL"
    echo "@   IN SOA ns1 hostmaster 1 3600 600 86400 $TTL"
    echo "$NS_ADDRESSES" | tr ',' '\n' | {
        number=1
        while read -r address; do
            [ -z "$address" ] || printf '@   IN NS ns%d\nns%d IN A %s\n' "$number" "$number" "$address"
            number=$((number + 1))
        done
    }
    echo "$WWW_ADDRESSES" | tr ',' '\n' | while read -r address; do
        [ -z "$address" ] || echo "@   IN A $address"
    done
    echo "www IN CNAME $ZONE."
} > /run/dns/zone

# A zone with a mistake in it would be served as SERVFAIL; stop here instead.
nsd-checkzone "$ZONE" /run/dns/zone >&2

# shellcheck disable=SC2016 # envsubst wants the names, not the values
envsubst '$LISTEN_ADDR $LISTEN_PORT $ZONE' < /etc/redline/nsd.conf.template > /run/dns/nsd.conf

exec nsd -d -c /run/dns/nsd.conf "$@"
