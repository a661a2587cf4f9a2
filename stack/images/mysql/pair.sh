#!/bin/bash
# Runs one of two databases that stand in for each other, and is the script that fails over from one to the other.
#
# One leads: it takes writes. The other follows it by GTID, semi-synchronously: the leader acknowledges a commit when the
# follower has it. Each has this script beside it, so no third party can be missing:
#
# - The follower asks the leader every 250 ms. Its port closed three times, or no word from it for 2 s (a busy server is
#   slow, not gone), and the follower applies what it has received and leads. It does so only if the leader's commits
#   waited for it when it last answered: else it may lack some.
# - The leader goes on without a follower that is gone: at once when its port is closed, and when it is only silent after
#   longer than the shop waits for any answer. Until then commits wait, so that of two leaders that do not see each other
#   the old one can acknowledge nothing.
# - A server always starts as one that takes no writes, and asks the other what it is to be. Each new leader has a
#   higher term (redline.term); an old leader that sees one ends its server at once, and comes back to follow.
# - What an old leader has and the new one does not was never acknowledged: it takes the new leader's data instead.
set -u

socket=/run/mysqld/mysqld.sock
secret=/run/mysqld/peer.cnf
# What this server was last, for when it starts again.
note=/var/lib/mysql/redline-pair
host=${PEER%:*}
port=${PEER##*:}

tick=0.25                 # seconds between two questions, and as long as one may take
refusals_to_lead=3
silences_to_lead=4        # 2 s: a question without an answer and the pause after it take two ticks
refusals_to_be_alone=2
silences_to_be_alone=8    # 4 s: longer than READ_TIMEOUT of the shop (php.ini)
longest_gap=2000000       # microseconds: who was stopped for longer does not know what happened meanwhile
patience_at_start=40      # ticks in which a leader that starts waits for the other one

state=undecided
server=
alone=no      # as leader: whether commits wait for nobody
in_step=no    # as follower: whether all that the leader has acknowledged is here, as far as it has ever been heard
silences=0    # questions in a row without a word from the other one
refusals=0    # of those the last in a row that found its port closed
waited=0
last=${EPOCHREALTIME/./}

say() { echo "redline-pair: $*" >&2; }

# Questions over a client that stays: a new one for each would cost more than the answers.
declare -A to from client
number=0
answer=
exec {pause}<> <(:)

open() { # name, the client's arguments
    local name=$1 out="/run/mysqld/answers-$1" questions answers
    shift
    close "$name"
    rm -f "$out"
    mkfifo -m 600 "$out"
    exec {answers}<> "$out"
    exec {questions}> >(exec mysql "$@" -N -B --unbuffered --skip-reconnect > "$out" 2>&1)
    client[$name]=$!
    to[$name]=$questions
    from[$name]=$answers
}
close() { # name
    [ -n "${to[$1]:-}" ] || return 0
    local questions=${to[$1]} answers=${from[$1]}
    kill -9 "${client[$1]}" 2> /dev/null
    exec {questions}>&- {answers}<&-
    unset "to[$1]" "from[$1]" "client[$1]"
}
ask() { # name, seconds, columns: gives them in `answer`
    local line
    [ -n "${to[$1]:-}" ] || return 1
    number=$((number + 1))
    if ! echo "SELECT 'a$number', $3;" >&"${to[$1]}" 2> /dev/null; then
        close "$1"
        return 1
    fi
    while IFS= read -r -t "$2" -u "${from[$1]}" line; do
        case $line in
            "a$number"*) answer=${line#*$'\t'}; return 0 ;;
            # An answer to an earlier question: late, and a sign of life.
            a*) [ "$1" = own ] || silences=0 refusals=0 ;;
            ERROR*) close "$1"; return 1 ;;
        esac
    done
    return 1
}
ask_peer() { # columns
    if [ -z "${to[peer]:-}" ]; then
        # Cheaper than a client that finds nobody.
        (exec 3<> "/dev/tcp/$host/$port") 2> /dev/null || { closed=yes; return 1; }
        open peer --defaults-file="$secret" -h "$host" -P "$port" -u peer --connect-timeout=1 --get-server-public-key \
            --ssl-mode=DISABLED
    fi
    closed=no
    ask peer "$tick" "$1"
}
own() { # columns, seconds
    [ -n "${to[own]:-}" ] || open own --no-defaults -u root -S "$socket"
    ask own "${2:-5}" "$1"
}
run() { # statements
    mysql --no-defaults -u root -S "$socket" -e "$1"
}

