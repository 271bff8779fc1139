// Times parts of Varve and prints what it found a line at a time. Benchmarks/README.md has the story.

let words = Array(CommandLine.arguments.dropFirst())
let numbers = words.dropFirst(2).compactMap { Int($0) }.filter { $0 > 0 }
switch (words.first, words.count, numbers.count) {
case ("step", 1, _): try steps()
case ("model", 1, _): try models()
case ("gemm", 1, _): products()
case ("rows", 3, 1): try Recording.rows(store: words[1], count: numbers[0])
case ("blobs", 3, 1): try Recording.blobs(store: words[1], runs: numbers[0])
case ("writes", 4, 2): try await Sharing.writes(store: words[1], count: numbers[0], callers: numbers[1])
case ("questions", 4, 2): try await Sharing.questions(store: words[1], count: numbers[0], callers: numbers[1])
case ("store", 4...5, words.count - 2):
    let seed = numbers.count == 3 ? UInt64(numbers[2]) : 1
    try SampleStore(path: words[1], runs: numbers[0], rows: numbers[1], seed: seed).record()
default:
    print(
        """
        usage: varve-bench COMMAND
          step               one training step of each architecture, variances included
          model              a fresh model: a run that ends before its first step
          gemm               the matrix products of a plain step, against the machine's peak
          rows STORE COUNT   variance rows recorded per second
          blobs STORE RUNS   tensors of plain networks recorded per second
          writes STORE COUNT CALLERS
                             small writes per second that callers share
          questions STORE COUNT CALLERS
                             questions per second that callers share
          store STORE RUNS ROWS [SEED]
                             makes a store of that many runs and variance rows, or adds them
        """
    )
}
