import HTTPTypes
import HummingbirdCore
import Storage

extension Routes {
    /// SQL that a person typed.
    mutating func addSQL() {
        post(
            "/api/v1/sql",
            "Executes one SELECT statement, as varve sql does; nothing can be changed.",
            takesBody: .statement,
            gives: .list(of: .anything)
        ) { call in
            let json = try await call.json()
            guard case .object(let members) = json,
                case .string(let statement)? = members.first(where: { $0.key == "statement" })?.value
            else { throw Problem(.badRequest, "the body is a JSON object with a statement") }
            let format = members.first { $0.key == "format" }?.value ?? "json"
            if let unknown = members.first(where: { !["statement", "format"].contains($0.key) }) {
                throw Problem(
                    .badRequest,
                    "there is no '\(unknown.key.prefix(60))' here: there are statement and format"
                )
            }
            let kinds = ["json": "application/json", "csv": "text/csv; charset=utf-8"]
            guard case .string(let word) = format, let kind = kinds[word] else {
                throw Problem(.badRequest, "format is json or csv")
            }
            return Response(try await call.application.typedSQL.answer(statement, format: word), kind)
        }
    }
}
