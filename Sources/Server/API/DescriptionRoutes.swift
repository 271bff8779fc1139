import HTTPTypes
import HummingbirdCore
import Questions
import Storage

extension Routes {
    /// The description of the API, made from the table of routes itself.
    mutating func addDescription() {
        let described = all
        get("/api/v1/openapi.json", "This description, as OpenAPI 3.1.", isKept: false) { _ in
            .json(Routes.description(of: described))
        }
    }

    static func description(of routes: [Route]) -> JSON {
        var paths: [(path: String, operations: [JSON.Member])] = []
        for route in routes where route.path.hasPrefix("/api/v1/") || route.path == "/health" {
            let operation = JSON.Member(route.method.rawValue.lowercased(), route.description)
            // `{path...}` is our own way to say that a name stands for several words.
            let path = route.path.replacing("...}", with: "}")
            if let index = paths.firstIndex(where: { $0.path == path }) {
                paths[index].operations.append(operation)
            } else {
                paths.append((path, [operation]))
            }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Varve",
                "version": .string(Version.varve),
                "description":
                    "The answers are those of the command line as JSON; parameters have the names of its options.",
            ],
            "paths": .object(paths.map { .init($0.path, .object($0.operations)) }),
            "components": [
                "schemas": Schema.definitions,
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
            // Where no token is asked for there need not be one.
            "security": .array([[:], ["token": .array([])]]),
        ]
    }
}

extension Route {
    fileprivate var description: JSON {
        var members: [JSON.Member] = [.init("summary", .string(summary))]
        let captures = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let words: [JSON] = captures.map { name in
            [
                "name": .string(String(name).replacing("...", with: "")), "in": "path", "required": .bool(true),
                "schema": ["type": "string"],
            ]
        }
        let all = words + parameters.map(\.json)
        if !all.isEmpty { members.append(.init("parameters", .array(all))) }
        if let takesBody {
            let content: JSON = .object([.init(takesBody.type, ["schema": takesBody.json])])
            members.append(.init("requestBody", ["required": .bool(true), "content": content]))
        }
        let answer: JSON = [
            "description": "The answer.", "content": .object([.init(gives.type, ["schema": gives.json])]),
        ]
        let problem: JSON = [
            "description": "Why there is no answer.",
            "content": .object([
                .init("application/problem+json", ["schema": ["$ref": "#/components/schemas/Problem"]])
            ]),
        ]
        members.append(.init("responses", ["200": answer, "default": problem]))
        return .object(members)
    }
}

extension Parameter {
    fileprivate var json: JSON {
        let schema: JSON = isList ? ["type": "array", "items": schema] : schema
        return [
            "name": .string(name), "in": "query", "description": .string(summary), "required": .bool(isRequired),
            "schema": schema,
        ]
    }
}
