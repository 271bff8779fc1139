import Foundation
import Testing

/// What `varve import` refuses; what it takes over is held in the tests of Storage, which make MLflow's file.
@Suite struct ImportTests {
    private let place: Workplace

    init() throws { place = try Workplace() }

    @Test func `a file that is none of MLflow's is refused before a store is made`() throws {
        try Data("no database".utf8).write(to: URL(fileURLWithPath: place.file("notes")))
        #expect(try place.varve("run", "plain", "--store", "other.db").status == 0)
        for (file, status, word) in [
            ("none", 66, "none"), (".", 65, "SQLite"), ("notes", 65, "notes"), ("other.db", 65, "merge"),
        ] {
            let outcome = try place.varve("import", "mlflow", file)
            #expect(outcome.status == Int32(status))
            #expect(outcome.complaints.count == 1)
            #expect(outcome.error.contains(word))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == ["notes", "other.db"])
    }

    @Test(arguments: [
        (["--layer-pattern", "variance"], "{layer}"), (["--measure", ""], "empty"), ([], "mlflow"),
    ])
    func `a mistake in the options is named`(_ options: [String], _ word: String) throws {
        let outcome = try place.varve(["import", options.isEmpty ? "csv" : "mlflow", "mlflow.db"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.error.contains(word))
    }
}
