// Times parts of Varve and prints what it found a line at a time. Benchmarks/README.md has the story.

let words = Array(CommandLine.arguments.dropFirst())
let count = words.count == 3 ? Int(words[2]) : nil
switch (words.first, count) {
case ("step", nil): try steps()
case ("model", nil): try models()
case ("gemm", nil): products()
case ("rows", let count?): try Recording.rows(store: words[1], count: count)
case ("blobs", let count?): try Recording.blobs(store: words[1], runs: count)
default:
    print(
        """
        usage: varve-bench COMMAND
          step               one training step of each architecture, variances included
          model              a fresh model: a run that ends before its first step
          gemm               the matrix products of a plain step, against the machine's peak
          rows STORE COUNT   variance rows recorded per second
          blobs STORE RUNS   tensors of plain networks recorded per second
        """
    )
}
