#!/bin/sh
# Renders the configuration from the environment, then becomes PHP-FPM.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=9000}" "${STATUS_PORT:=9001}" "${BACKLOG:=511}"
: "${PM:=static}" "${PM_MAX_CHILDREN:=8}" "${PM_START_SERVERS:=2}"
: "${PM_MIN_SPARE_SERVERS:=1}" "${PM_MAX_SPARE_SERVERS:=4}" "${PM_MAX_REQUESTS:=0}"
: "${REQUEST_TERMINATE_TIMEOUT:=30s}" "${SLOWLOG_TIMEOUT:=5s}" "${PROCESS_CONTROL_TIMEOUT:=0}"
: "${MEMORY_LIMIT:=64M}" "${OPCACHE:=1}" "${OPCACHE_VALIDATE:=0}" "${OPCACHE_MEMORY:=64}"
: "${DB_HOST:=127.0.0.1}" "${DB_PORT:=3306}" "${DB_NAME:=shop}" "${DB_USER:=shop}"
: "${SESSIONS:=files}"
: "${HANDICAP_SLEEP:=0}" "${HANDICAP_BURN:=0}" "${HANDICAP_LOCK:=0}"
: "${DB_PASSWORD:?DB_PASSWORD must be set: the SHOP_PASSWORD of the database}"

export LISTEN_ADDR LISTEN_PORT STATUS_PORT BACKLOG PM PM_MAX_CHILDREN PM_START_SERVERS \
    PM_MIN_SPARE_SERVERS PM_MAX_SPARE_SERVERS PM_MAX_REQUESTS REQUEST_TERMINATE_TIMEOUT \
    SLOWLOG_TIMEOUT PROCESS_CONTROL_TIMEOUT MEMORY_LIMIT OPCACHE OPCACHE_VALIDATE OPCACHE_MEMORY \
    DB_HOST DB_PORT DB_NAME DB_USER DB_PASSWORD SESSIONS HANDICAP_SLEEP HANDICAP_BURN HANDICAP_LOCK

mkdir -p /run/php/conf.d
mkdir -p /tmp/sessions
chmod 700 /tmp/sessions

# shellcheck disable=SC2016 # envsubst wants the names, not the values
envsubst '$MEMORY_LIMIT $OPCACHE $OPCACHE_VALIDATE $OPCACHE_MEMORY' \
    < /etc/redline/php.ini.template > /run/php/conf.d/90-redline.ini

# FPM itself puts the environment into the rest of its configuration, so the
# password is in no file.
export PHP_INI_SCAN_DIR=/etc/php/8.4/fpm/conf.d:/run/php/conf.d
exec php-fpm8.4 --nodaemonize --fpm-config /etc/redline/fpm.conf "$@"
