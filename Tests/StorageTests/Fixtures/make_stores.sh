#!/usr/bin/env bash
# Makes schema1.db, schema2.db and schema4.db to schema6.db, the stores of older schemas that tests bring forward. Each is
# written by a Varve of its time: schema 1 by that of commit d40d69b, schema 2 by that of commit 7880e57, schema 4 by that of
# commit 2deb24c, schema 5 by that of commit caa912e, schema 6 by that of commit d766190. Kept for the record; the files stay.
# Usage: make_stores.sh SMALL.npz VARVE1 VARVE-BENCH1 VARVE2 VARVE4 VARVE5 VARVE6, with 60 + 20 examples of 8 features and 3
# classes.
set -euo pipefail
small=$1 first=$2 bench=$3 second=$4 fourth=$5 fifth=$6 sixth=$7

fill() {
    local varve=$1
    export VARVE_STORE=$2
    local network=(--dataset small --width 10 --batch-size 20 --quiet)
    "$varve" dataset import "$small" --name small
    "$varve" run plain batchnorm --seeds 0-2 --steps 9 --record-every 3 --weights none "${network[@]}" \
        --note 'the first ones'
    "$varve" run branchnorm --seed 7 --steps 3 --weights both --experiment kept --tag kind=deep "${network[@]}"
    # The variances become infinite, then NaN.
    "$varve" run plain --seed 3 --steps 12 --learning-rate 1000 --weights none "${network[@]}"
    "$varve" tag 2 colour=blue
    "$varve" note 3 $'a "quoted" note, of\ntwo lines'
    "$varve" delete 5 --quiet
    "$varve" experiment create 'for later'
    # Its process is gone when the store is opened again.
    "$varve" run plain --seed 9 --steps 1000000000 --record-every 5000 --weights none "${network[@]}" &
    sleep "${3:-3}"
    kill -KILL $!
    wait $! || true
}

rm -f schema1.db* schema2.db* schema4.db* schema5.db* schema6.db*
fill "$first" schema1.db
# What another program records through the library.
"$bench" rows schema1.db 70
fill "$second" schema2.db
printf '%s\n' '{"param":"lr","value":0.1}' '{"layer":"conv1","variance":3.5,"step":0,"measure":"unbiased"}' \
    '{"layer":"conv2","variance":"NaN","step":0}' '{"step":0,"metric":"loss","value":2.25,"timestamp":1700000000000}' \
    '{"step":4,"metric":"loss","value":"-Infinity","timestamp":1700000000001}' '{"end":"failed"}' |
    "$second" log --name logged --quiet
# Layers that end at different steps, a step that repeats, values that are not finite, metrics without any other.
fill "$fourth" schema4.db 0.12
printf '%s\n' '{"param":"lr","value":0.1}' '{"layer":"conv1","variance":3.5,"step":0,"measure":"unbiased"}' \
    '{"layer":"conv2","variance":2.5,"step":0}' '{"layer":"conv1","variance":1.5,"step":7}' \
    '{"step":9,"metric":"loss","value":0.5,"timestamp":1700000000002}' \
    '{"step":2,"metric":"loss","value":0.25,"timestamp":1700000000001}' \
    '{"step":4,"metric":"loss","value":0.25,"timestamp":1700000000001}' \
    '{"step":9,"metric":"loss","value":0.75,"timestamp":1700000000002}' \
    '{"step":1,"metric":"grad","value":"Infinity","timestamp":1700000000000}' \
    '{"step":3,"metric":"grad","value":"NaN","timestamp":1700000000000}' \
    '{"step":5,"metric":"none","value":"NaN","timestamp":1700000000000}' '{"end":"failed"}' |
    "$fourth" log --name logged --quiet
# The same runs, brought forward.
cp schema4.db schema5.db
"$fifth" --store schema5.db migrate
cp schema5.db schema6.db
"$sixth" --store schema6.db migrate
