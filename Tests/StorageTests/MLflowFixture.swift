import Foundation
import Testing

@testable import Storage

/// A file with those of MLflow's tables, and of their columns, that an import reads, as MLflow 3 makes them.
enum MLflowFixture {
    /// Uuids as MLflow makes them.
    static let uuids = (0..<4).map { String(repeating: "0123456789abcdef", count: 2).dropLast() + "\($0)" }.map(
        String.init
    )

    /// Makes a file with an empty store.
    static func make(_ path: String) throws {
        let file = try #require(
            Bundle.module.url(forResource: "mlflow", withExtension: "sql", subdirectory: "Fixtures")
        )
        try Connection(path: path, mode: .create).execute(String(contentsOf: file, encoding: .utf8))
    }

    /// Makes a file with runs of every kind.
    static func fill(_ path: String) throws {
        try make(path)
        let greatest = "1.7976931348623157e308"
        var sql = """
            INSERT INTO alembic_version VALUES ('fixture');
            INSERT INTO experiments VALUES
                (0, 'Default', '', 'active', 1000, 1000, 'default'), (1, 'depth', '', 'active', 2000, 3000, 'default'),
                (2, 'gone', '', 'deleted', 2000, 3000, 'default'), (3, 'depth', '', 'active', 9, 9, 'second');
            INSERT INTO runs VALUES
                ('\(uuids[0])', 'first', 'FINISHED', 5000, 9000, 'active', 1, NULL),
                ('\(uuids[1])', '', 'FAILED', 5001, 9001, 'deleted', 2, 9500),
                ('\(uuids[2])', 'third', 'RUNNING', 5002, NULL, 'active', 0, NULL),
                ('\(uuids[3])', 'fourth', 'KILLED', 5003, 9003, 'active', 3, NULL);
            INSERT INTO params VALUES ('lr', '0.10', '\(uuids[0])'), ('opt', 'sgd', '\(uuids[0])');
            INSERT INTO tags VALUES
                ('mlflow.note.content', 'a note', '\(uuids[0])'), ('who', NULL, '\(uuids[0])'),
                ('mlflow.runName', 'by tag', '\(uuids[1])');
            INSERT INTO metrics VALUES
                ('loss', 2.5, 6000, '\(uuids[0])', 0, 0), ('loss', 2.25, 6001, '\(uuids[0])', 1, 0),
                ('loss', 0, 6002, '\(uuids[0])', 2, 1), ('loss', \(greatest), 6003, '\(uuids[0])', 3, 0),
                ('loss', -\(greatest), 6004, '\(uuids[0])', -1, 0), ('loss', 2.5, 6005, '\(uuids[0])', 0, 0),
                ('lost', 1, 1, 'no such run', 0, 0);
            INSERT INTO latest_metrics VALUES ('loss', 1, 7000, 0, 0, '\(uuids[2])');
            """
        for layer in ["layer1", "layer2", "layer10"] {
            sql += """
                INSERT INTO metrics VALUES
                    ('\(layer).variance', 1, 6000, '\(uuids[0])', 0, 0), ('\(layer).variance', 2, 6001, '\(uuids[0])', 1, 0),
                    ('\(layer).variance', 3, 6002, '\(uuids[0])', 1, 0), ('\(layer).variance', 0, 6003, '\(uuids[0])', 2, 1),
                    ('\(layer).variance', \(greatest), 6004, '\(uuids[0])', 4, 0);
                """
        }
        try Connection(path: path, mode: .existing).execute(sql)
    }
}
