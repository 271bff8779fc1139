import Storage

/// What the help of every command with a FILTER says of it, and what shells complete.
enum FilterHelp {
    static let text = """
        FILTER is a condition, to be quoted for the shell. It names number, uuid, experiment, name, architecture, \
        dataset, seed, status, steps, last_step, started, ended, duration (milliseconds), params.KEY, metrics.KEY \
        (the last value), max(metrics.KEY), min(metrics.KEY) and their steps max_step(metrics.KEY), min_step(metrics.KEY), variance.LAYER (at the layer's last recorded step; input, \
        preactivation, residual1 …), likewise second_moment.LAYER, gradient.LAYER, dead.LAYER, and tags.KEY; odd keys \
        go in backticks or double quotes. Tests are =, !=, <, <=, >, >=, LIKE and ILIKE (% is any text, _ any \
        character; ILIKE ignores case), IN (…), IS NULL, IS NOT NULL, of metrics and layers IS NAN, IS FINITE, joined \
        by AND, OR, NOT and parentheses.

        Text that is a number compares as a number with numbers, and byte by byte with other text; a number without \
        quotes and a word are unequal, and neither comes first. Dates for started and ended are UTC unless they say +01:00. What a run does not have \
        (also a metric that is NaN) is NULL: every test of it but IS NULL leaves the run out, with NOT as well.
        """

    /// Fields that every store has.
    static let fields =
        RunField.Attribute.allCases.map(\.rawValue)
        + ["metrics.loss", "metrics.val_loss", "metrics.val_accuracy", "tags.note"]
        + ["input", "preactivation", "residual1", "residual2", "residual3", "residual4", "residual5"]
        .map { "variance." + $0 }
}
