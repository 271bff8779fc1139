import Foundation
import TestSupport
import Testing

@testable import Storage

@Suite struct FrozenFileTests {
    @Test func `a file that is written to while it is read without a lock is reported`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("file")
        try Data("as it was".utf8).write(to: URL(fileURLWithPath: path))
        let file = FrozenFile(path)
        try file.check()
        try Data("longer than it was".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StoreError.self) { try file.check() }
        #expect(error?.description.hasPrefix(path) == true)
    }
}
