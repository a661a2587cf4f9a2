#!/bin/sh
# Runs while the image is built: makes the data directory and fills it, so
# that a container starts with the whole data set in place.
set -eu

sql=/usr/local/share/redline/sql
data=/var/lib/mysql
socket=/tmp/seed.sock

# Small files make a fresh volume cheap: Docker copies them for each container.
small='--innodb-redo-log-capacity=16M'

rm -rf "$data"
install -d -o mysql -g mysql -m 750 "$data"
install -d -o mysql -g mysql -m 755 /run/mysqld

echo "seed: initialising $data"
mysqld --defaults-file=/etc/redline/my.cnf --user=mysql --initialize-insecure "$small"

# Durability is pointless for a build step that starts over when it fails.
mysqld --defaults-file=/etc/redline/my.cnf --user=mysql "$small" \
    --skip-networking --socket="$socket" --performance-schema=OFF \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF &
server=$!

tries=0
until mysql --no-defaults -uroot -S "$socket" -e 'SELECT 1' >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
        echo "seed: the server did not come up" >&2
        exit 1
    fi
    sleep 0.2
done

for file in "$sql"/*.sql; do
    echo "seed: $file"
    mysql --no-defaults --default-character-set=utf8mb4 -uroot -S "$socket" < "$file"
done

# Which of several leaders is the newest, for two databases that stand in for each other (pair.sh).
mysql --no-defaults -uroot -S "$socket" -e 'CREATE DATABASE redline; CREATE TABLE redline.term (n INT PRIMARY KEY);
    INSERT INTO redline.term VALUES (1)'

# A clean, complete shutdown: nothing is left to recover or purge at start.
mysql --no-defaults -uroot -S "$socket" -e 'SET GLOBAL innodb_fast_shutdown = 0; SHUTDOWN'
wait "$server"

# Every container is a server of its own, so it makes its own identity.
rm -f "$data/auto.cnf"
rm -rf /run/mysqld /tmp/*
du -sh "$data"
