#!/bin/sh
# Sets this run's passwords, then becomes the server. Arguments go to it.
#
# With PEER (host:port) it is one of two databases that stand in for each other: pair.sh then runs the server.
set -eu

: "${LISTEN_ADDR:=127.0.0.1}" "${LISTEN_PORT:=3306}" "${PEER:=none}" "${ROLE:=none}"
: "${SHOP_PASSWORD:?SHOP_PASSWORD must be set: the password of the account that the shop uses}"
: "${PROBE_PASSWORD:?PROBE_PASSWORD must be set: the password of the account that the probe uses}"

sql_string() {
    printf "'"
    printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"
    printf "'"
}

mkdir -p /run/mysqld
umask 077
# Each of two servers sets its own: what is in the binary log is done by both.
cat > /run/mysqld/init.sql <<SQL
SET SESSION sql_log_bin = 0;
ALTER USER 'shop'@'%' IDENTIFIED BY $(sql_string "$SHOP_PASSWORD");
ALTER USER 'probe'@'%' IDENTIFIED BY $(sql_string "$PROBE_PASSWORD");
SQL
unset SHOP_PASSWORD PROBE_PASSWORD
if [ "$PEER" != none ]; then
    : "${PEER_PASSWORD:?PEER_PASSWORD must be set: the password by which the two databases ask each other}"
    cat >> /run/mysqld/init.sql <<SQL
CREATE USER IF NOT EXISTS 'peer'@'%';
ALTER USER 'peer'@'%' IDENTIFIED BY $(sql_string "$PEER_PASSWORD");
GRANT REPLICATION SLAVE, BACKUP_ADMIN ON *.* TO 'peer'@'%';
GRANT SELECT ON redline.* TO 'peer'@'%';
SQL
fi
umask 022

set -- mysqld --defaults-file=/etc/redline/my.cnf \
    --bind-address="$LISTEN_ADDR" --port="$LISTEN_PORT" \
    --init-file=/run/mysqld/init.sql "$@"
[ "$PEER" = none ] || exec /usr/local/bin/redline-pair "$@"
exec "$@"
