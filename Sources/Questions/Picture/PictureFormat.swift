import Glibc
public import Storage

/// What kind of file a picture becomes, by the ending of its name.
public enum PictureFormat: String, CaseIterable, Sendable {
    case svg, png, pdf

    /// The format that the ending of a file's name asks for.
    ///
    /// - Throws: ``PictureError`` for any other ending than these three.
    public init(ofFile path: String) throws(PictureError) {
        let ending = path.lastIndex(of: ".").map { path[path.index(after: $0)...].lowercased() }
        guard let format = PictureFormat(rawValue: ending ?? "") else { throw .otherEnding(path: path) }
        self = format
    }

    /// Writes a picture into a file whole, or nothing, in the format that the ending of its name asks for.
    ///
    /// - Throws: ``PictureError``; `StoreError`.
    public static func write(_ svg: String, of store: Store, to path: String) throws {
        let format = try PictureFormat(ofFile: path)
        let kind: FileKind =
            switch format {
            case .svg: .svg
            case .png: .png
            case .pdf: .pdf
            }
        try store.write(format.bytes(of: svg), to: path, as: kind)
    }

    /// A picture in this format.
    ///
    /// SVG stays as it is. PNG and PDF are made by `rsvg-convert`, which is found on PATH and started without a shell. It
    /// knows no dark scheme: a picture for dark pages is drawn with that theme.
    ///
    /// - Parameter svg: the picture.
    /// - Returns: the content of the file.
    /// - Throws: ``PictureError``.
    public func bytes(of svg: String) throws(PictureError) -> [UInt8] {
        guard self != .svg else { return Array(svg.utf8) }
        // Files without a name instead of pipes: neither side ever waits for the other.
        let streams = (0..<3).map { _ in Self.unnamedFile() }
        defer { for stream in streams where stream >= 0 { close(stream) } }
        guard streams.allSatisfy({ $0 >= 0 }), Self.write(Array(svg.utf8), to: streams[0]) else {
            throw .failed(reason: String(cString: strerror(errno)))
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
        }
        // Some SVGs are larger than the parser takes unasked.
        let arguments = ["rsvg-convert", "--format", rawValue, "--unlimited"]
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, "rsvg-convert", &actions, nil, &words, environ)
        guard code != ENOENT else { throw .notInstalled(format: self) }
        guard code == 0 else { throw .failed(reason: String(cString: strerror(code))) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let output = Self.contents(of: streams[1])
        guard status == 0, !output.isEmpty else {
            let lines = String(decoding: Self.contents(of: streams[2]), as: UTF8.self).split(separator: "\n")
            throw .failed(reason: lines.first.map(String.init) ?? "it ended without a picture")
        }
        return output
    }

    /// A file in the temporary folder that has lost its name; negative where none can be made.
    private static func unnamedFile() -> Int32 {
        var name = Array("/tmp/varve-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        if descriptor >= 0 {
            unlink(name)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        return descriptor
    }

    /// Writes a file whole, and goes back to its beginning.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return lseek(descriptor, 0, SEEK_SET) == 0
    }

    private static func contents(of descriptor: Int32) -> [UInt8] {
        lseek(descriptor, 0, SEEK_SET)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }
}

/// Why a picture did not become a file of the format asked for.
public enum PictureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name of a file ends otherwise than those of pictures.
    case otherEnding(path: String)
    case notInstalled(format: PictureFormat)
    case failed(reason: String)

    public var description: String {
        switch self {
        case .otherEnding(let path): "picture '\(path)'"
        case .notInstalled(let format):
            "the program rsvg-convert, which writes \(format.rawValue.uppercased()), is not installed"
        case .failed(let reason): "rsvg-convert could not make the picture: \(reason)"
        }
    }
}
