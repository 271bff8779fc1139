// Times parts of Varve, in CPU time of one thread, and prints one JSON object a line. Benchmarks/README.md has the story.

let commands: [(name: String, purpose: String, run: () throws -> Void)] = [
    ("step", "one training step of each architecture, variances included", steps),
    ("model", "a fresh model: a run that ends before its first step", models),
    ("gemm", "the matrix products of a plain step, against the machine's peak", products),
]

if let command = commands.first(where: { [$0.name] == CommandLine.arguments.dropFirst() }) {
    try command.run()
} else {
    print("usage: varve-bench COMMAND")
    for command in commands { print("  \(command.name)  \(command.purpose)") }
}
