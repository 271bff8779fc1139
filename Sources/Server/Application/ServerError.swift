/// Why the server cannot begin.
public enum ServerError: Error, Equatable, CustomStringConvertible {
    case portTaken(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)
    /// The server could be reached, or called, from other machines, and would ask for no token.
    case needsToken(host: String)
    case noToken(file: String, reason: String)
    case cannotMakeToken(file: String, reason: String)

    public var description: String {
        switch self {
        case .portTaken(let host, let port): "port \(port) of \(host) is taken by another program"
        case .cannotListen(let host, let port, let reason): "cannot listen at \(host):\(port): \(reason)"
        case .needsToken(let host): "'\(host)' is not of this machine alone, and no token is asked for"
        case .noToken(let file, let reason): "there is no token in \(file): \(reason)"
        case .cannotMakeToken(let file, let reason): "cannot write a token to \(file): \(reason)"
        }
    }
}
