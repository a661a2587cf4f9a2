#!/bin/sh
# Renders the configuration from the environment, then becomes Nginx.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=80}" "${STATUS_PORT:=8081}" "${BACKLOG:=511}"
: "${SERVER_NAME:=www.foobar.com}" "${PHP_UPSTREAMS:=127.0.0.1:9000}"
: "${WORKER_PROCESSES:=1}" "${WORKER_CONNECTIONS:=4096}" "${KEEPALIVE_TIMEOUT:=65s}"
: "${FASTCGI_KEEPALIVE:=0}" "${PHP_STATUS:=127.0.0.1:9001}" "${LIMIT_REQ:=0}" "${LIMIT_REQ_BURST:=20}"
: "${PAGE_CACHE:=0}" "${GZIP:=text}"

# The name without www is the same site.
SERVER_NAMES=$SERVER_NAME
for name in $SERVER_NAME; do
    case $name in
        www.*) SERVER_NAMES="$SERVER_NAMES ${name#www.}" ;;
    esac
done

PHP_SERVERS=$(echo "$PHP_UPSTREAMS" | tr ',' '\n' | sed -e '/^ *$/d' -e 's/.*/        server &;/')
PHP_STATUS_SERVERS=$(echo "$PHP_STATUS" | tr ',' '\n' | sed -e '/^ *$/d' -e 's/.*/        server & max_fails=0;/')
PHP_KEEPALIVE=''
PHP_KEEP_CONN=off
if [ "$FASTCGI_KEEPALIVE" -gt 0 ]; then
    PHP_KEEPALIVE="        keepalive $FASTCGI_KEEPALIVE;"
    PHP_KEEP_CONN=on
fi

# Of all visitors together: the key is the same for all.
LIMIT_ZONE=''
LIMIT_PAGES=''
if [ "$LIMIT_REQ" -gt 0 ]; then
    LIMIT_ZONE="    limit_req_zone \$server_name zone=pages:32k rate=${LIMIT_REQ}r/s;"
    LIMIT_PAGES="            limit_req zone=pages burst=$LIMIT_REQ_BURST nodelay;"
fi

# GZIP=html is what `gzip on` alone does; text packs the rest as well, harder, and takes files that are packed already.
GZIP_TEXT=''
GZIP_FILES=off
if [ "$GZIP" = text ]; then
    GZIP_TEXT='    include /etc/redline/gzip-text.conf;'
    GZIP_FILES=on
fi

# PAGE_CACHE is the most MiB that kept pages may take; 0 keeps none.
CACHE_PATH=''
CACHE_PAGES=''
if [ "$PAGE_CACHE" -gt 0 ]; then
    CACHE_PATH="    fastcgi_cache_path /run/nginx/pages levels=1 keys_zone=pages:1m max_size=${PAGE_CACHE}m inactive=10m use_temp_path=off;"
    CACHE_PAGES='            include /etc/redline/page-cache.conf;'
fi

export LISTEN_ADDR LISTEN_PORT STATUS_PORT BACKLOG SERVER_NAMES WORKER_PROCESSES WORKER_CONNECTIONS \
    KEEPALIVE_TIMEOUT PHP_SERVERS PHP_STATUS_SERVERS PHP_KEEPALIVE PHP_KEEP_CONN LIMIT_ZONE LIMIT_PAGES \
    CACHE_PATH CACHE_PAGES GZIP_TEXT GZIP_FILES

# The temporary folders must belong to the workers. Making them as the worker's
# user spares the container the right to change owners.
umask 022
mkdir -p /run/nginx
chmod 1777 /run/nginx
setpriv --reuid=www-data --regid=www-data --clear-groups \
    mkdir -p -m 700 /run/nginx/body /run/nginx/proxy /run/nginx/fastcgi /run/nginx/uwsgi /run/nginx/scgi /run/nginx/pages

# shellcheck disable=SC2016 # envsubst wants the names, not the values
envsubst '$LISTEN_ADDR $LISTEN_PORT $STATUS_PORT $BACKLOG $SERVER_NAMES $WORKER_PROCESSES $WORKER_CONNECTIONS $KEEPALIVE_TIMEOUT $PHP_SERVERS $PHP_STATUS_SERVERS $PHP_KEEPALIVE $PHP_KEEP_CONN $LIMIT_ZONE $LIMIT_PAGES $CACHE_PATH $CACHE_PAGES $GZIP_TEXT $GZIP_FILES' \
    < /etc/redline/nginx.conf.template > /run/nginx/nginx.conf

# -e: the folder of the built-in error log may be a volume of somebody else.
exec nginx -e stderr -c /run/nginx/nginx.conf -g 'daemon off; user www-data;' "$@"
