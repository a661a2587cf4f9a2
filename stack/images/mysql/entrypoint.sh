#!/bin/sh
# Sets this run's passwords, then becomes the server. Arguments go to it.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=3306}"
: "${SHOP_PASSWORD:?SHOP_PASSWORD must be set: the password of the account that the shop uses}"
: "${PROBE_PASSWORD:?PROBE_PASSWORD must be set: the password of the account that the probe uses}"

sql_string() {
    printf "'"
    printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"
    printf "'"
}

mkdir -p /run/mysqld
umask 077
cat > /run/mysqld/init.sql <<SQL
ALTER USER 'shop'@'%' IDENTIFIED BY $(sql_string "$SHOP_PASSWORD");
ALTER USER 'probe'@'%' IDENTIFIED BY $(sql_string "$PROBE_PASSWORD");
SQL
unset SHOP_PASSWORD PROBE_PASSWORD
umask 022

exec mysqld --defaults-file=/etc/redline/my.cnf \
    --bind-address="$LISTEN_ADDR" --port="$LISTEN_PORT" \
    --init-file=/run/mysqld/init.sql "$@"
