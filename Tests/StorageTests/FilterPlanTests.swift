import TestSupport
import Testing

@testable import Storage

/// How SQLite answers compiled filters: by primary key, however many rows there are.
@Suite struct FilterPlanTests {
    private let folder: TemporaryFolder
    private let store: Store

    init() throws {
        folder = try TemporaryFolder()
        store = try Store(path: folder.file("varve.db"), for: .writing)
    }

    private func plan(_ filter: String, by order: String? = nil, _ statement: [UInt8]) throws -> [String] {
        let compiled = FilterSQL(
            try Filter(parsing: filter),
            order: try order.map { try RunOrder.list(parsing: $0) } ?? [],
            dead: [3, 4],
            parameters: 2
        )
        let sql = compiled.completed(statement)
        #expect(!String(decoding: sql, as: UTF8.self).contains("/*"))
        return try store.plan(sql)
    }

    static let filters = [
        "variance.residual5 > 20 AND metrics.loss < 2.5",
        "variance.\"After fifth residual connection\" IS NULL OR NOT metrics.`val loss` IN (1, 2)",
        "(params.width = 100 OR tags.note LIKE '%drift%') AND params.init ILIKE 'he%'",
        "experiment = 'a' AND dataset != 'b' OR status IN ('killed', 'finished')",
        "NOT (tags.x > '5' AND tags.y < 'z') AND seed < 10",
        "max(metrics.loss) > 3 AND min(metrics.loss) IS FINITE OR metrics.loss IS NAN AND dead.input IS NOT FINITE",
        "max_step(metrics.loss) > 3 AND NOT min_step(metrics.`val loss`) IN (1, 2)",
        "duration > 5 AND second_moment.output < 3",
        "metrics.loss = inf OR variance.input >= 1 OR params.a IS NOT NULL",
    ]

    @Test(arguments: filters, [PackageResources.listRuns_sql, PackageResources.listRunNumbers_sql])
    func `no filter and no order reads more than a row of each table for a run`(_ filter: String, _ statement: [UInt8])
        throws
    {
        let isList = statement == PackageResources.listRuns_sql
        let order = "-variance.input, metrics.loss, max_step(metrics.loss), tags.x"
        let details = try plan(filter, by: isList ? order : nil, statement)
        #expect(!details.contains { $0.contains(" metrics ") }, "\(details)")
        for table in ["layer_variances", "run_layers", "run_metric_keys", "params", "tags", "experiments", "datasets"] {
            #expect(!details.contains { $0.contains("SCAN \(table)") }, "\(details)")
        }
        for detail in details where detail.contains("SEARCH layer_variances") {
            #expect(detail.contains("(run_id=? AND step=? AND layer_id=?)"), "\(details)")
        }
        for detail in details where detail.contains("SEARCH run_metric_keys") {
            #expect(detail.contains("(run_id=? AND key_id=?)"), "\(details)")
        }
        // The last value is found by its place in the key, not by sorting all of them.
        let asksLayer = RunField.LayerMeasure.allCases.contains { filter.contains($0.rawValue + ".") }
        if !isList { #expect(details.count { $0.contains("TEMP B-TREE") } <= (asksLayer ? 1 : 0)) }
    }

    @Test func `the newest runs are found without looking at the others`() throws {
        let details = try plan("seed = 1", PackageResources.listRuns_sql)
        #expect(!details.contains { $0.contains("TEMP B-TREE") }, "\(details)")
    }

    @Test(arguments: ["number IN (1, 2)", "number = 5", "number >= 7"])
    func `runs are found by number`(_ filter: String) throws {
        let details = try plan(filter, PackageResources.listRunNumbers_sql)
        #expect(details.contains { $0.contains("SEARCH runs USING INTEGER PRIMARY KEY") }, "\(details)")
    }
}
