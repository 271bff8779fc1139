public import Analysis
public import Storage

extension History {
    /// One run beside those before it, or one step of a run.
    public struct Entry: Sendable {
        public let run: RunValue
        public let quantity: Quantity
        /// The value less that of the run before.
        public let change: Double?
        /// Where the runs of other seeds let it be expected.
        public let band: Interval?
        /// The earlier run of the same seed, where the values differ in any bit.
        public let differsFrom: Int64?
        /// Whether the earlier run of the same seed differs; without one, whether the value lies outside the band; nil
        /// where there is no band either.
        public let isOutside: Bool?
        /// The run at which a lasting shift began, where this run shows it.
        public let shift: Int64?

        public var value: Double { run.value }

        init(
            _ run: RunValue,
            of quantity: Quantity,
            change: Double? = nil,
            band: Interval? = nil,
            differsFrom: Int64? = nil,
            isOutside: Bool? = nil,
            shift: Int64? = nil
        ) {
            self.run = run
            self.quantity = quantity
            self.change = change
            self.band = band
            self.differsFrom = differsFrom
            self.isOutside = isOutside
            self.shift = shift
        }
    }
}

extension History.Entry: Recordable {
    /// The keys of ``record``, in order.
    public static func keys(of quantity: Quantity?) -> [String] {
        let (names, measure) =
            if case .metric = quantity { (["metric", "value"], [String]()) } else {
                (["layer", "name", "variance"], ["measure"])
            }
        return ["run", "uuid", "architecture", "seed", "started", "step"] + names
            + ["change", "band_low", "band_high", "outside", "shift"] + measure
    }

    public var record: Record {
        var record: Record = [
            "run": .integer(run.run), "uuid": .string(run.uuid), "architecture": JSON(run.architecture),
            "seed": JSON(run.seed), "started": .integer(run.started), "step": .integer(run.step),
        ]
        let place = quantity.place(run.layer)
        if case .metric(let key) = quantity {
            record.append("metric", .string(key))
            record.append("value", .real(value))
        } else {
            record.append("layer", JSON(place?.name))
            record.append("name", JSON(place?.shortName))
            record.append("variance", .real(value))
        }
        record.append("change", JSON(change))
        record.append("band_low", JSON(band?.low))
        record.append("band_high", JSON(band?.high))
        record.append("outside", JSON(isOutside))
        record.append("shift", JSON(shift))
        if let place { record.append("measure", .string(place.measure)) }
        return record
    }

    /// `differs from run 3`, `outside`, `shift from run 40`, several of them, or nothing.
    public var mark: String? {
        let marks = [
            differsFrom.map { "differs from run \($0)" } ?? (isOutside == true ? "outside" : nil),
            shift.map { "shift from run \($0)" },
        ].compactMap(\.self)
        return marks.isEmpty ? nil : marks.joined(separator: ", ")
    }
}
