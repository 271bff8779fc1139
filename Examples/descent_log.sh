#!/bin/sh
# The same descent, written into the log that `varve exec` opens for the program; the seed comes from the environment.
#
#     varve exec --param lr=0.03,0.1 --seeds 0-4 -- sh Examples/descent_log.sh {lr}
exec awk -v lr="$1" -v seed="$VARVE_SEED" 'BEGIN {
    state = (1 + seed * 7919) * 16807 % 2147483647
    x = 1 + 4 * state / 2147483647
    print "{\"tag\": \"task\", \"value\": \"parabola\"}"
    for (step = 0; step < 50; step++) {
        printf "{\"step\": %d, \"loss\": %.6f}\n", step, x * x
        state = state * 16807 % 2147483647
        x -= lr * (2 * x + state / 2147483647 - 0.5)
    }
}' > "$VARVE_LOG"