start() {
    say 'starts the server'
    rm -f "$socket" "$socket.lock"
    "${command[@]}" &
    server=$!
    state=undecided alone=no in_step=no silences=0 refusals=0 waited=0
    until [ -S "$socket" ] && own 1 1; do
        kill -0 "$server" 2> /dev/null || finish
        read -r -t "$tick" -u "$pause"
    done
}
finish() {
    wait "$server"
    exit $?
}
stop() {
    trap '' TERM
    # It would wait for them.
    close own
    close peer
    kill -TERM "$server"
    wait "$server"
    exit $?
}

lead() { # yes or no: whether it is a new leader
    if [ "$1" = yes ]; then
        run 'STOP REPLICA IO_THREAD' || return
        # What it was told it has, and the leader acknowledged for that, it must also show.
        own "WAIT_FOR_EXECUTED_GTID_SET((SELECT MAX(RECEIVED_TRANSACTION_SET) FROM
            performance_schema.replication_connection_status), 20)" 21
        [ "$answer" = 0 ] || { say "has not applied all that it received: $answer"; return; }
        run 'STOP REPLICA; RESET REPLICA ALL; SET GLOBAL super_read_only = OFF; INSERT INTO redline.term
            SELECT MAX(n) + 1 FROM redline.term' || return
        alone=yes
    else
        run 'SET GLOBAL rpl_semi_sync_source_enabled = ON; SET GLOBAL super_read_only = OFF' || return
    fi
    echo leader > "$note"
    run 'SET GLOBAL read_only = OFF' || return
    state=leading silences=0 refusals=0
    say "leads (alone: $alone)"
}
follow() {
    own "REPLACE(@@GLOBAL.gtid_executed, '\n', '')" || return
    local mine=$answer
    ask_peer "GTID_SUBSET('$mine', @@GLOBAL.gtid_executed)" || return
    if [ "$answer" != 1 ]; then
        take_over_data
        return
    fi
    run "STOP REPLICA; RESET REPLICA ALL; CHANGE REPLICATION SOURCE TO SOURCE_HOST = '$host', SOURCE_PORT = $port,
        SOURCE_USER = 'peer', SOURCE_PASSWORD = '$PEER_PASSWORD', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1,
        SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 1000000, SOURCE_HEARTBEAT_PERIOD = 1; START REPLICA" || return
    echo follower > "$note"
    state=following silences=0 refusals=0
    say 'follows'
}
take_over_data() {
    say 'has what the leader has not, and nobody was told that it was kept: takes the data of the leader'
    # Taking data is a write; that it is offline keeps everybody else's out.
    run "SET GLOBAL offline_mode = ON; SET GLOBAL super_read_only = OFF;
        SET GLOBAL clone_valid_donor_list = '$host:$port';
        CLONE INSTANCE FROM 'peer'@'$host':$port IDENTIFIED BY '$PEER_PASSWORD'"
    # It shuts down by itself when it has them all.
    own_end
    start
}
own_end() {
    local tries=0
    while kill -0 "$server" 2> /dev/null; do
        tries=$((tries + 1))
        [ "$tries" -le 40 ] || kill -9 "$server"
        read -r -t "$tick" -u "$pause"
    done
    wait "$server"
    close own
}
step_down() {
    say 'sees a newer leader: ends its server, whose open commits nobody shall be told of'
    kill -9 "$server"
    echo follower > "$note"
    own_end
    start
}

# read_only, term, whether its commits wait for the other one
look() {
    ask_peer "@@GLOBAL.read_only, (SELECT MAX(n) FROM redline.term), @@GLOBAL.rpl_semi_sync_source_enabled" || return 1
    read -r peer_reads_only peer_term peer_waits <<< "$answer"
    silences=0 refusals=0
}
miss() {
    silences=$((silences + 1))
    if [ "$closed" = yes ]; then refusals=$((refusals + 1)); else refusals=0; fi
}

