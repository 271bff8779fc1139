import ArgumentParser

@main
struct Varve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "varve", version: "0.1.0")
}
