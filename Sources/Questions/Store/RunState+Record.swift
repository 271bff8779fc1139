public import Storage

extension RunState: Recordable {
    /// What a collector answers of a run: as it is in its tables.
    public var record: Record {
        [
            "run": .integer(number), "uuid": .string(uuid), "status": .string(status.rawValue),
            "lifecycle": .string(lifecycle.rawValue), "updated": JSON(updated), "heartbeat": JSON(heartbeat),
            "steps": .integer(steps), "last_step": JSON(lastStep), "variances_checksum": JSON(variancesChecksum),
            "metrics_checksum": JSON(metricsChecksum), "run_checksum": JSON(runChecksum),
            "layers": JSON(layers), "metrics": JSON(metrics),
        ]
    }

    /// Reads what a collector answers; nil where it is something else.
    public init?(_ json: JSON) {
        let record = Record(reading: json)
        guard let number = record.integer("run"), let uuid = record.text("uuid"), let status = record.text("status"),
            let lifecycle = record.text("lifecycle").flatMap({ Lifecycle(rawValue: $0) }),
            let steps = record.integer("steps"), case .array(let layers) = record["layers"],
            case .array(let metrics) = record["metrics"]
        else { return nil }
        self.init(
            number: number,
            uuid: uuid,
            status: RunStatus(rawValue: status),
            lifecycle: lifecycle,
            updated: record.integer("updated"),
            heartbeat: record.integer("heartbeat"),
            steps: steps,
            lastStep: record.integer("last_step"),
            variancesChecksum: record.integer("variances_checksum"),
            metricsChecksum: record.integer("metrics_checksum"),
            runChecksum: record.integer("run_checksum")
        )
        for layer in layers {
            guard let layer = LayerState(layer) else { return nil }
            self.layers.append(layer)
        }
        for metric in metrics {
            guard let metric = MetricState(metric) else { return nil }
            self.metrics.append(metric)
        }
    }
}

extension LayerState: Recordable {
    public var record: Record {
        [
            "layer": .string(place.name), "name": .string(place.shortName), "position": JSON(place.position),
            "after_norm": .bool(place.afterNorm), "measure": .string(place.measure), "last_step": .integer(lastStep),
        ]
    }

    fileprivate init?(_ json: JSON) {
        let record = Record(reading: json)
        guard let layer = record.text("layer"), let name = record.text("name"),
            let position = record.integer("position").flatMap({ Int(exactly: $0) }),
            case .bool(let afterNorm) = record["after_norm"], let measure = record.text("measure"),
            let lastStep = record.integer("last_step")
        else { return nil }
        let place = LayerPlace(
            name: layer,
            shortName: name,
            position: position,
            measure: measure,
            afterNorm: afterNorm
        )
        self.init(place: place, lastStep: lastStep)
    }
}

extension MetricState: Recordable {
    public var record: Record {
        [
            "metric": .string(key), "step": .integer(step), "timestamp": .integer(timestamp), "value": .real(value),
            "is_nan": .bool(isNaN), "least": JSON(least), "least_step": JSON(leastStep), "greatest": JSON(greatest),
            "greatest_step": JSON(greatestStep),
        ]
    }

    fileprivate init?(_ json: JSON) {
        let record = Record(reading: json)
        guard let key = record.text("metric"), let step = record.integer("step"),
            let timestamp = record.integer("timestamp"), let value = record.real("value"),
            case .bool(let isNaN) = record["is_nan"]
        else { return nil }
        self.init(
            key: key,
            step: step,
            timestamp: timestamp,
            value: value,
            isNaN: isNaN,
            least: record.real("least"),
            leastStep: record.integer("least_step"),
            greatest: record.real("greatest"),
            greatestStep: record.integer("greatest_step")
        )
    }
}

extension Record {
    /// The members of an object; none of anything else.
    fileprivate init(reading json: JSON) {
        if case .object(let members) = json { self.init(members) } else { self.init([]) }
    }

    fileprivate func text(_ key: String) -> String? { if case .string(let text) = self[key] { text } else { nil } }

    fileprivate func integer(_ key: String) -> Int64? {
        if case .integer(let number) = self[key] { number } else { nil }
    }

    /// A number; what is not finite is a text.
    fileprivate func real(_ key: String) -> Double? {
        switch self[key] {
        case .integer(let number): Double(number)
        case .real(let number): number
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }
}