decide() {
    waited=$((waited + 1))
    if ! look; then
        if [ "$(cat "$note")" = leader ] && [ "$waited" -gt "$patience_at_start" ]; then lead no; fi
        return
    fi
    if [ "$peer_reads_only" = 0 ]; then
        follow
    elif [ "$(cat "$note")" = leader ] && own '(SELECT MAX(n) FROM redline.term)' && [ "$answer" -ge "$peer_term" ]; then
        lead no
    fi
}
as_leader() {
    if look; then
        if [ "$peer_reads_only" = 0 ]; then
            own '(SELECT MAX(n) FROM redline.term)' && [ "$answer" -lt "$peer_term" ] && step_down
        elif [ "$alone" = yes ] && own "(SELECT VARIABLE_VALUE FROM performance_schema.global_status
                WHERE VARIABLE_NAME = 'Rpl_semi_sync_source_clients')" && [ "$answer" -gt 0 ]; then
            run 'SET GLOBAL rpl_semi_sync_source_enabled = ON' && alone=no && say 'is followed'
        fi
        return
    fi
    miss
    [ "$alone" = no ] || return
    if [ "$refusals" -ge "$refusals_to_be_alone" ] || [ "$silences" -ge "$silences_to_be_alone" ]; then
        run 'SET GLOBAL rpl_semi_sync_source_enabled = OFF' && alone=yes && say 'goes on alone'
    fi
}
# The leader's commits wait for this server; those before must have come as well.
catch_up() {
    ask_peer "REPLACE(@@GLOBAL.gtid_executed, '\n', '')" || return
    own "GTID_SUBSET('$answer', CONCAT(@@GLOBAL.gtid_executed, ',', (SELECT MAX(RECEIVED_TRANSACTION_SET) FROM
        performance_schema.replication_connection_status)))" && [ "$answer" = 1 ] && in_step=yes
}
as_follower() {
    if look; then
        [ "$peer_waits" = 1 ] || in_step=no
        [ "$peer_reads_only" = 0 ] || return
        [ "$peer_waits" = 0 ] || [ "$in_step" = yes ] || catch_up
        own "(SELECT COUNT(*) FROM performance_schema.replication_connection_status WHERE SERVICE_STATE <> 'OFF'),
            (SELECT COUNT(*) FROM performance_schema.replication_applier_status WHERE SERVICE_STATE = 'ON')" || return
        case $answer in
            1*1) ;;
            1*) say 'cannot apply what it receives'; take_over_data ;;
            *) say 'receives nothing any more'; state=undecided ;;
        esac
        return
    fi
    miss
    if [ "$refusals" -ge "$refusals_to_lead" ] || [ "$silences" -ge "$silences_to_lead" ]; then
        [ "$in_step" = no ] || lead yes
    fi
}

command=("$@" --server-id="$SERVER_ID" --log-bin=binlog --gtid-mode=ON --enforce-gtid-consistency=ON
    --plugin-load-add=semisync_source.so --plugin-load-add=semisync_replica.so --plugin-load-add=mysql_clone.so
    --rpl-semi-sync-source-timeout=4294967295 --rpl-semi-sync-source-wait-no-replica=ON
    --rpl-semi-sync-source-wait-point=AFTER_SYNC --rpl-semi-sync-replica-enabled=ON
    --super-read-only=ON --skip-replica-start=ON --relay-log=relay --relay-log-recovery=ON)
export -n PEER_PASSWORD
(umask 077 && printf '[client]\npassword="%s"\n' "$PEER_PASSWORD" > "$secret")
trap '' PIPE
trap stop TERM
if [ ! -e "$note" ]; then
    if [ "$ROLE" = primary ]; then echo leader > "$note"; else echo follower > "$note"; fi
fi
start
while :; do
    kill -0 "$server" 2> /dev/null || finish
    now=${EPOCHREALTIME/./}
    [ $((now - last)) -le "$longest_gap" ] || in_step=no
    last=$now
    case $state in
        undecided) decide ;;
        leading) as_leader ;;
        following) as_follower ;;
    esac
    read -r -t "$tick" -u "$pause"
done
