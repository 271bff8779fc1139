import Foundation
import HTTPTypes
import Questions
import Storage
import Testing

@testable import Server

/// The description of the API is held against what is answered.
@Suite struct DescriptionTests {
    @Test(arguments: [
        ("/api/v1/runs", "/api/v1/runs?with_variances"), ("/api/v1/runs/{run}", "/api/v1/runs/1"),
        ("/api/v1/runs/{run}/metrics", "/api/v1/runs/1/metrics?points=10"),
        ("/api/v1/runs/{run}/variances", "/api/v1/runs/1/variances"),
        ("/api/v1/runs/{run}/weights", "/api/v1/runs/1/weights"),
        ("/api/v1/compare", "/api/v1/compare?group=plain&group=batchnorm"), ("/api/v1/diff", "/api/v1/diff?a=1&b=2"),
        ("/api/v1/history", "/api/v1/history?metric=loss"), ("/api/v1/profile", "/api/v1/profile"),
        ("/api/v1/curves", "/api/v1/curves?name=loss"), ("/api/v1/experiments", "/api/v1/experiments"),
        ("/api/v1/layers", "/api/v1/layers"), ("/api/v1/keys", "/api/v1/keys"),
        ("/api/v1/datasets", "/api/v1/datasets"), ("/api/v1/info", "/api/v1/info"), ("/health", "/health"),
    ]) func `Answers have the shape that is described`(_ path: String, _ request: String) async throws {
        let site = try TestSite { try $0.record(8) }
        let description = Routes.description(of: Routes.all().all)
        let schema = description["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        #expect(schema != .null)
        let answer = try await site.get(request)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(faults(of: try answer.json(), schema, description) == [])
    }

    @Test func `Answers to who sends runs have the shape that is described`() async throws {
        let site = try TestSite { try $0.record(2) }
        let description = Routes.description(of: Routes.all().all)
        func schema(_ path: String, _ method: String) -> JSON {
            description["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        }
        let uuid = try site.open().run("1").uuid
        let known = try await site.send(
            .post,
            "/api/v1/merge/known",
            [.contentType: "application/json"],
            body: "{\"runs\":[\"\(uuid)\"],\"latest\":true}"
        )
        #expect(known.status == 200 && schema("/api/v1/merge/known", "post") != .null)
        #expect(faults(of: try known.json(), schema("/api/v1/merge/known", "post"), description) == [])
        let other = try TestSite { try $0.record(1) }
        try other.open(.writing).synchronize()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: other.store)))
        let merged = try await site.send(.put, "/api/v1/merge", bytes: bytes)
        #expect(merged.status == 200 && schema("/api/v1/merge", "put") != .null, "\(merged.text)")
        #expect(faults(of: try merged.json(), schema("/api/v1/merge", "put"), description) == [])
        let kept = try await site.send(.put, "/api/v1/artifacts/\(Digest.sha256([1]))", bytes: [1])
        #expect(faults(of: try kept.json(), schema("/api/v1/artifacts/{digest}", "put"), description) == [])
    }

    @Test func `Problems have the shape that is described`() async throws {
        let site = try TestSite { try $0.record(1) }
        let description = Routes.description(of: Routes.all().all)
        for path in ["/api/v1/runs/9", "/api/v1/runs?filter=x", "/api/v1/runs?limit=x", "/nothing"] {
            let answer = try await site.get(path).json()
            #expect(faults(of: answer, ["$ref": "#/components/schemas/Problem"], description) == [])
        }
    }

    @Test func `Every route of the API is described, and what is described is answered`() async throws {
        let site = try TestSite { try $0.record(1) }
        let all = Routes.all().all.filter { !$0.path.hasSuffix("openapi.json") && !$0.isPage }
        let text = try await site.get("/api/v1/openapi.json").text
        #expect(text.hasPrefix("{\"openapi\":\"3.1.0\""))
        guard case .object(let paths) = Routes.description(of: all)["paths"] else {
            Issue.record("no paths")
            return
        }
        let routes = Routes.all().all.filter { $0.path.hasPrefix("/api/v1/") && !$0.path.hasSuffix("openapi.json") }
        for route in routes { #expect(paths.contains { $0.key == route.path.replacing("...", with: "") }) }
        #expect(!text.contains("...}") && text.contains("{\"name\":\"path\",\"in\":\"path\""))
        for path in paths where path.value["get"] != .null {
            let address = path.key.split(separator: "{").first.map(String.init) ?? path.key
            // The body of a stream has no end.
            let answer = try await site.send(.head, address + (path.key.contains("{") ? "1" : ""))
            #expect(answer.status != 404, "\(path.key)")
        }
    }

    /// What of a value is not as JSON Schema says; as much of it as the description uses.
    private func faults(of value: JSON, _ schema: JSON, _ description: JSON, at place: String = "") -> [String] {
        if case .string(let reference) = schema["$ref"], let name = reference.split(separator: "/").last {
            return faults(of: value, description["components"]["schemas"][String(name)], description, at: place)
        }
        if case .array(let choices) = schema["anyOf"] {
            return choices.contains { faults(of: value, $0, description).isEmpty } ? [] : ["\(place): \(value.text)"]
        }
        if case .array(let values) = schema["enum"], !values.contains(value) { return ["\(place): \(value.text)"] }
        let types: [JSON] = if case .array(let types) = schema["type"] { types } else { [schema["type"]] }
        if schema["type"] != .null, !types.contains(.string(value.type)),
            !(types.contains("number") && value.type == "integer")
        {
            return ["\(place): \(value.text) is not \(schema["type"].text)"]
        }
        var found: [String] = []
        if case .array(let items) = value, schema["items"] != .null {
            for (index, item) in items.enumerated() {
                found += faults(of: item, schema["items"], description, at: "\(place)[\(index)]")
            }
        }
        guard case .object(let members) = value else { return found }
        if case .array(let required) = schema["required"] {
            for key in required where !members.contains(where: { .string($0.key) == key }) {
                found.append("\(place) lacks \(key.text)")
            }
        }
        for member in members {
            let inner = schema["properties"][member.key]
            found += faults(
                of: member.value,
                inner == .null ? schema["additionalProperties"] : inner,
                description,
                at: "\(place).\(member.key)"
            )
        }
        return found
    }
}

extension JSON {
    fileprivate var type: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .real: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
