import Foundation
import Glibc
import TestSupport
import Testing

@testable import Runner

/// What is found out about a checkout, and that nothing of it is executed.
@Suite struct CheckoutTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Executes a line of the shell in the folder.
    private func shell(_ line: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-ec", "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1; \(line)"]
        process.currentDirectoryURL = folder.url
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(line)")
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static let commit = "git -c user.name=a -c user.email=a@b -c core.hooksPath=/dev/null commit -qm x"

    private func begin() throws -> String {
        try shell("git init -q; echo one > file; echo two > other; git add .; \(Self.commit); git rev-parse HEAD")
    }

    private func checkout(in place: String = "") -> Checkout? {
        Checkout.current(in: folder.path + "/" + place, patience: 10_000)
    }

    @Test func `a clean checkout, a touched file, a changed one and a staged one`() throws {
        let commit = try begin()
        #expect(checkout() == Checkout(commit: commit, isDirty: false))
        _ = try shell("sleep 0.01; touch file; mkdir -p deep/er; echo new > untracked")
        #expect(checkout(in: "deep/er") == Checkout(commit: commit, isDirty: false))
        _ = try shell("echo three > file")
        #expect(checkout() == Checkout(commit: commit, isDirty: true))
        _ = try shell("git add file")
        #expect(checkout() == Checkout(commit: commit, isDirty: true))
        let next = try shell("\(Self.commit); git pack-refs --all; git gc -q; git rev-parse HEAD")
        #expect(next != commit)
        #expect(checkout() == Checkout(commit: next, isDirty: false))
    }

    @Test func `another work tree, a detached head and SHA-256`() throws {
        let commit = try begin()
        _ = try shell("git worktree add -q tree -b side; cd tree; git checkout -q --detach; echo x > file")
        #expect(checkout(in: "tree") == Checkout(commit: commit, isDirty: true))
        #expect(checkout()?.isDirty == false)
        let other = try shell(
            "mkdir sha; cd sha; git init -q --object-format=sha256; echo x > y; git add .; \(Self.commit); git rev-parse HEAD"
        )
        #expect(checkout(in: "sha") == Checkout(commit: other, isDirty: false))
    }

    @Test func `no checkout, and one before its first commit, are nothing`() throws {
        #expect(checkout() == nil)
        _ = try shell("git init -q")
        #expect(checkout() == nil)
        _ = try shell("rm .git/HEAD; mkfifo .git/HEAD")
        #expect(checkout() == nil)
    }

    @Test func `nothing of the checkout is executed, and what only a filter knows is unknown`() throws {
        let hit = folder.path + "/hit"
        let run = "touch \(hit); cat"
        let commit = try begin()
        _ = try shell(
            """
            git init -q inner; cd inner; echo x > y; git add .; \(Self.commit); cd ..; git add inner; \(Self.commit)
            printf 'file filter=evil diff=evil\\n' > .gitattributes; git add .gitattributes; \(Self.commit)
            for place in . inner; do cd $place
            git config filter.evil.clean '\(run)'; git config filter.evil.process '\(run)'
            git config filter.evil.required true; git config filter.other.clean '\(run)'
            git config diff.evil.textconv '\(run)'; git config diff.evil.command '\(run)'
            git config diff.external '\(run)'; git config core.fsmonitor '\(run)'; git config core.sshCommand '\(run)'
            git config core.pager '\(run)'; git config core.hooksPath "$PWD/hooks"; git config alias.status '!\(run)'
            git config remote.o.url 'ext::sh -c \(hit)'; git config extensions.partialClone o
            git config remote.o.promisor true; mkdir hooks
            for hook in post-index-change fsmonitor-watchman pre-commit; do
            printf '#!/bin/sh\\ntouch \(hit)\\n' > hooks/$hook; chmod +x hooks/$hook; done; done
            printf '* filter=other\\n' > .gitattributes
            """
        )
        _ = try shell("rm -f \(hit); sleep 0.01; echo changed > file; echo changed > inner/y")
        let found = try #require(checkout())
        #expect(found.commit != commit)
        #expect(found.isDirty == nil)
        #expect(checkout(in: "inner")?.isDirty == nil)
        // A file without a filter is known.
        _ = try Data("changed".utf8).write(to: folder.url.appending(path: "other"))
        #expect(checkout()?.isDirty == true)
        // What differs is told by git alone, and cut where it is too long.
        let difference = try #require(Checkout.difference(in: folder.path, limit: 1 << 20, patience: 10_000))
        let patch = String(decoding: try #require(difference.patch), as: UTF8.self)
        #expect(patch.contains("-one\n+changed\n") && patch.contains("-two\n") && !difference.isCut)
        let cut = try #require(Checkout.difference(in: folder.path, limit: 100, patience: 10_000))
        #expect(cut.patch.map { patch.utf8.starts(with: $0) } == true && cut.patch?.count == 100 && cut.isCut)
        #expect(access(hit, F_OK) != 0)
    }
}
