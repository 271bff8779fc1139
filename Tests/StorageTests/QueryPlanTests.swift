import Testing

@testable import Storage

/// How SQLite answers the store's questions, whatever `ANALYZE` has said of a store that has grown since.
@Suite struct QueryPlanTests {
    /// The target of an UPDATE has no place among its other tables that could be fixed.
    static let free: Set<String> = ["replaceRuns.sql"]

    /// The files in Queries, and the views asked for one run.
    private func questions(in place: QueryStore) throws -> [String: String] {
        let views = ["variances", "measures", "run_metrics", "run_params", "run_list"].map {
            ($0, "SELECT * FROM \($0) WHERE run = 1")
        }
        return try QueryStore.queries.filter { try place.isPossible($0.key) }.merging(views) { $1 }
    }

    @Test func `no question scans the variances or the metrics, and tables come in one order`() throws {
        let place = try QueryStore()
        let questions = try questions(in: place)
        let usual = try questions.mapValues(place.plan)
        for statistics in Statistics.all {
            try place.tell(statistics)
            for (name, sql) in questions {
                let plan = try place.plan(sql)
                // Some have to read every row, and say so.
                if !sql.contains("Scans layer_variances: ") {
                    let scans = plan.scans(of: ["layer_variances", "metrics"], in: sql)
                    #expect(scans.isEmpty, "\(name), \(statistics): \(plan)")
                }
                if !Self.free.contains(name) {
                    #expect(plan.tables == usual[name]?.tables, "\(name), \(statistics): \(plan)")
                }
            }
        }
    }

    static let filters = [
        "architecture = 'plain'", "number > 3", "variance.residual5 > 20 AND metrics.loss < 2.5",
        "variance.\"After fifth residual connection\" IS NULL OR NOT metrics.`val loss` IN (1, 2)",
        "experiment = 'a' AND dataset != 'b' OR params.width = 100 AND tags.note LIKE '%drift%'",
    ]

    @Test(arguments: filters) func `the same is true with a filter and an order`(_ filter: String) throws {
        let place = try QueryStore()
        let compiled = FilterSQL(
            try Filter(parsing: filter),
            order: try RunOrder.list(parsing: "-variance.input, metrics.loss"),
            dead: [3],
            parameters: 4
        )
        let statements = [
            PackageResources.listRuns_sql, PackageResources.listRunNumbers_sql, PackageResources.finishedRuns_sql,
            PackageResources.variancesOfGroup_sql, PackageResources.variancesThroughRuns_sql,
            PackageResources.metricsOfGroup_sql, PackageResources.lastMetricsOfGroup_sql,
            PackageResources.ignoredOfGroup_sql, PackageResources.runsLeftOut_sql,
        ].map { String(decoding: compiled.completed($0), as: UTF8.self) }
        let usual = try statements.map(place.plan)
        for statistics in Statistics.all {
            try place.tell(statistics)
            for (sql, usual) in zip(statements, usual) {
                let plan = try place.plan(sql)
                #expect(plan.scans(of: ["layer_variances", "metrics"], in: sql).isEmpty, "\(statistics): \(plan)")
                #expect(plan.tables == usual.tables, "\(statistics): \(plan)")
            }
        }
    }

    /// Where the order of a `CROSS JOIN` is the only one that SQLite could take: from a number that is given, or from a
    /// table without an index for the other way.
    static let settled: Set<String> = [
        "importTags.sql", "listMergedRuns.sql", "listRuns.sql", "sizesByTable.sql",
    ]

    @Test func `an order of tables that is not fixed would be noticed`() throws {
        let place = try QueryStore()
        var loose: [String: String] = [:]
        for (file, sql) in QueryStore.queries where !Self.settled.union(Self.free).contains(file) {
            for (index, range) in sql.ranges(of: "CROSS JOIN").enumerated() {
                loose["\(file), join \(index + 1)"] = sql[..<range.lowerBound] + "JOIN" + sql[range.upperBound...]
            }
        }
        #expect(loose.count > 20)
        let usual = try loose.mapValues { try place.plan($0).tables }
        for statistics in Statistics.all {
            try place.tell(statistics)
            loose = try loose.filter { try place.plan($0.value).tables == usual[$0.key] }
        }
        #expect(loose.keys.sorted().isEmpty)
    }
}

extension [String] {
    /// Of a plan, the tables in the order they are visited in; one that two indexes of it are used of in turn counts once.
    fileprivate var tables: [String] {
        let tables = map { $0.split(separator: " ") }.filter { ["SCAN", "SEARCH"].contains($0.first) }.map {
            String($0[1])
        }
        return zip([""] + tables, tables).filter { $0 != $1 }.map { $1 }
    }

    /// Of a plan, the lines that read all of some tables, under whatever names the statement gives them.
    fileprivate func scans(of tables: [String], in sql: String) -> [String] {
        // What an import reads is all there is in the other file.
        let stores = ["", "main.", "source."]
        let words = sql.split { $0.isWhitespace }
        var names = Set(tables.flatMap { table in stores.map { $0 + table } })
        for (index, word) in words.enumerated() where word == "AS" && index > 0 && index + 1 < words.count {
            if names.contains(String(words[index - 1])) { names.insert(String(words[index + 1])) }
        }
        return filter { line in
            let words = line.split(separator: " ")
            return words.count > 1 && words[0] == "SCAN" && names.contains(String(words[1]))
        }
    }
}
