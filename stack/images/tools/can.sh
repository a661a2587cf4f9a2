#!/bin/sh
# Tries what this kernel can do, in a network of this container's own where it disturbs nobody. One line for each:
# its name, `yes` or `no`, and what was said about a no.
set -u

# $1: name; $2: what to do.
try() {
    if said=$(sh -c "$2" 2>&1); then
        echo "$1 yes"
    else
        echo "$1 no $(echo "$said" | tr '\n' ' ')"
    fi
}

try delay 'tc qdisc replace dev lo root netem delay 1ms && tc qdisc del dev lo root'
try bandwidth 'tc qdisc replace dev lo root tbf rate 1gbit burst 1mb latency 1s && tc qdisc del dev lo root'

# A table with an owner goes when its owner does, so it cannot be left behind.
try filter 'printf "%s\n" \
    "add table inet try { flags owner; }" \
    "add chain inet try in { type filter hook input priority 0; }" \
    "add rule inet try in ip daddr 127.80.0.1 tcp dport 9 drop" \
    "add rule inet try in ip saddr 127.80.0.1 udp sport 9 drop" > /tmp/try && nft -f /tmp/try'

# shellcheck disable=SC2016 # the dollars are for perl
perl -MIO::Socket::INET -e '
    $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 7777, Listen => 1) or die;
    $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => 7777) or die;
    $s = $l->accept or die;
    print "open\n"; $| = 1; sleep 10;' > /tmp/open &
perl=$!
tries=0
until [ -n "$(ss -Htn state established 'sport = :7777')" ] || [ $tries -ge 100 ]; do
    tries=$((tries + 1))
    sleep 0.02
done
try reset 'ss -Htn -K state established "sport = :7777"; test -z "$(ss -Htn state established "sport = :7777")" || { echo "the connection is still there"; exit 1; }'
kill $perl 2> /dev/null
exit 0
