import Questions
import Storage

/// What an answer or a body is: the kind of its content, and for JSON its shape as JSON Schema says it.
struct Schema: Sendable {
    let json: JSON
    var type = "application/json"

    /// The shape of a name in ``definitions``.
    private static func named(_ name: String) -> Schema {
        Schema(json: ["$ref": .string("#/components/schemas/\(name)")])
    }

    static func list(of item: Schema) -> Schema { Schema(json: ["type": "array", "items": item.json]) }

    static let anything = Schema(json: ["type": "object"])
    static let run = named("Run")
    static let wholeRun = named("WholeRun")
    static let metric = named("Metric")
    static let tensor = named("Tensor")
    static let artifact = named("Artifact")
    static let experiment = named("Experiment")
    static let layer = named("Layer")
    static let dataset = named("Dataset")
    static let changedRun = named("ChangedRun")
    static let comparison = Schema(
        json: object([
            ("step", ["type": .array(["integer", "string", "null"])]), ("ignored", array(text)), ("notes", array(text)),
        ])
    )
    static let difference = Schema(json: ["type": "object"])
    static let profile = Schema(json: object([("measure", text), ("groups", array(["type": "object"]))]))
    static let curves = Schema(json: object([("curves", array(named("Curve").json))]))
    static let keys = Schema(
        json: object(["params", "tags", "metrics", "architectures"].map { ($0, array(text)) })
    )
    static let info = named("Info")
    static let health = Schema(json: object([("status", text)]))
    static let runChange = named("RunChange")
    static let statement = named("Statement")
    static let knownQuestion = named("KnownQuestion")
    static let knownAnswer = Schema(
        json: object([
            ("runs", array(named("RunState").json)), ("purged", array(named("Purged").json)), ("digests", array(text)),
        ])
    )
    static let mergedRuns = Schema(
        json: object([("runs", array(named("MergedRun").json)), ("datasets", array(named("RenamedDataset").json))])
    )
    static let content = Schema(json: object([("digest", text), ("bytes", integer)]))
    static let store = Schema(json: binary, type: "application/vnd.sqlite3")
    static let file = Schema(json: binary, type: "application/octet-stream")
    static let picture = Schema(json: text, type: "image/svg+xml")
    static let events = Schema(json: text, type: "text/event-stream")

