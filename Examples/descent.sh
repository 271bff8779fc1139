#!/bin/sh
# Gradient descent on a noisy parabola. It prints its loss and knows nothing of Varve.
#
#     varve exec --param lr=0.03,0.1 --seeds 0-4 --scrape 'step {step} loss {loss}' -- sh Examples/descent.sh {lr} {seed}
#
# Park and Miller's generator: that of awk differs from one awk to another.
exec awk -v lr="$1" -v seed="$2" 'BEGIN {
    state = (1 + seed * 7919) * 16807 % 2147483647
    x = 1 + 4 * state / 2147483647
    for (step = 0; step < 50; step++) {
        printf "step %d loss %.6f\n", step, x * x
        state = state * 16807 % 2147483647
        x -= lr * (2 * x + state / 2147483647 - 0.5)
    }
}'
