import Questions
import Testing

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("rnu", "run"), ("runn", "runs"), ("Plian", "plain"), ("residul5", "residual5"), ("sede", "seed"),
    ])
    func `the nearest name is suggested, and two letters that changed places are one mistake`(
        _ word: String,
        _ name: String
    ) {
        #expect(Suggestion.closest(to: word, among: ["history", name, "something else"]) == name)
    }

    @Test(arguments: ["compare", "xyz", "", "pl", "plain"])
    func `nothing is suggested for a word that is far from all, or is one of them`(_ word: String) {
        #expect(Suggestion.closest(to: word, among: ["plain", "batchnorm"]) == nil)
    }

    @Test func `of names that are equally near the first one is suggested`() {
        #expect(Suggestion.closest(to: "cat", among: ["bat", "rat"]) == "bat")
    }
}
