import HTTPTypes
import Storage
import Testing

@testable import Server

/// MLflow's REST API in this process; Scripts/test-mlflow asks with its own client.
@Suite struct MLflowTests {
    private let site: TestSite

    init() throws { site = try TestSite() }

    private func post(_ path: String, _ body: String) async throws -> Answer {
        try await site.send(.post, "/api/2.0/mlflow" + path, [.contentType: "application/json"], body: body)
    }

    private func newRun() async throws -> String {
        let answer = try await post("/runs/create", #"{"experiment_id": "0", "run_name": "first"}"#)
        guard case .string(let uuid) = try answer.json()["run"]["info"]["run_id"] else {
            Issue.record("\(answer.text)")
            return ""
        }
        return uuid
    }

    @Test func `A run is recorded, and read under both prefixes`() async throws {
        let run = try await newRun()
        let batch = #"""
            {"run_id": "\#(run)", "metrics": [{"key": "loss", "value": "NaN", "timestamp": "5", "step": -1}],
             "params": [{"key": "seed", "value": "7"}], "tags": [{"key": "a", "value": "b"}], "unknown": null}
            """#
        #expect(try await post("/runs/log-batch", batch).text == "{}\n")
        for prefix in ["/api", "/ajax-api"] {
            let answer = try await site.get("\(prefix)/2.0/mlflow/runs/get?run_id=\(run)&unknown=1")
            let data = try answer.json()["run"]["data"]
            #expect(data["metrics"].text == #"[{"key":"loss","step":-1,"timestamp":5,"value":"NaN"}]"#)
            #expect(data["params"].text == #"[{"key":"seed","value":"7"}]"#)
        }
        #expect(try site.open().run("1").seed == 7)
    }

    @Test func `What is not there has MLflow's words, and no status that its client repeats`() async throws {
        for (path, code) in [
            ("/api/2.0/mlflow/nothing", "ENDPOINT_NOT_FOUND"), ("/ajax-api/3.0/mlflow/traces", "ENDPOINT_NOT_FOUND"),
            ("/api/2.0/mlflow/runs/get?run_id=none", "RESOURCE_DOES_NOT_EXIST"), ("/graphql", "ENDPOINT_NOT_FOUND"),
        ] {
            let answer = try await site.get(path)
            #expect(answer.status == 404)
            #expect(try answer.json()["error_code"] == .string(code))
        }
        #expect(try await post("/runs/get", "{}").status == 404)
        let broken = try await post("/runs/create", "{")
        #expect(broken.status == 400)
        #expect(try broken.json()["error_code"] == "BAD_REQUEST")
    }

    @Test(arguments: ["/api", "/ajax-api"], ["create", "complete", "abort"])
    func `A client that would send a file in parts learns that it comes whole`(_ prefix: String, _ step: String)
        async throws
    {
        let path = "\(prefix)/2.0/mlflow-artifacts/mpu/\(step)/0/run/artifacts"
        let answer = try await site.send(.post, path, [.contentType: "application/json"], body: "{}")
        #expect(answer.status == 501)
        #expect(try answer.json()["error_code"] == "NOT_IMPLEMENTED")
        #expect(answer.text.contains("Multipart upload is not supported for the current artifact repository"))
    }

    @Test func `A server that asks for a token, or only shows, says so in MLflow's words`() async throws {
        let reading = try TestSite(settings: { $0.isReadOnly = true })
        let answer = try await reading.send(
            .post,
            "/api/2.0/mlflow/runs/create",
            [.contentType: "application/json"],
            body: "{}"
        )
        #expect(answer.status == 403)
        #expect(try answer.json()["error_code"] == "PERMISSION_DENIED")
    }

    @Test func `A batch whose param has another value leaves nothing`() async throws {
        let run = try await newRun()
        #expect(
            try await post("/runs/log-parameter", #"{"run_id": "\#(run)", "key": "a", "value": "1"}"#).status == 200
        )
        let answer = try await post(
            "/runs/log-batch",
            #"{"run_id": "\#(run)", "metrics": [{"key": "m", "value": 1, "timestamp": 1}], "params": [{"key": "a", "value": "2"}]}"#
        )
        #expect(answer.status == 400)
        #expect(answer.text.contains("Changing param values is not allowed"))
        #expect(try await site.get("/api/2.0/mlflow/metrics/get-history?run_id=\(run)&metric_key=m").text == "{}\n")
    }

    @Test func `Many values are thinned evenly, and the first and the last of a run stay, also at one step`()
        async throws
    {
        let run = try await newRun()
        let values =
            (0..<20).map { #"{"key": "a", "value": \#($0), "timestamp": \#($0), "step": \#($0)}"# }
            + (0..<100).map { #"{"key": "b", "value": \#($0), "timestamp": \#($0), "step": 0}"# }
        let body = #"{"run_id": "\#(run)", "metrics": [\#(values.joined(separator: ","))]}"#
        #expect(try await post("/runs/log-batch", body).status == 200)
        func found(_ query: String) async throws -> [Int64] {
            let path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids=\(run)&" + query
            guard case .array(let metrics) = try await site.get(path).json()["metrics"] else { return [] }
            return metrics.compactMap { metric -> Int64? in
                guard case .integer(let timestamp) = metric["timestamp"] else { return nil }
                return timestamp
            }
        }
        #expect(try await found("metric_key=a&max_results=5") == [0, 4, 8, 12, 19])
        #expect(try await found("metric_key=a&max_results=6") == [0, 4, 8, 11, 14, 19])
        #expect(try await found("metric_key=a&max_results=1") == [19])
        #expect(try await found("metric_key=a&max_results=5&start_step=3&end_step=7") == [3, 4, 5, 6, 7])
        #expect(try await found("metric_key=b&max_results=3") == [0, 34, 99])
        #expect(try await found("metric_key=none&max_results=3") == [])
    }

    @Test(arguments: [0, -5, 456]) func `A run begins when its client says`(_ start: Int64) async throws {
        let answer = try await post("/runs/create", #"{"experiment_id": "0", "start_time": \#(start)}"#)
        #expect(try answer.json()["run"]["info"]["start_time"] == .integer(start))
    }

    @Test func `What MLflow does not take is refused in its words`() async throws {
        for (path, body, words) in [
            (
                "/experiments/create", #"{"name": "a", "artifact_location": "s3://a/b#c"}"#,
                "URL can't include fragments or params"
            ),
            ("/logged-models/search", "{}", "Missing value for required parameter 'experiment_ids'"),
            (
                "/runs/log-metric", #"{"run_id": "a", "key": "..a", "value": 1, "timestamp": 1}"#,
                "must not resolve to other names"
            ),
        ] {
            let answer = try await post(path, body)
            #expect(answer.status == 400)
            #expect(try answer.json()["error_code"] == "INVALID_PARAMETER_VALUE")
            #expect(answer.text.contains(words))
        }
    }

    @Test(arguments: [0, -5]) func `A page of a history holds at least one value`(_ limit: Int) async throws {
        let run = try await newRun()
        let path = "/api/2.0/mlflow/metrics/get-history?run_id=\(run)&metric_key=a&max_results=\(limit)"
        let answer = try await site.get(path)
        #expect(answer.status == 400)
        #expect(answer.text.contains("Invalid value \(limit) for parameter 'max_results' supplied"))
    }

    @Test func `Files go in and out, and never leave their run`() async throws {
        let run = try await newRun()
        let place = "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts"
        #expect(try await site.send(.put, place + "/a/b.txt", body: "hello").status == 200)
        let file = try await site.get(place + "/a/b.txt")
        #expect(file.text == "hello")
        #expect(file.headers[.contentDisposition] == "attachment; filename=b.txt")
        #expect(
            try await site.get("/api/2.0/mlflow/artifacts/list?run_id=\(run)&path=a").json()["files"].text
                == #"[{"file_size":5,"is_dir":false,"path":"a/b.txt"}]"#
        )
        let list = try await site.get("/api/v1/runs/1/artifacts")
        #expect(try list.json()[0]["path"] == "a/b.txt")
        #expect(try await site.get("/api/v1/runs/1/artifacts/a/b.txt").text == "hello")
        #expect(try await site.get("/api/v1/runs/1/artifacts/none").status == 404)
        #expect(try await site.get("/api/v1/runs/1/artifacts/a/..%2Fb.txt").status == 422)
        for path in ["/../x", "/a/%2e%2e/x", "/a%5Cb"] {
            #expect(try await site.send(.put, place + path, body: "x").status == 400)
        }
        #expect(try await site.send(.delete, place + "/a").status == 200)
        #expect(try await site.get(place + "/a/b.txt").status == 404)
    }

    static let searches: [(String, RemoteSearch.Clause)] = [
        ("metrics.val.loss<1e-3", .init(.metric(ExactText("val.loss")), .compare(.less, .real(0.001)))),
        ("metric.`a b` != -2", .init(.metric(ExactText("a b")), .compare(.unequal, .integer(-2)))),
        ("params.\"x.y\" = 'it''s'", .init(.param(ExactText("x.y")), .compare(.equal, .text("it's")))),
        ("tags.a ilike '%B'", .init(.tag(ExactText("a")), .like("%B", ignoringCase: true))),
        ("param.a is not null", .init(.param(ExactText("a")), .isNotNull)),
        ("run_id IN ('a', \"b\",)", .init(.runID, .among([.text("a"), .text("b")], isNegated: false))),
        ("attributes.`Run name` = 'x'", .init(.runName, .compare(.equal, .text("x")))),
        ("dataset.context NOT IN ('x')", .init(.datasetContext, .among([.text("x")], isNegated: true))),
    ]

    @Test(arguments: searches) func `A clause is read`(_ text: String, _ clause: RemoteSearch.Clause) throws {
        #expect(try MLflowSearch.search(.runs, filter: text, order: []).clauses == [clause])
        #expect(try MLflowSearch.search(.runs, filter: "\(text) AND \(text)", order: []).clauses == [clause, clause])
    }

    @Test(arguments: [
        "metrics.a", "a = 'b'", "x.a = 'b'", "metrics.a = 'b'", "params.a < 'b'", "tags.a = 1", "params.a = 'b' OR",
        "run_id IN ()",
    ])
    func `A clause that cannot be read is refused`(_ text: String) {
        #expect(throws: MLflowError.self) { try MLflowSearch.search(.runs, filter: text, order: []) }
    }

    @Test func `A place in a list comes back from its token, and no other text is one`() throws {
        let place = RemotePlace(offset: 40, last: 7)
        #expect(try MLflowToken.place(MLflowToken.text(of: place)) == place)
        for text in ["x", "00", "é", String(MLflowToken.text(of: place).dropLast()), "3.4.5"] {
            #expect(throws: MLflowError.self) { try MLflowToken.place(text) }
        }
    }
}
