#!/bin/sh
# What runs beside Varnish: the log of the requests, and its counters once a second on stderr.
set -eu

# It waits until Varnish has made its shared memory, and has every request from the first one on.
varnishncsa -n /var/lib/varnish/edge -t 60 -a -w /var/log/varnish/access.log -f /etc/redline/log.format &

counters() {
    varnishstat -n /var/lib/varnish/edge -t 60 -1 \
        -f MAIN.cache_hit -f MAIN.cache_hit_grace -f MAIN.cache_miss -f MAIN.cache_hitmiss -f MAIN.cache_hitpass \
        -f MAIN.s_pass -f MAIN.s_synth -f MAIN.client_req -f MAIN.backend_req -f MAIN.fetch_failed \
        -f MAIN.n_object -f MAIN.n_lru_nuked -f MAIN.threads -f MAIN.threads_limited -f MAIN.sess_dropped \
        -f MAIN.bans -f SMA.s0.g_bytes -f SMA.s0.g_space
}

while sleep 1; do
    # One line, so that a reader never gets half of it.
    line=$(counters | awk '{ printf " %s=%s", $1, $2 }')
    echo "XSTATS $(date +%s)$line" >&2
done
