import Glibc

/// What a program that this process starts has to know of it.
enum ProcessFacts {
    /// The file of this command.
    static var file: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The variables of the environment, as `NAME=value`.
    static var variables: [String] {
        var all: [String] = []
        var entry = environ
        while let bytes = entry.pointee {
            all.append(String(cString: bytes))
            entry += 1
        }
        return all
    }
}
