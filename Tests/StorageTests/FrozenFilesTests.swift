import Foundation
import Testing

@testable import Storage

@Suite struct FrozenFilesTests {
    @Test func `a file that is written to while it is read without a lock is told`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("as it was".utf8).write(to: URL(fileURLWithPath: path))
        FrozenFiles.note(path)
        try FrozenFiles.check()
        try Data("longer than it was".utf8).write(to: URL(fileURLWithPath: path))
        // Noted again by a second look, it is still the first that counts.
        FrozenFiles.note(path)
        let error = #expect(throws: StoreError.self) { try FrozenFiles.check() }
        #expect(error?.description.hasPrefix(path) == true)
    }
}