    /// The shapes that others refer to, by name.
    static let definitions: JSON = [
        "Number": [
            "description": "A number; what is not finite is a text.",
            "anyOf": .array([["type": "number"], ["enum": .array(["NaN", "Infinity", "-Infinity"])]]),
        ],
        "Run": object(runMembers),
        "WholeRun": object(
            runMembers + [
                ("variances", array(named("Variance").json)), ("lifecycle", nullable("string")),
                ("weights", array(named("Tensor").json)), ("environment", nullable("object")),
                ("edits", array(["type": "object"])),
            ]
        ),
        "Artifact": object([
            ("path", text), ("bytes", integer), ("mime", text), ("digest", text), ("updated", integer),
        ]),
        "Variance": object([
            ("layer", text), ("name", text), ("position", integer), ("after_norm", truth), ("measure", text),
            ("step", integer), ("variance", number),
        ]),
        "Metric": object(
            [
                ("metric", text), ("step", integer), ("value", number), ("least", nullableNumber),
                ("least_step", nullable("integer")), ("greatest", nullableNumber),
                ("greatest_step", nullable("integer")),
            ],
            optional: [
                ("steps", array(integer)), ("values", array(number)), ("timestamps", array(nullable("integer"))),
            ]
        ),
        "Tensor": object([
            ("stage", text), ("position", integer), ("name", text), ("shape", ["type": .array(["array", "string"])]),
            ("dtype", text), ("bytes", integer), ("digest", text),
        ]),
        "Experiment": object([
            ("experiment", text), ("id", integer), ("lifecycle", lifecycle), ("runs", integer), ("created", integer),
            ("updated", integer),
        ]),
        "Layer": object([
            ("layer", text), ("name", text), ("position", integer), ("after_norm", truth), ("measure", text),
        ]),
        "Dataset": object([
            ("name", text), ("digest", text), ("source", [:]), ("features", integer), ("classes", integer),
            ("train", integer), ("validation", integer), ("runs", integer), ("created", integer),
        ]),
        "ChangedRun": object([
            ("run", integer), ("uuid", text), ("experiment", text), ("architecture", nullable("string")),
            ("seed", nullable("integer")), ("lifecycle", lifecycle),
        ]),
        "Curve": object([
            ("group", text), ("steps", array(integer)), ("values", array(number)), ("low", array(nullableNumber)),
            ("high", array(nullableNumber)), ("n", array(integer)),
        ]),
        "Info": object([
            ("store", text), ("bytes", integer), ("log_bytes", integer), ("free_bytes", integer), ("schema", integer),
            ("page_size", integer), ("sqlite", text), ("oldest", nullable("integer")), ("newest", nullable("integer")),
            ("rows", ["type": "object"]), ("table_bytes", ["type": "object"]),
        ]),
        "RunChange": [
            "type": "object", "minProperties": .integer(1), "additionalProperties": .bool(false),
            "properties": [
                "tags": [
                    "type": "object",
                    "propertyNames": ["minLength": .integer(1), "maxLength": .integer(250), "pattern": keyPattern],
                    "additionalProperties": nullable("string"),
                ],
                "note": nullable("string"), "name": nullable("string"),
                "experiment": ["type": "string", "minLength": .integer(1)],
            ],
        ],
        "Statement": [
            "type": "object", "required": .array(["statement"]), "additionalProperties": .bool(false),
            "properties": [
                "statement": ["type": "string", "maxLength": JSON(TypedSQL.statementLimit)],
                "format": ["enum": .array(["json", "csv"])],
            ],
        ],
        "KnownQuestion": [
            "type": "object", "additionalProperties": .bool(false),
            "properties": [
                "runs": ["type": "array", "maxItems": .integer(1000), "items": hexadecimal(32)],
                "digests": ["type": "array", "maxItems": .integer(20_000), "items": hexadecimal(64)],
                "latest": truth,
            ],
        ],
        "RunState": object([
            ("run", integer), ("uuid", hexadecimal(32)), ("status", text), ("lifecycle", lifecycle),
            ("updated", nullable("integer")), ("heartbeat", nullable("integer")), ("steps", integer),
            ("last_step", nullable("integer")), ("variances_checksum", nullable("integer")),
            ("metrics_checksum", nullable("integer")), ("run_checksum", nullable("integer")),
            ("layers", array(["type": "object"])), ("metrics", array(["type": "object"])),
        ]),
        "Purged": object([("uuid", hexadecimal(32)), ("run", integer), ("purged", integer)]),
        "MergedRun": object([
            ("source_run", integer), ("run", integer), ("uuid", hexadecimal(32)), ("result", text),
            ("difference", nullable("string")), ("deletion", nullable("string")),
        ]),
        "RenamedDataset": object([("name", text), ("new_name", text)]),
        "Problem": object(
            [("type", text), ("title", text), ("status", integer), ("detail", text)],
            optional: [("parameter", text), ("text", text), ("column", integer), ("expected", text)]
        ),
    ]

    /// Keys of tags hold no control characters, and those of Varve itself are not to be set.
    private static let keyPattern: JSON = "^(?!varve\\.)[^\\u0000-\\u001f\\u007f-\\u009f]+$"

    private static let runMembers: [(String, JSON)] = [
        ("run", integer), ("uuid", ["type": "string", "pattern": "^[0-9a-f]{32}$"]), ("experiment", text),
        ("name", nullable("string")), ("architecture", nullable("string")), ("seed", nullable("integer")),
        ("status", text), ("steps", integer), ("last_step", nullable("integer")), ("params", ["type": "object"]),
        ("tags", ["type": "object"]), ("metrics", ["type": "object", "additionalProperties": number]),
        ("started", integer), ("ended", nullable("integer")), ("last_heard", nullable("integer")),
        ("dataset", nullable("object")), ("digests", ["type": "object"]), ("numerics", nullable("integer")),
    ]

    private static let text: JSON = ["type": "string"]
    private static let binary: JSON = ["type": "string", "format": "binary"]
    private static let integer: JSON = ["type": "integer"]
    private static let truth: JSON = ["type": "boolean"]
    private static let number = named("Number").json
    private static let nullableNumber: JSON = ["anyOf": .array([["type": "null"], number])]
    private static let lifecycle: JSON = ["enum": .array(["active", "deleted"])]

    private static func nullable(_ type: String) -> JSON { ["type": .array([.string(type), "null"])] }

    private static func hexadecimal(_ count: Int) -> JSON {
        ["type": "string", "pattern": .string("^[0-9a-f]{\(count)}$")]
    }

    private static func array(_ item: JSON) -> JSON { ["type": "array", "items": item] }

    /// An object that has all of some members.
    private static func object(_ members: [(String, JSON)], optional: [(String, JSON)] = []) -> JSON {
        [
            "type": "object", "required": .array(members.map { .string($0.0) }),
            "properties": .object((members + optional).map { .init($0.0, $0.1) }),
        ]
    }
}
