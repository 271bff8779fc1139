import Testing

@testable import Runner

@Suite struct DatasetTests {
    @Test func `classes are the greatest label of both splits plus one`() throws {
        let dataset = try Dataset(
            features: 2,
            training: .init(inputs: [1, 2, 3, 4], labels: [0, 3]),
            validation: .init(inputs: [5, 6], labels: [9])
        )
        #expect(dataset.classes == 10)
        #expect(dataset.training.examples == 2 && dataset.validation.examples == 1)
    }

    @Test(
        arguments: [
            (0, [], [0], "an example has 0 features: 1 to 65536 are possible"),
            (65_537, [], [0], "an example has 65537 features: 1 to 65536 are possible"),
            (2, [], [], "there is no training example"),
            (2, [1, 2, 3], [0], "3 training inputs are not 1 examples of 2 features"),
            (2, [1, 2], [0, 1], "2 training inputs are not 2 examples of 2 features"),
            (
                2, [1, 2, 3, -.infinity], [0, 1],
                "the input of training example 1, feature 1, is -inf as float32: inputs must be finite"
            ),
            (1, [1, 2], [0, 10_000], "the label of training example 1 is 10000: 0 to 9999 are possible"),
            (1, [1, 2], [-1, 0], "the label of training example 0 is -1: 0 to 9999 are possible"),
        ] as [(Int, [Float], [Int64], String)]
    )
    func `what is out of bounds is refused in one line`(
        features: Int,
        inputs: [Float],
        labels: [Int64],
        message: String
    ) {
        #expect(throws: DataError(message)) {
            try Dataset(
                features: features,
                training: .init(inputs: inputs, labels: labels),
                validation: .init(inputs: [], labels: [])
            )
        }
    }

    @Test func `the validation split is checked as the training split is`() {
        #expect(throws: DataError("1 validation inputs are not 2 examples of 1 features")) {
            try Dataset(
                features: 1,
                training: .init(inputs: [1], labels: [0]),
                validation: .init(inputs: [1], labels: [0, 0])
            )
        }
    }

    @Test func `a refusal is one line whatever it quotes`() {
        #expect(DataError("a\nb\u{1B}[0m\u{2028}c").description == "a\\u{a}b\\u{1b}[0m\\u{2028}c")
        #expect(FileError(.missing, path: "a\rb", message: "c").description == "a\\u{d}b: c")
    }
}
