import Glibc

/// The names by which a server may be called.
struct HostNames: Sendable {
    private let names: Set<String>

    /// - Parameters:
    ///   - host: what is listened at; a wildcard stands for the addresses and the name of this machine.
    ///   - allowed: further names.
    init(host: String, allowed: [String]) {
        var names = Set((allowed + ["localhost", "::1", host]).map(Self.plain))
        if ["0.0.0.0", "::"].contains(Self.plain(host)) {
            names.formUnion(Self.addresses)
            names.formUnion(Self.machine)
        }
        self.names = names
    }

    /// Whether a header `Host` names us, whatever port stands behind it: a tunnel has another one.
    func contains(_ authority: String) -> Bool {
        let host = Self.plain(String(Self.host(of: authority)))
        return names.contains(host) || Self.isLoopbackAddress(host)
    }

    /// Whether only this machine can connect to it.
    static func isLoopback(_ host: String) -> Bool {
        let host = plain(host)
        return ["localhost", "::1"].contains(host) || isLoopbackAddress(host)
    }

    /// 127.0.0.0/8, written in full.
    private static func isLoopbackAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } && UInt8($0) != nil }
    }

    /// The name in front of a port.
    static func host(of authority: String) -> Substring {
        guard let colon = authority.lastIndex(of: ":"), authority.last != "]" else { return authority[...] }
        let port = authority[colon...].dropFirst()
        return port.utf8.allSatisfy { (48...57).contains($0) } ? authority[..<colon] : authority[...]
    }

    /// A name as it is compared: in small letters, without the brackets of an address and the point at the end.
    private static func plain(_ host: String) -> String {
        var host = host.lowercased()[...]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        if host.hasSuffix(".") { host = host.dropLast() }
        return String(host)
    }

    /// The name of this machine.
    private static var machine: [String] {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return [] }
        return [plain(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))]
    }

    /// The addresses of this machine.
    private static var addresses: [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [String] = []
        var next = first
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr else { continue }
            let size: socklen_t
            switch Int32(address.pointee.sa_family) {
            case AF_INET: size = socklen_t(MemoryLayout<sockaddr_in>.size)
            case AF_INET6: size = socklen_t(MemoryLayout<sockaddr_in6>.size)
            default: continue
            }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
                continue
            }
            let words = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // An address of one network card is written with its name behind a percent sign.
            found.append(String(String(decoding: words, as: UTF8.self).prefix { $0 != "%" }))
        }
        return found
    }
}
