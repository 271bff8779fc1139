#!/bin/sh
# Gradient descent on a noisy parabola. It prints its loss and knows nothing of Varve.
#
#     varve exec --param lr=0.03,0.1 --seeds 0-4 --scrape 'step {step} loss {loss}' -- sh Examples/descent.sh {lr} {seed}
exec awk -v lr="$1" -v seed="$2" 'BEGIN {
    srand(seed)
    x = 4 * rand() + 1
    for (step = 0; step < 50; step++) {
        printf "step %d loss %.6f\n", step, x * x
        x -= lr * (2 * x + rand() - 0.5)
    }
}'
