#!/bin/sh
# Renders the configuration from the environment, then becomes PHP-FPM.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=9000}" "${STATUS_PORT:=9001}" "${BACKLOG:=511}"
: "${PM:=static}" "${PM_MAX_CHILDREN:=8}" "${PM_START_SERVERS:=2}"
: "${PM_MIN_SPARE_SERVERS:=1}" "${PM_MAX_SPARE_SERVERS:=4}" "${PM_MAX_REQUESTS:=0}"
: "${REQUEST_TERMINATE_TIMEOUT:=30s}" "${SLOWLOG_TIMEOUT:=5s}" "${PROCESS_CONTROL_TIMEOUT:=0}"
: "${MEMORY_LIMIT:=64M}" "${OPCACHE:=1}" "${OPCACHE_VALIDATE:=0}" "${OPCACHE_MEMORY:=64}" "${OPCACHE_REVALIDATE:=0}"
: "${DB_HOST:=127.0.0.1}" "${DB_PORT:=3306}" "${DB_NAME:=shop}" "${DB_USER:=shop}" "${DB_REPLICA:=none}"
: "${READ_TIMEOUT:=10}"
: "${SESSIONS:=files}" "${CACHE:=none}" "${PAGE_TTL:=0}" "${EDGES:=none}" "${PURGE_KEY:=none}"
: "${HANDICAP_SLEEP:=0}" "${HANDICAP_BURN:=0}" "${HANDICAP_LOCK:=0}"
: "${DB_PASSWORD:?DB_PASSWORD must be set: the SHOP_PASSWORD of the database}"

export LISTEN_ADDR LISTEN_PORT STATUS_PORT BACKLOG PM PM_MAX_CHILDREN PM_START_SERVERS \
    PM_MIN_SPARE_SERVERS PM_MAX_SPARE_SERVERS PM_MAX_REQUESTS REQUEST_TERMINATE_TIMEOUT \
    SLOWLOG_TIMEOUT PROCESS_CONTROL_TIMEOUT MEMORY_LIMIT OPCACHE OPCACHE_VALIDATE OPCACHE_MEMORY OPCACHE_REVALIDATE \
    DB_HOST DB_PORT DB_REPLICA READ_TIMEOUT DB_NAME DB_USER DB_PASSWORD SESSIONS HANDICAP_SLEEP HANDICAP_BURN HANDICAP_LOCK \
    CACHE PAGE_TTL EDGES PURGE_KEY

mkdir -p /run/php/conf.d
mkdir -p /tmp/sessions
chmod 700 /tmp/sessions

# FPM takes no empty variables, so `none` says that there is none.
# CACHE is the Valkey (host:port) that the shop's objects are in, and with SESSIONS=valkey the sessions.
if [ "$CACHE" != none ]; then
    cp /etc/php/8.4/mods-available/igbinary.ini /run/php/conf.d/20-igbinary.ini
    cp /etc/php/8.4/mods-available/redis.ini /run/php/conf.d/25-redis.ini
    # A connection on which an answer is still to come, left by a process that was stopped, is not used again.
    echo 'redis.pconnect.pool_detect_dirty = 1' > /run/php/conf.d/26-redis-pool.ini
fi

# shellcheck disable=SC2016 # envsubst wants the names, not the values
envsubst '$READ_TIMEOUT $MEMORY_LIMIT $OPCACHE $OPCACHE_VALIDATE $OPCACHE_MEMORY $OPCACHE_REVALIDATE' \
    < /etc/redline/php.ini.template > /run/php/conf.d/90-redline.ini

# FPM itself puts the environment into the rest of its configuration, so the
# password is in no file.
export PHP_INI_SCAN_DIR=/etc/php/8.4/fpm/conf.d:/run/php/conf.d
exec php-fpm8.4 --nodaemonize --fpm-config /etc/redline/fpm.conf "$@"
